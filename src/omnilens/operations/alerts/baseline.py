"""How much slower than usual updates reach browsers, by what was usual here within the last day."""

from __future__ import annotations

from collections import deque
from statistics import median

from omnilens.operations.alerts.windows import Window

KEPT = 288
"""Values that the baseline is the median of: one for each five minutes of a day."""
FEWEST = 3
"""Values without which nobody knows what is usual."""
NOTICED = 0.25
"""Seconds below which nobody notices how long it takes, whatever was usual."""


class Slowdown:
    """Measures one histogram. Asked again and again; between, it remembers what it measured."""

    def __init__(self, name: str, window: float) -> None:
        """The mean is taken over `window` seconds."""
        self._name = name
        self._seconds = window
        self._usual: deque[float] = deque(maxlen=KEPT)
        self._next = 0.0

    def __call__(self, window: Window) -> float | None:
        """Percent more than usual, 0 for less; nothing while nothing happens, or nobody knows yet."""
        count = window.rise(f"{self._name}_count", self._seconds)
        if not count:
            return None
        mean = window.rise(f"{self._name}_sum", self._seconds) / count
        usual = median(self._usual) if len(self._usual) >= FEWEST else None
        if window.at >= self._next:  # each stretch of time once
            self._next = window.at + self._seconds
            self._usual.append(mean)
        if usual is None:
            return None
        return 0.0 if mean < NOTICED or mean <= usual else 100 * (mean / max(usual, 1e-9) - 1)
