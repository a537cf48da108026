"""The way of one delivery with its times, put together of what was noted on the way and of the journal. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Literal

from msgspec import Struct

from omnilens.pipeline.change import happened
from omnilens.pipeline.journal import Entry
from omnilens.pipeline.times import Shown, Taken

Place = Literal[
    "happened",
    "received",
    "complete",
    "verified",
    "read",
    "answered",
    "journaled",
    "picked-up",
    "merged",
    "broadcast",
    "first-browser",
    "last-browser",
]
"""Where a delivery can be, in the order of its way. Between read and journaled lies the sync of the database."""


class TraceStep(Struct, frozen=True, kw_only=True):
    """A delivery was somewhere."""

    place: Place
    at: datetime
    after: float | None
    """Seconds since the step before; nothing for the first."""
    detail: str


class Trace(Struct, frozen=True, kw_only=True):
    """The way of a delivery, as far as it is known here."""

    delivery: str
    outcome: str
    """``accepted``, a reason to ignore it, or an error code."""
    repo: str | None
    run: int | None
    seq: int | None
    """Its place in the journal, which updates carry to browsers."""
    came: int
    """How often it came here, as far as that is remembered: GitHub's redeliveries have the same id."""
    whole: bool
    """Whether all times are known: this server took it, and not too long ago."""
    steps: tuple[TraceStep, ...]


Point = tuple[Place, float, str]


def trace_of(
    delivery: str, came: Sequence[Taken], entry: Entry | None, shown: Shown | None, clock_offset: float
) -> Trace | None:
    """The trace of a delivery; nothing if nothing is known of it.

    Args:
        delivery: its id.
        came: each time that it came to this server.
        entry: what the journal has of it.
        shown: what this server did with that.
        clock_offset: what makes seconds since 1970 of noted times.
    """
    first = next((each for each in came if each.outcome != "duplicate"), None)
    if first is None and entry is None:
        return None
    points: list[Point] = []
    if first is not None:
        points += _taken(first, shown, clock_offset)
    elif entry is not None:
        points += _journaled(entry)
    if shown is not None:
        points += _shown(shown, clock_offset)
    return Trace(
        delivery=delivery,
        outcome="accepted" if first is None else first.outcome,
        repo=entry.change.repository.slug if entry else None,
        run=entry.change.run.id if entry else None,
        seq=entry.seq if entry else (first.seq or None) if first else None,
        came=len(came),
        whole=first is not None and (shown is not None or not first.seq),
        steps=tuple(_steps(points)),
    )


def journaled_at(taken: Taken, shown: Shown | None) -> float:
    """When a change was in the journal: when we were told so, unless it was read from there already."""
    return taken.answered if shown is None else min(taken.answered, shown.began)


def _taken(taken: Taken, shown: Shown | None, offset: float) -> Iterator[Point]:
    if taken.happened_at is not None:
        yield "happened", taken.happened_at.timestamp(), "at GitHub, which tells whole seconds"
    yield "received", taken.began + offset, "its first byte"
    yield "complete", taken.whole + offset, "its last byte"
    if taken.verified < taken.answered:  # else nobody looked at the clock between
        yield "verified", taken.verified + offset, "its signature is right"
        yield "read", taken.offered + offset, "and cleaned"
    if taken.seq:
        yield "journaled", journaled_at(taken, shown) + offset, f"as {taken.seq}, safe from here on"
    else:
        yield "answered", taken.answered + offset, taken.outcome


def _journaled(entry: Entry) -> Iterator[Point]:
    if (at := happened(entry.change)) is not None:
        yield "happened", at.timestamp(), "at GitHub, which tells whole seconds"
    yield "received", entry.change.origin.received_at.timestamp(), f"in the journal as {entry.seq}"


def _shown(shown: Shown, offset: float) -> Iterator[Point]:
    yield "picked-up", shown.began + offset, "from the journal"
    yield "merged", shown.merged + offset, "into the board"
    if shown.subscribers < 0:
        yield "broadcast", shown.delivered + offset, "to nobody, since it changes nothing that is shown"
        return
    yield "broadcast", shown.delivered + offset, f"to {shown.subscribers} who watch"
    if shown.confirmed:
        yield "first-browser", shown.first + offset, "shows it, and has said so"
    if shown.confirmed > 1:
        yield "last-browser", shown.last + offset, f"of the {shown.confirmed} that were asked"


def _steps(points: Iterable[Point]) -> Iterator[TraceStep]:
    before: float | None = None
    for place, at, detail in points:
        after = None if before is None else round(at - before, 6)
        yield TraceStep(place=place, at=datetime.fromtimestamp(at, UTC), after=after, detail=detail)
        before = at
