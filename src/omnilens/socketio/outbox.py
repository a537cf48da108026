"""The one way out: everything the application sends, in the order in which it was sent.

Nothing is written at once. What was sent in one turn of the event loop is written in the next, and messages that
follow each other to the same recipients are joined first, so that ten updates cost each of them one write. A room
of thousands is written to in portions, and the loop can read and answer in between; the updates that arrive
meanwhile are joined in turn, so the busier the server, the less an update costs.

A write goes to the socket itself where nothing waits before it, see `way`. Sockets come in a row, not each from the
connection it belongs to: thousands of connections are more than a processor has at hand.

Whoever can send later may ask for `caught_up` before the next message: what is not sent yet costs no memory here.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from itertools import islice, repeat
from socket import SocketType
from typing import Final, Protocol

from .way import Way

# Writing to so many takes a few milliseconds, which is how long anybody else has to wait.
PORTION: Final = 512
# So many waiting batches are more than a moment's delay.
CROWDED: Final = 256


class Recipient(Protocol):
    @property
    def way(self) -> Way: ...


class Audience(Protocol):
    """Whom a frame is for. One and the same has the same recipients, as long as it is there."""

    @property
    def recipients(self) -> Sequence[Recipient]: ...

    @property
    def sockets(self) -> Sequence[SocketType]:
        """Those of their ways, in the same order."""


class Then:
    """Something to be done when everything before it has been written."""

    __slots__ = ("_do",)
    done: Final = True

    def __init__(self, do: Callable[[], object]) -> None:
        self._do = do

    def write(self, _portion: int) -> int:
        self._do()
        return 1


class Batch:
    """Frames for the same audience."""

    __slots__ = ("_done", "_sockets", "frames", "recipients", "to")

    def __init__(self, to: Audience) -> None:
        self.to = to
        self.frames: list[bytes] = []
        self.recipients = to.recipients
        self._sockets = iter(to.sockets)
        self._done = 0

    def write(self, portion: int) -> int:
        """Write to so many more recipients. Returns for how many it was."""
        frames = self.frames
        if len(frames) > 1:
            frames[:] = [b"".join(frames)]
        data = frames[0]
        taken = send_to_all(islice(self._sockets, portion), data)
        first, self._done = self._done, self._done + len(taken)
        if taken.count(len(data)) < len(taken):
            for recipient, size in zip(self.recipients[first : self._done], taken, strict=True):
                if size < len(data):
                    recipient.way.write(data[size:])
        return len(taken)

    @property
    def done(self) -> bool:
        return self._done >= len(self.recipients)


def send_to_all(sockets: Iterable[SocketType], data: bytes) -> list[int]:
    """The innermost loop of all: one system call for each socket, and hardly anything else. Returns what each took."""
    sockets = iter(sockets)
    taken: list[int] = []
    while True:
        try:
            taken.extend(map(SocketType.send, sockets, repeat(data)))
        except OSError:  # no socket, no room, or no connection any more; what those before it took is in the list
            taken.append(0)
        else:
            return taken


class Outbox:
    __slots__ = ("_armed", "_batches", "_last", "_relief")

    def __init__(self) -> None:
        self._batches: deque[Batch | Then] = deque()
        self._last: Batch | None = None  # the one that may still grow
        self._armed = False
        self._relief: asyncio.Future[None] | None = None

    async def caught_up(self) -> None:
        """Wait while more is queued than the clients can soon be given."""
        while len(self._batches) > CROWDED:
            if self._relief is None:
                self._relief = asyncio.get_running_loop().create_future()
            await asyncio.shield(self._relief)

    def put(self, to: Audience, frame: bytes) -> None:
        """Send a frame to everyone of an audience."""
        last = self._last
        if last is not None and last.to is to:
            last.frames.append(frame)
            return
        self._last = batch = Batch(to)
        batch.frames.append(frame)
        self._append(batch)

    def then(self, do: Callable[[], object]) -> None:
        """Do this when all that was sent before has been written."""
        self._last = None
        self._append(Then(do))

    def _append(self, batch: Batch | Then) -> None:
        self._batches.append(batch)
        if not self._armed:
            self._arm()

    def _arm(self) -> None:
        self._armed = True
        asyncio.get_running_loop().call_soon(self._flush)

    def _flush(self) -> None:
        self._armed = False
        portion = PORTION
        batches = self._batches
        while batches and portion > 0:
            batch = batches[0]
            if batch is self._last:
                self._last = None
            portion -= batch.write(portion)
            if batch.done:
                batches.popleft()
        if batches:
            self._arm()
        if self._relief is not None and len(batches) <= CROWDED:
            self._relief.set_result(None)
            self._relief = None
