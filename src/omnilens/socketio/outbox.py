"""The one way out: everything the application sends, in the order in which it was sent.

Nothing is written at once. What was sent in one turn of the event loop is written in the next, and messages that
follow each other to the same recipients are joined first, so that ten updates cost each of them one write. A room
of thousands is written to in portions, and the loop can read and answer in between; the updates that arrive
meanwhile are joined in turn, so the busier the server, the less an update costs.

A write goes to the socket itself where nothing waits before it, see `way`.

Whoever can send later may ask for `caught_up` before the next message: what is not sent yet costs no memory here.
"""

import asyncio
import os
from collections import deque
from collections.abc import Callable, Hashable, Iterable
from typing import Final, Protocol

from .way import NO_DESCRIPTOR, Way

# Writing to so many takes a few milliseconds, which is how long anybody else has to wait.
PORTION: Final = 512
# So many waiting batches are more than a moment's delay.
CROWDED: Final = 256


class Recipient(Protocol):
    @property
    def way(self) -> Way: ...


class Then:
    """Something to be done when everything before it has been written."""

    __slots__ = ("write",)
    descriptor: Final = NO_DESCRIPTOR

    def __init__(self, do: Callable[[bytes], object]) -> None:
        self.write = do

    @property
    def way(self) -> Way:
        return self


class Batch:
    """Frames for the recipients there were when the first of them was sent."""

    __slots__ = ("_done", "_recipients", "frames", "to")

    def __init__(self, to: Hashable, recipients: Iterable[Recipient]) -> None:
        self.to = to
        self.frames: list[bytes] = []
        self._recipients = list(recipients)
        self._done = 0

    def write(self, portion: int) -> int:
        """Write to so many more recipients. Returns for how many it was."""
        frames = self.frames
        if len(frames) > 1:
            frames[:] = [b"".join(frames)]
        part = self._recipients[self._done : self._done + portion]
        self._done += len(part)
        write_to_all(part, frames[0])
        return len(part)

    @property
    def done(self) -> bool:
        return self._done >= len(self._recipients)


def write_to_all(recipients: Iterable[Recipient], data: bytes) -> None:
    """The innermost loop of all: one system call for each recipient, and hardly anything else."""
    size, write = len(data), os.write
    for recipient in recipients:
        way = recipient.way
        try:
            sent = write(way.descriptor, data)
        except OSError:  # no descriptor, no room, or no connection any more
            way.write(data)
        else:
            if sent != size:
                way.write(data[sent:])


class Outbox:
    __slots__ = ("_armed", "_batches", "_last", "_relief")

    def __init__(self) -> None:
        self._batches: deque[Batch] = deque()
        self._last: Batch | None = None  # the one that may still grow
        self._armed = False
        self._relief: asyncio.Future[None] | None = None

    async def caught_up(self) -> None:
        """Wait while more is queued than the clients can soon be given."""
        while len(self._batches) > CROWDED:
            if self._relief is None:
                self._relief = asyncio.get_running_loop().create_future()
            await asyncio.shield(self._relief)

    def put(self, to: Hashable, recipients: Callable[[], Iterable[Recipient]], frame: bytes) -> None:
        """Send a frame to recipients that are known by a name; the same name means the same recipients."""
        last = self._last
        if last is not None and last.to == to:
            last.frames.append(frame)
            return
        self._last = batch = Batch(to, recipients())
        batch.frames.append(frame)
        self._batches.append(batch)
        if not self._armed:
            self._arm()

    def changed(self, to: Hashable) -> None:
        """The recipients of this name are no longer the same."""
        if self._last is not None and self._last.to == to:
            self._last = None

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
