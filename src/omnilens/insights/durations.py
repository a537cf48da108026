"""How long things take: what is usual, and what is more than that."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from math import ceil

from msgspec import Struct

from omnilens.model import Conclusion, Run

ENOUGH_TO_EXPECT = 2
"""Runs that passed, before anything is expected of the next one."""
ENOUGH_FOR_P95 = 10
"""With fewer, one slow run would be the measure of "slower than 95 %"."""


class Usual(Struct, frozen=True, kw_only=True):
    """How long the last runs of a workflow that passed took, in seconds."""

    runs: int
    """Of how many this is."""
    median: int
    p95: int | None
    """95 % took no longer; nothing where there are too few to say."""


def percentile(ordered: Sequence[int], share: float) -> int | None:
    """The value that `share` of `ordered`, from small to large, do not exceed: always one that occurred."""
    return ordered[max(0, ceil(share * len(ordered)) - 1)] if ordered else None


def usual(seconds: Sequence[int]) -> Usual | None:
    """What is usual, given how long runs that passed took; nothing where there are too few."""
    ordered = sorted(seconds)
    median, p95 = percentile(ordered, 0.5), percentile(ordered, 0.95)
    if median is None or len(ordered) < ENOUGH_TO_EXPECT:
        return None
    return Usual(runs=len(ordered), median=median, p95=p95 if len(ordered) >= ENOUGH_FOR_P95 else None)


def between(start: datetime | None, end: datetime | None) -> int | None:
    """Whole seconds from one moment to another; nothing if one is not known, and never less than none."""
    return round(max(0.0, (end - start).total_seconds())) if start and end else None


def took(run: Run) -> int:
    """How long the latest attempt of a completed run took, in seconds."""
    return between(run.run_started_at, run.updated_at) or 0


def passed(run: Run) -> bool:
    """Whether a run ended well. What is cancelled, skipped or waits neither passed nor failed."""
    return run.completed and run.conclusion is Conclusion.SUCCESS
