"""Reports of a few runs, over ten days."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

from omnilens.insights.report_shapes import Report
from omnilens.insights.tally import Tally
from omnilens.model import Conclusion, Job, Run
from support.remembered import REPOSITORY

FIRST = datetime(2026, 11, 1, tzinfo=UTC)
DAYS = 10
FAILED: dict[str, Any] = {"conclusion": Conclusion.FAILURE}
Known = tuple[Run, tuple[Job, ...]]


def on(day: int, hour: float = 9) -> datetime:
    return FIRST + timedelta(days=day, hours=hour)


def report(*known: Known) -> Report:
    """Of these, in any order."""
    starts = [FIRST + timedelta(days=number) for number in range(DAYS)]
    tally = Tally([f"{each:%Y-%m-%d}" for each in starts], starts, FIRST + timedelta(days=DAYS))
    for run, jobs in random.Random(len(known)).sample(known, len(known)):
        tally.add(run, {job.id: job for job in jobs})
    return tally.report(REPOSITORY, "UTC", True, on(DAYS))
