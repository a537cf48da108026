"""Days that nobody waits for: those of a repository that is new on the board, and those behind a day that was opened.

One at a time, the newest first, and only while nobody waits for another one and most of GitHub's limit is left. What is
fetched stays fetched: after a restart the rest is done.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import date, datetime, timedelta

from msgspec import Struct

from omnilens.errors import StorageUnavailable
from omnilens.github.rest import RateLimited
from omnilens.model import Repository
from omnilens.operations import logs
from omnilens.pipeline.fetched_days import FetchedDays
from omnilens.pipeline.mapping import RepositoryMap
from omnilens.sync.day_history import Failure
from omnilens.sync.day_plan import days_before, is_kept, is_missing, spared_until
from omnilens.sync.days import Days
from omnilens.sync.first_of import first_of

log = logs.get(__name__)

LOOK_AGAIN = timedelta(minutes=1)
"""How long to sleep at most before looking, on the board and not at GitHub, whether a repository is new."""

ATTEMPTS = 5
"""Times that GitHub may fail at one day before it is left to whoever opens it, so that the others get their turn."""


class Filling(Struct):
    """How far the background is with a repository."""

    total: int = 0
    """Days that were wanted since it was last done."""
    done: int = 0
    """Those of them that are here."""
    day: date | None = None
    """The one that is being fetched."""
    waiting_until: datetime | None = None
    """When it goes on, while GitHub's limits forbid it, or GitHub cannot be asked."""
    problem: str | None = None
    """Why it waits, or was given up."""
    given_up: bool = False
    """Whether somebody has to do something first."""


class Backfill:
    """Works off the days that are wanted."""

    def __init__(
        self,
        days: Days,
        fetched: FetchedDays,
        repositories: RepositoryMap,
        period: timedelta,
        retention: timedelta,
        now: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        """New repositories are filled for `period`; nothing is fetched that would be older than `retention`."""
        self._days = days
        self._fetched = fetched
        self._repositories = repositories
        self._period = period
        self._retention = retention
        self._now = now
        self._sleep = sleep
        self._wanted: dict[tuple[str, date], Repository] = {}
        self._fillings: dict[str, Filling] = {}
        self._begun: dict[str, date] = {}
        """Repositories that are filled for the first time, and since when."""
        self._seen: set[str] = set()
        self._news = asyncio.Event()

    def filling(self, slug: str) -> Filling:
        """How far it is with a repository."""
        return self._fillings.setdefault(slug, Filling())

    def want(self, repository: Repository, days: Iterable[date]) -> None:
        """Have days fetched when there is time for it; those that are here already cost nothing."""
        filling = self.filling(repository.slug)
        if not any(slug == repository.slug for slug, _ in self._wanted):
            filling = self._fillings[repository.slug] = Filling()
        for day in days:
            key = (repository.slug, day)
            if key not in self._wanted and is_kept(day, self._now(), self._retention):
                self._wanted[key] = repository
                filling.total += 1
                self._news.set()

    def fill(self, repository: Repository, count: int) -> None:
        """Have today and the `count` days before it fetched, and remember it when that is done."""
        days = days_before(self._now(), count)
        self._begun[repository.slug] = days[-1]
        self.want(repository, days)

    def wake(self) -> None:
        """Look at once whether a repository is new."""
        self._news.set()

    async def run(self) -> None:
        """Fill repositories that are new on the board, and whatever is wanted. Only cancelling it ends it."""
        while True:
            self._news.clear()
            await self._look_for_new_ones()
            await self.work()
            await first_of(self._news.wait(), self._sleep(LOOK_AGAIN.total_seconds()))

    async def work(self) -> None:
        """Fetch what is wanted, until nothing is. How it went is in each repository's `Filling`."""
        while self._wanted:
            key = max(self._wanted, key=lambda wanted: (wanted[1], wanted[0]))
            repository, filling = self._wanted[key], self.filling(key[0])
            filling.day = key[1]
            try:
                await self._wait_for_turn(filling)
                await self._one(repository, key[1], filling)
            except StorageUnavailable as error:
                log.warning("backfill.waits", repo=repository.slug, reason=str(error))
                await self._wait(filling, self._now() + LOOK_AGAIN, "The database cannot be asked.")
            filling.day = None

    async def _one(self, repository: Repository, day: date, filling: Filling) -> None:
        slug = repository.slug
        known = (await self._fetched.between(slug, day, day)).get(day)
        if is_missing(day, known, self._now()):
            outcome = await self._days.fetch(repository, day)
            if isinstance(outcome, Failure):
                await self._after(outcome, slug, day, filling)
                return
        filling.done += 1
        await self._leave(slug, day, filling)

    async def _leave(self, slug: str, day: date, filling: Filling) -> None:
        """A day is done with."""
        del self._wanted[slug, day]
        if not any(wanted == slug for wanted, _ in self._wanted):
            if since := self._begun.pop(slug, None):
                await self._fetched.remember_backfill(slug, since, self._now())
            log.info("backfill.done", repo=slug, days=filling.done, of=filling.total)

    async def _after(self, failure: Failure, slug: str, day: date, filling: Filling) -> None:
        """Wait for better times; where waiting does not help, give the repository up until the next start."""
        filling.problem = failure.reason
        if failure.retry_at:
            await self._wait(filling, failure.retry_at, failure.reason)
            if failure.in_a_row >= ATTEMPTS and not isinstance(failure.error, RateLimited):
                filling.problem = failure.reason
                log.warning("backfill.left_out", repo=slug, day=f"{day}", reason=failure.reason)
                await self._leave(slug, day, filling)
            return
        filling.given_up = True
        self._begun.pop(slug, None)
        for key in [key for key in self._wanted if key[0] == slug]:
            del self._wanted[key]
        log.warning("backfill.given_up", repo=slug, day=f"{day}", reason=failure.reason)

    async def _wait_for_turn(self, filling: Filling) -> None:
        await self._days.quiet()
        while until := spared_until(self._days.budgets()):
            if until <= self._now():
                return
            await self._wait(filling, until, "What is left of GitHub's rate limit is for days that are opened.")
            await self._days.quiet()

    async def _wait(self, filling: Filling, until: datetime, why: str) -> None:
        filling.waiting_until, filling.problem = until, why
        await self._sleep(max(0.0, (until - self._now()).total_seconds()))
        filling.waiting_until = filling.problem = None

    async def _look_for_new_ones(self) -> None:
        if not self._period:
            return
        for repository in self._repositories.all():
            if repository.slug in self._seen:
                continue
            try:
                since = await self._fetched.backfilled(repository.slug)
            except StorageUnavailable as error:
                log.warning("backfill.waits", repo=repository.slug, reason=str(error))
                return
            self._seen.add(repository.slug)
            if since is None:
                log.info("backfill.begun", repo=repository.slug, days=self._period.days)
                self.fill(repository, self._period.days)
