"""What this process spends its processor time on: its threads' stacks, looked at a hundred times a second.

A look counts for as long as the thread has worked since the one before, by its own clock, so that one that waits counts
for nothing, whatever it waits in. It takes no rights, no signal and no other program: a thread of ours looks.
"""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from types import FrameType

from msgspec import Struct

EVERY = 0.01
"""Seconds between two looks; a look takes a few hundredths of a millisecond."""
LONGEST = 60.0
DEEPEST = 200
"""Frames of a stack; the outermost are left out of what is deeper."""
MOST = 20_000
"""Different stacks; what comes after those is counted as one."""
LOOP = "asyncio/runners.py:Runner.run"
BETWEEN = "(the event loop, and what is over before it is looked at)"
"""What stands above `LOOP` where no function does: a server that has little to do mostly works in between two looks."""
_OTHERS = ("(others)",)


class Stack(Struct, frozen=True):
    """Where time was spent."""

    frames: tuple[str, ...]
    """The outermost first; functions as ``package/module.py:Class.function``, below the thread's name."""
    seconds: float


class Profile(Struct, frozen=True, kw_only=True):
    """What was seen."""

    seconds: float
    """How long it was looked."""
    busy: float
    """Seconds of processor time that were seen, of all threads."""
    stacks: tuple[Stack, ...]


class AlreadyProfiling(Exception):
    """One at a time."""


class Profiler:
    """Looks at this process when it is asked to."""

    def __init__(self) -> None:
        self._running = False

    async def run(self, seconds: float) -> Profile:
        """Look for so long, while everything goes on.

        Raises:
            AlreadyProfiling: somebody else looks.
        """
        if self._running:
            raise AlreadyProfiling
        self._running = True
        stop = threading.Event()
        try:
            return await asyncio.to_thread(_look, seconds, stop)
        finally:
            stop.set()  # where nobody waits for it any more
            self._running = False


def _look(seconds: float, stop: threading.Event) -> Profile:
    began = time.monotonic()
    spent: dict[tuple[str, ...], float] = {}
    clocks: dict[int, float] = {}
    while time.monotonic() - began < seconds and not stop.wait(EVERY):
        for stack, worked in _at_work(clocks):
            known = stack if stack in spent or len(spent) < MOST else _OTHERS
            spent[known] = spent.get(known, 0.0) + worked
    stacks = tuple(Stack(frames, round(worked, 6)) for frames, worked in sorted(spent.items()))
    return Profile(
        seconds=round(time.monotonic() - began, 3), busy=round(sum(each.seconds for each in stacks), 6), stacks=stacks
    )


def _at_work(clocks: dict[int, float]) -> Iterator[tuple[tuple[str, ...], float]]:
    """The stacks of threads that have worked since the last look, and for how long."""
    frames = sys._current_frames()
    for thread in threading.enumerate():
        frame = frames.get(thread.ident or 0)
        if frame is None or thread.native_id is None or thread.ident == threading.get_ident():
            continue
        with suppress(OSError):  # it has just ended
            clock = _worked(thread.native_id)
            before = clocks.get(thread.native_id)
            clocks[thread.native_id] = clock
            if before is not None and clock > before:
                yield (_kind(thread.name), *_names(frame)), clock - before


def _worked(thread: int) -> float:
    """Seconds that a thread of this process has worked, by Linux' clock of it; it may have ended. Elsewhere all time.

    https://man7.org/linux/man-pages/man3/pthread_getcpuclockid.3.html; the bits are those of MAKE_THREAD_CPUCLOCK.
    """
    if sys.platform != "linux":
        return time.monotonic()
    return time.clock_gettime((~thread << 3) | 6)


def _kind(name: str) -> str:
    """The threads of a pool are one."""
    return name.rstrip("0123456789").rstrip("_-") or name


def _names(frame: FrameType | None) -> tuple[str, ...]:
    names: list[str] = []
    while frame is not None and len(names) < DEEPEST:
        code = frame.f_code
        names.append(f"{_short(code.co_filename)}:{code.co_qualname}")
        frame = frame.f_back
    if names and names[0].endswith(LOOP):
        names.insert(0, BETWEEN)
    return tuple(reversed(names))


def _short(path: str) -> str:
    """A module's path within its package: what stands before says only how it was installed."""
    for root in ("/site-packages/", "/dist-packages/", "/src/"):
        _, found, rest = path.rpartition(root)
        if found:
            return rest
    return "/".join(path.split("/")[-2:])
