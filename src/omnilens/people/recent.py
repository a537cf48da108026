"""What was found out a moment ago need not be found out again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Recent(Generic[K, V]):
    """Values that count for some seconds. Bounded: the one that was put longest ago goes first."""

    def __init__(self, seconds: float, clock: Callable[[], float], capacity: int = 10_000) -> None:
        self._seconds = seconds
        self._clock = clock
        self._capacity = capacity
        self._kept: OrderedDict[K, tuple[float, V]] = OrderedDict()

    def get(self, key: K) -> V | None:
        """The value, while it counts."""
        kept = self._kept.get(key)
        return kept[1] if kept is not None and self._clock() - kept[0] < self._seconds else None

    def age(self, key: K) -> float | None:
        """Seconds since the value was put."""
        kept = self._kept.get(key)
        return None if kept is None else self._clock() - kept[0]

    def put(self, key: K, value: V) -> None:
        self._kept[key] = self._clock(), value
        self._kept.move_to_end(key)
        if len(self._kept) > self._capacity:
            self._kept.popitem(last=False)

    def forget(self, unwanted: Callable[[K, V], bool]) -> None:
        """Let go of some at once."""
        for key, (_, value) in list(self._kept.items()):
            if unwanted(key, value):
                del self._kept[key]
