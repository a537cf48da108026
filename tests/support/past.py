"""What fetches the past from GitHub, of real parts: a database in a file, the real client; only the clock is not."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from omnilens.database import Database
from omnilens.github.rest.client import GitHub
from omnilens.model import HistoryProgress, Repository
from omnilens.pipeline.fetched_days import FetchedDay, FetchedDays, start_of
from omnilens.pipeline.history import History
from omnilens.pipeline.journal import SqlEntries, StoredJournal
from omnilens.pipeline.mapping import RepositoryMap
from omnilens.pipeline.store import Store
from omnilens.pipeline.stored_etags import StoredETags
from omnilens.settings import RepositoryPattern
from omnilens.sync.backfill import Backfill
from omnilens.sync.day_history import DayHistory
from omnilens.sync.days import Days
from omnilens.sync.learning import Learning
from omnilens.sync.opened_days import OpenedDays
from support import github as fake
from support.clock import START, FakeClock
from support.github import FakeGitHub
from support.github.asking import asking

NAME = "octo-org/octo-repo"
RETENTION = timedelta(days=90)
TODAY = START.date()


def days_ago(number: int) -> date:
    return TODAY - timedelta(days=number)


class Past:
    """A process, as far as it knows of the past."""

    def __init__(
        self,
        database: Database,
        client: GitHub,
        clock: FakeClock,
        period: timedelta,
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self.clock = clock
        self.told: list[HistoryProgress] = []
        self.database = database
        self.journal = StoredJournal(SqlEntries(database))
        self.store = Store()
        self.history = History(database)
        self.fetched = FetchedDays(database)
        self.repositories = RepositoryMap([RepositoryPattern("octo-org", "octo-repo")], "github.com")
        learning = Learning(
            self.repositories, self.journal, self.store, self.history, "github.com", clock.now, self._shown
        )
        self.days = Days(client, learning, self.fetched, self.store, self.told.append, clock.now)
        self.backfill = Backfill(self.days, self.fetched, self.repositories, period, RETENTION, clock.now, sleep)
        self.opened = OpenedDays(self.fetched, self.days, self.backfill, RETENTION, clock.now)

    async def _shown(self) -> None:
        """Nobody follows the journal here."""

    @property
    def repository(self) -> Repository:
        return self.repositories.all()[0]

    async def fetch(self, day: date) -> FetchedDay:
        """Fetch a day, which must succeed."""
        outcome = await self.days.fetch(self.repository, day)
        assert isinstance(outcome, FetchedDay), outcome
        return outcome

    async def open(self, day: date) -> DayHistory:
        """Open a day of somebody in UTC, and say what that is told."""
        opened = await self.opened.open(self.repository, start_of(day), start_of(day) + timedelta(days=1))
        assert opened.history is not None
        return opened.history

    async def known(self, day: date) -> FetchedDay | None:
        return (await self.fetched.between("octo-repo", day, day)).get(day)

    async def ids(self, day: date) -> list[int]:
        """The runs that the history has of a day in UTC."""
        views = await self.history.runs("octo-repo", start_of(day), start_of(day) + timedelta(days=1))
        return sorted(view.run.id for view in views)


@asynccontextmanager
async def past_of(
    folder: Path,
    github: FakeGitHub,
    clock: FakeClock,
    period: timedelta = timedelta(days=30),
    sleep: Callable[[float], Awaitable[None]] | None = None,
    **settings: Any,
) -> AsyncIterator[Past]:
    """From the start of a process to its end, which leaves the file in `folder` for the next one."""
    database = Database(f"sqlite:///{folder}/db")
    await database.open()
    journals: list[StoredJournal] = []
    async with asking(github, clock, etags=StoredETags(database, lambda: journals[0].epoch), **settings) as client:
        past = Past(database, client, clock, period, sleep or clock.sleep)
        journals.append(past.journal)
        await past.journal.open()
        try:
            yield past
        finally:
            await past.days.close()
            await past.journal.close()
            await database.close()


def fill(there: fake.Repository, day: date, count: int, **fields: Any) -> list[int]:
    """So many runs, evenly over a day in UTC; their ids."""
    step = timedelta(days=1) / count
    return [there.add_run(start_of(day) + number * step, **fields).id for number in range(count)]


def stamp_of(day: date, hour: int) -> datetime:
    return start_of(day) + timedelta(hours=hour)
