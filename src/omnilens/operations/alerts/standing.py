"""Whether an alert fires: what a rule's value says now, and what was before. Pure.

    quiet ──over the threshold──▶ pending ──for long enough──▶ firing ──within the bound for long enough──▶ quiet

A value between the bound that ends an alert and the threshold that begins one changes nothing, so that one that swings
around the threshold fires once.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

State = Literal["quiet", "pending", "firing"]
Turn = Literal["fired", "resolved"]
"""What somebody is told of."""


class Limits(Struct, frozen=True):
    """When a value is too much, or too little."""

    threshold: float
    ends_at: float
    """The bound within which a value has to stay for the alert to end."""
    below: bool = False
    """Whether less than the threshold is what is wrong."""
    for_time: timedelta = timedelta(0)
    """How long it has to be wrong until it fires, and right until it ends."""

    def wrong(self, value: float) -> bool:
        return value < self.threshold if self.below else value > self.threshold

    def right(self, value: float) -> bool:
        return value >= self.ends_at if self.below else value <= self.ends_at


class Standing(Struct, frozen=True):
    """Where an alert is."""

    state: State = "quiet"
    since: datetime | None = None
    """When it began to be wrong; when it fired, once it has."""
    right_since: datetime | None = None
    value: float | None = None
    """What was measured last; nothing if it cannot be said, as of a rate while nothing happens."""
    worst: float | None = None
    """Since it began to be wrong."""


def step(standing: Standing, limits: Limits, value: float | None, now: datetime) -> tuple[Standing, Turn | None]:
    """`standing` with what is measured `now`, and what that means.

    What cannot be measured is not wrong: an alert that fires ends when nothing is wrong for long enough.
    """
    standing = replace(standing, value=value)
    if value is not None and limits.wrong(value):
        return _wrong(standing, limits, value, now)
    if standing.state == "pending":
        return Standing(value=value), None
    if standing.state == "quiet" or (value is not None and not limits.right(value)):
        return replace(standing, right_since=None), None
    right_since = standing.right_since or now
    if now - right_since >= limits.for_time:
        return Standing(value=value), "resolved"
    return replace(standing, right_since=right_since), None


def _wrong(standing: Standing, limits: Limits, value: float, now: datetime) -> tuple[Standing, Turn | None]:
    worst = value if standing.worst is None else (min if limits.below else max)(standing.worst, value)
    standing = replace(standing, worst=worst, right_since=None)
    if standing.state == "firing":
        return standing, None
    since = standing.since or now
    if now - since >= limits.for_time:
        return replace(standing, state="firing", since=now), "fired"
    return replace(standing, state="pending", since=since), None
