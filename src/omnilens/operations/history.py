"""The figures of the last hour, one every ten seconds, in arrays of a fixed size. A restart begins anew."""

from __future__ import annotations

import math
from array import array
from collections.abc import Mapping, Sequence

from msgspec import Struct

from omnilens.operations.alerts.windows import Window
from omnilens.operations.series import EVERY_SERIES, Series, value_of

EVERY = 10.0
"""Seconds between two points."""
KEPT = 360
NOTHING = math.nan


class Point(Struct, frozen=True, kw_only=True):
    """Every figure at one moment."""

    at: float
    """Seconds since 1970."""
    values: dict[str, float | None]
    """By the name of the figure."""


class History:
    """Keeps the last points of all series."""

    def __init__(self, series: Sequence[Series] = EVERY_SERIES, kept: int = KEPT) -> None:
        self.series = series
        self._every = EVERY
        self._kept = kept
        self._count = 0
        self._next = -math.inf
        self._times = array("d", [NOTHING]) * kept
        self._points = {each.name: array("d", [NOTHING]) * kept for each in series}

    def add(self, window: Window, alerts: Mapping[str, float | None], at: float) -> Point | None:
        """Take the figures of now, where the next are due. `alerts` has the values of alerts by their names."""
        if window.at < self._next:
            return None
        # A little less, or a look that comes a moment early would be passed over for the next one.
        self._next = window.at + self._every * 0.9
        place = self._count % self._kept
        self._count += 1
        self._times[place] = at
        values = {each.name: value_of(each, window, alerts) for each in self.series}
        for name, value in values.items():
            self._points[name][place] = NOTHING if value is None else value
        return Point(at=at, values=values)

    @property
    def times(self) -> list[float]:
        """When each point was taken, the oldest first."""
        return self._in_order(self._times)

    def points(self, name: str) -> list[float | None]:
        """A figure at those times; nothing where there was none."""
        return [None if math.isnan(value) else value for value in self._in_order(self._points[name])]

    def latest(self) -> dict[str, float | None]:
        """Every figure as it was taken last; none before the first time."""
        if not self._count:
            return {}
        place = (self._count - 1) % self._kept
        newest = {name: ring[place] for name, ring in self._points.items()}
        return {name: None if math.isnan(value) else value for name, value in newest.items()}

    def _in_order(self, ring: array[float]) -> list[float]:
        if self._count <= self._kept:
            return ring[: self._count].tolist()
        first = self._count % self._kept
        return (ring[first:] + ring[:first]).tolist()
