"""When each of the last deliveries was where: noted on the way, read only when somebody asks.

A note is a few reads of the clock and one small object, well below a microsecond; to find one, all are looked through.
Everything that tells of the way of a single delivery comes from here: ``omnilens trace``, the latencies among the
metrics, and the spans that are sent to a collector. Times are as ``time.perf_counter`` has them, so that setting the
machine's clock shortens nothing; ``clock_offset`` makes moments of them.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import islice

from msgspec import Struct

KEPT = 4_096
"""Deliveries remembered, one or two megabytes. What is older is in the journal, without the times between."""
CONFIRMED_WITHIN = 60.0
"""Seconds after which a browser's word says more about a tab that slept than about the way to it."""


class Taken(Struct, frozen=True, gc=False):
    """A signed delivery, up to its answer."""

    delivery: str
    outcome: str
    """``accepted``, ``duplicate``, a reason to ignore it, or an error code."""
    seq: int
    """Its place in the journal; 0 if it has none."""
    happened_at: datetime | None
    """The newest time that GitHub mentions in it: when the event happened, to the second."""
    began: float
    """Its first byte was here."""
    whole: float
    """All of it was here."""
    verified: float
    """Its signature was right."""
    offered: float
    """It was read and cleaned, and given to the journal."""
    answered: float
    """The journal had it, or it was known what else became of it."""


class Shown(Struct, gc=False):
    """A change that was read from the journal and is on the board. Browsers confirm it later."""

    seq: int
    delivery: str
    began: float
    """It was read from the journal."""
    merged: float
    delivered: float
    """It was handed to all who watch."""
    subscribers: int
    """Nobody is told of what changes nothing: -1."""
    took: float
    """Seconds from its receipt, at whichever server, until it was handed out."""
    confirmed: int = 0
    """How many browsers of the sample said that they show it."""
    first: float = 0.0
    last: float = 0.0


class Times:
    """The last `kept` of both."""

    def __init__(
        self,
        kept: int = KEPT,
        clock: Callable[[], float] = time.perf_counter,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self.clock = clock
        self._wall = wall
        self._taken: deque[Taken] = deque(maxlen=kept)
        self._count = 0
        self._shown: list[Shown | None] = [None] * kept

    def note_taken(self, taken: Taken) -> None:
        self._taken.append(taken)
        self._count += 1

    def note_shown(self, shown: Shown) -> None:
        self._shown[shown.seq % len(self._shown)] = shown

    def confirm(self, seq: int) -> float | None:
        """A browser says that it shows an update. Returns how long it took to get there; nothing if that says nothing.

        Until then from when it was received; both ends of that are read from this server's clock, so the way back
        counts as well.
        """
        shown, now = self.shown(seq), self.clock()
        if shown is None or shown.subscribers <= 0 or now - shown.delivered > CONFIRMED_WITHIN:
            return None
        shown.confirmed += 1
        shown.first = shown.first or now
        shown.last = now
        return shown.took + now - shown.delivered

    def taken(self, delivery: str) -> list[Taken]:
        """Each time that a delivery came, the first one first: GitHub's own attempts, and whoever sends it again."""
        return [each for each in self._taken if each.delivery == delivery]

    def shown(self, seq: int) -> Shown | None:
        """What was done at this server with a change."""
        found = self._shown[seq % len(self._shown)]
        return found if found is not None and found.seq == seq else None

    def since(self, count: int, until: float) -> tuple[int, list[Taken]]:
        """What was answered after the first `count`, and before the moment `until`; and what to ask for next time."""
        first = max(count, self._count - len(self._taken))
        new = list(_before(until, islice(self._taken, first - (self._count - len(self._taken)), None)))
        return first + len(new), new

    def forget(self) -> None:
        """Another history has begun, in which the same numbers mean something else."""
        self._shown = [None] * len(self._shown)

    @property
    def clock_offset(self) -> float:
        """What to add for seconds since 1970."""
        return self._wall() - self.clock()


def _before(until: float, each: Iterator[Taken]) -> Iterator[Taken]:
    for taken in each:
        if taken.answered >= until:
            return
        yield taken
