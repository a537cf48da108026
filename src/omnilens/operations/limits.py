"""A limit on how often one address, or anything with a name, may do something. The clock is injected; nothing waits."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable

from omnilens.settings import Rate

MAX_ADDRESSES = 10_000
"""Addresses remembered; the longest quiet are forgotten first, so that a flood from many cannot fill the memory."""


class RateLimiter:
    """A token bucket for each address: `rate.count` at once, refilled evenly over `rate.seconds`."""

    def __init__(self, rate: Rate, clock: Callable[[], float]) -> None:
        self._rate = rate
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, address: str) -> int:
        """Whole seconds until `address` may try again, 0 if it may now."""
        missing = 1 - self._tokens(address)
        return max(0, math.ceil(missing * self._rate.seconds / self._rate.count))

    def take(self, address: str) -> int:
        """One try of `address`: 0 if it may, else the whole seconds until it may."""
        if wait := self.wait(address):
            return wait
        self.count(address)
        return 0

    def count(self, address: str) -> None:
        """Note one try of `address`."""
        self._buckets[address] = (max(0.0, self._tokens(address) - 1), self._clock())
        self._buckets.move_to_end(address)
        if len(self._buckets) > MAX_ADDRESSES:
            self._buckets.popitem(last=False)

    def _tokens(self, address: str) -> float:
        tokens, then = self._buckets.get(address, (float(self._rate.count), self._clock()))
        return min(self._rate.count, tokens + (self._clock() - then) * self._rate.count / self._rate.seconds)
