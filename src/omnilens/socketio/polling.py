"""The long-polling transport: what waits until the client comes to fetch it.

https://socket.io/docs/v4/engine-io-protocol/#http-long-polling-1. Requests and answers are in `http`.
"""

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Final

from .engine import CLIENT_LEFT
from .frames import to_frame, to_packets
from .packets import EngineType
from .way import NO_SOCKET

if TYPE_CHECKING:
    from .link import Link
    from .server import Server

CLOSE: Final = EngineType.CLOSE.value.encode()
NOOP: Final = EngineType.NOOP.value.encode()
SEPARATOR: Final = b"\x1e"
# More in one answer is too much for python-engineio, whose clients then give up.
MAX_PACKETS: Final = 16
# What a waiting packet takes besides its bytes, about: many small ones are not free.
PACKET_OVERHEAD: Final = 64


class Unframer:
    """What is in frames, worked out once for all members of a room, who get the same ones one after the other."""

    __slots__ = ("_frames", "_packets")

    def __init__(self) -> None:
        self._frames = b""
        self._packets: tuple[bytes, ...] = ()

    def packets(self, frames: bytes) -> tuple[bytes, ...]:
        if frames is not self._frames:
            self._frames, self._packets = frames, to_packets(frames)
        return self._packets


class Polling:
    __slots__ = ("_closing", "_leaving", "_packets", "_server", "_waiter", "_weight", "failed", "link", "posting")
    socket: Final = NO_SOCKET

    def __init__(self, server: "Server") -> None:
        self._server = server
        self._packets: deque[bytes] = deque()
        self._weight = 0
        self._waiter: asyncio.Future[None] | None = None
        self._leaving = False  # a WebSocket is taking over
        self._closing = False
        self.posting = False
        """A POST is being read."""
        self.failed = False
        """The client has done something wrong."""
        self.link: Link

    def write(self, frames: bytes, /) -> None:
        """Keep what is in these frames for the next poll."""
        for packet in self._server.unframer.packets(frames):
            self._keep(packet)
        if self._weight > self._server.limits.max_pending_bytes:
            self.link.cut("slow consumer")
        self._wake()

    def _keep(self, packet: bytes) -> None:
        self._packets.append(packet)
        self._weight += len(packet) + PACKET_OVERHEAD

    # A poll

    @property
    def waiting(self) -> bool:
        """A poll waits for something to happen."""
        return self._waiter is not None

    @property
    def ready(self) -> bool:
        """There is something to say, if only that there is nothing."""
        return bool(self._packets) or self._leaving or self._closing

    async def wait(self, gone: "asyncio.Task[None]") -> bool:
        """Wait until this is ready. Returns whether the client is still there then."""
        self._waiter = asyncio.get_running_loop().create_future()
        gone.add_done_callback(self._wake)
        try:
            await self._waiter
        finally:
            self._waiter = None
            gone.remove_done_callback(self._wake)
        return not gone.done()

    def take(self) -> bytes:
        """The payload of an answer: as many packets as a client may be expected to read, and at least one."""
        packets: list[bytes] = []
        size = 0
        while self._packets and len(packets) < MAX_PACKETS:
            size += len(self._packets[0]) + len(SEPARATOR)
            if packets and size > self._server.limits.max_message:
                break
            packets.append(self._packets.popleft())
        self._weight -= sum(map(len, packets)) + PACKET_OVERHEAD * len(packets)
        if self._closing and not self._packets:
            self._server.lost(self.link)
        return SEPARATOR.join(packets) or NOOP

    def _wake(self, _: object = None) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    # An upgrade

    def release(self) -> None:
        """A WebSocket is about to take over: no poll shall wait."""
        self._leaving = True
        self._wake()

    def keep(self) -> None:
        """It will not, after all."""
        self._leaving = False

    def hand_over(self) -> bytes:
        """The frames of what was not fetched."""
        frames = b"".join(map(to_frame, self._packets))
        self._packets.clear()
        self._weight = 0
        return frames

    # The link's calls

    def let_go(self) -> None:
        """There is no socket to let go."""

    def finish(self, code: int) -> None:
        """Whatever waits may still be fetched, and then that it is over."""
        self._closing = True
        self._keep(CLOSE)
        self._wake()

    def fail(self, code: int, reason: str) -> None:
        self.failed = reason != CLIENT_LEFT
        self._end(CLOSE if self.failed else NOOP)

    def abort(self) -> None:
        self._end(CLOSE)

    def _end(self, last: bytes) -> None:
        """Only a poll that is waiting hears of it."""
        self._closing = True
        self._packets.clear()
        self._weight = 0
        self._keep(last)
        self._wake()
        self._server.lost(self.link)
