"""What was counted within the last minutes: two readings of every counter, and what lies between them. Pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from prometheus_client.metrics_core import Metric

Values = Mapping[str, Sequence[tuple[Mapping[str, str], float]]]
"""By the name that a metric has in Prometheus' text: its labels, and the value with them."""


class Reading(NamedTuple):
    """Every counter and gauge at one moment."""

    at: float
    """Seconds, by a clock that never goes back."""
    values: Values


def reading_of(metrics: Iterable[Metric], at: float) -> Reading:
    """What a registry has collected."""
    values: dict[str, list[tuple[Mapping[str, str], float]]] = {}
    for metric in metrics:
        for sample in metric.samples:
            values.setdefault(sample.name, []).append((sample.labels, sample.value))
    return Reading(at, values)


class Window:
    """Readings of the last `seconds`, and one before that, so that a whole window can be told."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._readings: deque[Reading] = deque()

    def add(self, reading: Reading) -> None:
        """The newest reading. Those that no window begins with any more are let go of."""
        self._readings.append(reading)
        while len(self._readings) > 2 and self._readings[1].at <= reading.at - self._seconds:
            self._readings.popleft()

    @property
    def at(self) -> float:
        """When the newest was taken."""
        return self._readings[-1].at

    def now(self, name: str, **labels: str) -> float | None:
        """A gauge as it was read last, all that have these labels together; nothing if there is none."""
        found = list(_matching(self._readings[-1], name, labels)) if self._readings else []
        return sum(found) if found else None

    def rise(self, name: str, seconds: float, **labels: str) -> float:
        """By how much counters rose within the last `seconds`, those that have these labels together."""
        if not self._readings:
            return 0.0
        last, first = self._readings[-1], self._first(seconds)
        return sum(_matching(last, name, labels)) - sum(_matching(first, name, labels))

    def rate(self, name: str, seconds: float, **labels: str) -> float:
        """How fast counters rose within the last `seconds`, for each second that there are readings of."""
        if not self._readings:
            return 0.0
        took = self._readings[-1].at - self._first(seconds).at
        return self.rise(name, seconds, **labels) / took if took > 0 else 0.0

    def quantile(self, share: float, name: str, seconds: float) -> float | None:
        """The value that this share of what a histogram counted stayed within, by its buckets; nothing without any."""
        buckets = f"{name}_bucket"
        bounds = {labels["le"] for labels, _ in self._readings[-1].values.get(buckets, ())} if self._readings else ()
        counts = sorted((float(bound), self.rise(buckets, seconds, le=bound)) for bound in bounds)
        total = counts[-1][1] if counts else 0.0
        return next(bound for bound, count in counts if count >= share * total) if total else None

    def _first(self, seconds: float) -> Reading:
        """The reading with which the last `seconds` begin; the oldest there is, if there was none then."""
        begin = self._readings[-1].at - seconds
        return next((each for each in reversed(self._readings) if each.at <= begin), self._readings[0])


def _matching(reading: Reading, name: str, labels: Mapping[str, str]) -> Iterable[float]:
    wanted = labels.items()
    return (value for has, value in reading.values.get(name, ()) if wanted <= has.items())
