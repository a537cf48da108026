"""Addresses that try to come in again and again, and may not: how many there are, and never which.

Their networks are in the log already, where each was refused.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

from omnilens.addresses import group_of

MANY = 10
"""Attempts within `WINDOW` that make an address suspicious: a page that has lost its session makes a few."""
WINDOW = 600.0
"""Seconds, after which an address begins anew."""
MAX_ADDRESSES = 10_000
"""Remembered; those that were quiet longest are forgotten first."""
NOT_THEIR_FAULT = frozenset(
    {"Too many connections", "Server is shutting down", "too-many-connections", "unavailable", "Session ID unknown"}
)
"""Why connections are refused that did nothing wrong: the server is full or has just begun."""


class Suspects:
    """Counts attempts by address. The clock is injected."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._tried: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def note(self, client: str, reason: str = "") -> None:
        """An address was refused."""
        if reason in NOT_THEIR_FAULT:
            return
        now, address = self._clock(), group_of(client)
        began, count = self._tried.pop(address, (now, 0))
        if now - began >= WINDOW:
            began, count = now, 0
        self._tried[address] = (began, count + 1)
        if len(self._tried) > MAX_ADDRESSES:
            self._tried.popitem(last=False)

    def count(self) -> int:
        """How many are suspicious now."""
        since = self._clock() - WINDOW
        return sum(count >= MANY and began > since for began, count in self._tried.values())
