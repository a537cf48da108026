"""A day of the past that somebody opens: what is here of it, and the beginning of having the rest fetched."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from msgspec import Struct

from omnilens.model import Repository
from omnilens.pipeline.fetched_days import FetchedDays
from omnilens.sync.backfill import Backfill, Filling
from omnilens.sync.day_history import DayHistory, Failure, history_of, standing_of
from omnilens.sync.day_plan import RERUN_WITHIN, days_of_reruns, is_fresh, is_kept, is_past, utc_days
from omnilens.sync.days import Days

IN_MEMORY = (
    "With OMNILENS_DATABASE_URL=memory nothing of the past is kept. With a database, OmniLens fetches such days "
    "from GitHub."
)
WITHOUT = (
    "This is what OmniLens heard live. With GITHUB_TOKEN or a GitHub App, it fetches the rest of such days from GitHub."
)


class Opened(Struct, frozen=True):
    """What is to be said of a day."""

    history: DayHistory | None
    """Nothing where the live path has all of it."""
    version: str
    """Another one means that the day may show something else."""


LIVE = Opened(None, "")


class OpenedDays:
    """Answers for days, and has them fetched."""

    def __init__(
        self,
        fetched: FetchedDays | None,
        days: Days | None,
        backfill: Backfill | None,
        retention: timedelta,
        now: Callable[[], datetime],
    ) -> None:
        """Without a database there is no `fetched`, and without anything to ask GitHub with neither of the others."""
        self._fetched = fetched
        self._days = days
        self._backfill = backfill
        self._retention = retention
        self._now = now

    def filling(self, slug: str) -> Filling | None:
        """How far the background is with a repository; nothing where there is none."""
        return self._backfill.filling(slug) if self._backfill else None

    async def open(self, repository: Repository, start: datetime, end: datetime) -> Opened:
        """What is here of the time from `start` up to `end`. What is not begins to be fetched; nobody waits for it.

        Raises:
            StorageUnavailable: the database cannot be asked.
        """
        now = self._now()
        days = [day for day in utc_days(start, end) if is_past(day, now)]
        if not days:
            return LIVE
        if self._fetched is None:
            return _said(history_of([standing_of(day, None, None) for day in days], {}, IN_MEMORY), now)
        earlier = min(days) - timedelta(days=RERUN_WITHIN)
        known = await self._fetched.between(repository.slug, earlier, max(days))
        failures: dict[str, Failure] = {}
        if self._days and self._backfill:
            for day in days:
                if is_kept(day, now, self._retention) and not is_fresh(known.get(day), now):
                    self._days.open(repository, day)
                if isinstance(standing := self._days.standing(repository.slug, day), Failure):
                    failures[day.isoformat()] = standing
            self._backfill.want(repository, days_of_reruns(days, known, now, self._retention))
        standings = [self._days.standing(repository.slug, day) if self._days else None for day in days]
        parts = [standing_of(day, known.get(day), each) for day, each in zip(days, standings, strict=True)]
        newest = max((each.fetched_at for each in known.values()), default=now)
        return _said(history_of(parts, failures, self._why_none()), newest)

    def _why_none(self) -> str:
        if self._days is None:
            return WITHOUT
        return f"Days of more than {self._retention.days} days ago are not kept; OMNILENS_HISTORY_RETENTION says so."


def _said(history: DayHistory, newest: datetime) -> Opened:
    return Opened(history, f"{hash((history, newest)) & 0xFFFFFFFFFFFF:x}")
