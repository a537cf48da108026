"""Comparing the board with GitHub: once at the start, and then where there is reason to doubt it.

What was missed is in GitHub's list of runs, newest first: a page of a hundred costs one call, and nothing where
nothing has changed since. Runs that go on for suspiciously long are asked about one by one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from msgspec import Struct

from omnilens.errors import OmniLensError, StorageUnavailable
from omnilens.github.rest import BudgetView, GitHubError, NotFound, RunFields
from omnilens.model import Repository, Run
from omnilens.operations import logs
from omnilens.pipeline.store import RUNS_KEPT
from omnilens.sync.doubts import longest, repository_is_doubtful_at, run_is_doubtful_at, try_again_at
from omnilens.sync.first_of import first_of
from omnilens.sync.learning import Learning

if TYPE_CHECKING:
    from omnilens.github.rest.client import GitHub

log = logs.get(__name__)

MARGIN = timedelta(hours=1)
"""How much earlier than what was heard last a comparison begins: deliveries come late, and in any order."""
MAX_PAGES = 10
"""Of a hundred runs each, for one repository: a thousand."""
MAX_RUNS_WITH_JOBS = 20
"""Runs of one repository whose jobs are asked for after a comparison, those that go on first of all."""
LOOK_AGAIN = timedelta(minutes=5)
"""How long to sleep at most before looking, on the board and not at GitHub, whether there is reason to ask."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Standing(Struct):
    """How a repository was last compared with GitHub."""

    compared_at: datetime | None = None
    """When that was last done to the end."""
    learned: int = 0
    """Changes that it brought then."""
    comparing: bool = False
    problem: str | None = None
    """Why the last attempt failed."""
    tried_at: datetime = _EPOCH
    failures: int = 0
    """Attempts in a row that failed."""
    in_vain: int = 0
    """Comparisons in a row that brought nothing."""
    since: datetime | None = None
    """How far back the next comparison goes at least. It stays until one is done: what arrives live meanwhile, or came
    before a failure, says nothing about what was missed."""


class CatchUp:
    """Asks GitHub what was missed, one repository after another."""

    def __init__(
        self,
        github: GitHub,
        learning: Learning,
        sleep: Callable[[float], Awaitable[None]],
        recover: Callable[[], Awaitable[object]],
    ) -> None:
        """`recover` is called where something was missed, when the runs themselves are there."""
        self._recover = recover
        self._github = github
        self._learning = learning
        self._store = learning.store
        self._repositories = learning.repositories
        self._now = learning.now
        self._sleep = sleep
        self._standing: dict[str, Standing] = {}
        self._asked: dict[tuple[str, int], int] = {}
        self._news = asyncio.Event()

    def budgets(self) -> list[BudgetView]:
        """What is left of GitHub's limits."""
        return self._github.budgets()

    def standing(self, slug: str) -> Standing:
        """How a repository stands."""
        return self._standing.setdefault(slug, Standing())

    async def run(self) -> None:
        """Compare every repository, and then whichever becomes doubtful. Only cancelling it ends it."""
        self.remember()
        while True:
            self._news.clear()
            missed = 0
            for repository in self._repositories.all():
                if self.due(repository) <= self._now():
                    missed += await self.compare(repository)
                for run in self.doubtful(repository):
                    await self.ask_about(repository, run)
            if missed:
                await self._recover()
            await first_of(self._news.wait(), self._sleep(LOOK_AGAIN.total_seconds()))

    def wake(self) -> None:
        """Look at once whether there is reason to ask."""
        self._news.set()

    def remember(self) -> None:
        """Note what was heard last of each repository, before anything more is heard."""
        for repository in self._repositories.all():
            self._remembered(repository.slug)

    def due(self, repository: Repository) -> datetime:
        """When to compare a repository."""
        standing = self.standing(repository.slug)
        if standing.failures:
            return try_again_at(standing.tried_at, standing.failures)
        if standing.compared_at is None:
            return _EPOCH
        last = self._store.last_event_at(repository.slug)
        if last is None:
            return datetime.max.replace(tzinfo=UTC)  # nothing has ever happened there, and nothing may
        in_vain = standing.in_vain if last <= standing.compared_at else 0
        return repository_is_doubtful_at(last, standing.compared_at, in_vain)

    def doubtful(self, repository: Repository) -> list[Run]:
        """The runs of a repository that should be over by now."""
        slug = repository.slug
        unfinished = {view.run.id: view.run for view in self._store.unfinished(slug)}
        for key in [key for key in self._asked if key[0] == slug and key[1] not in unfinished]:
            del self._asked[key]
        if not unfinished:
            return []
        took = longest(self._store.runs(slug, _EPOCH, self._now()))
        return [
            run
            for run in unfinished.values()
            if run_is_doubtful_at(run, took.get(run.name), self._asked.get((slug, run.id), 0)) <= self._now()
        ]

    async def compare(self, repository: Repository) -> int:
        """Compare a repository with GitHub's list of its runs. Returns how many changes that brought.

        What goes wrong is in its `Standing`.
        """
        standing = self.standing(repository.slug)
        standing.tried_at, standing.comparing = self._now(), True
        try:
            learned = await self._compare(repository)
        except (GitHubError, OmniLensError, StorageUnavailable) as error:
            standing.problem, standing.failures = str(error), standing.failures + 1
            log.warning("github.not_compared", repo=repository.slug, reason=str(error))
            return 0
        finally:
            standing.comparing = False
        standing.in_vain = 0 if learned else standing.in_vain + 1
        standing.compared_at, standing.learned = self._now(), learned
        standing.problem, standing.failures, standing.since = None, 0, None
        log.info("github.compared", repo=repository.slug, learned=learned)
        return learned

    async def ask_about(self, repository: Repository, run: Run) -> None:
        """Ask how one run is, with its jobs."""
        key = (repository.slug, run.id)
        self._asked[key] = self._asked.get(key, 0) + 1
        try:
            found = await self._github.runs.run(repository.full_name, run.id)
            learned = await self._learning.runs(repository, [found])
            learned += await self._jobs(repository, run.id, run.name)
        except NotFound:
            log.warning("github.run_is_gone", repo=repository.slug, run=run.id)
            return
        except (GitHubError, OmniLensError, StorageUnavailable) as error:
            log.warning("github.not_asked", repo=repository.slug, run=run.id, reason=str(error))
            return
        log.info("github.asked_about", repo=repository.slug, run=run.id, status=found.status, learned=learned)

    async def _compare(self, repository: Repository) -> int:
        since, learned, pages, etag = self._remembered(repository.slug), 0, 0, None
        going_on: list[RunFields] = []
        async for page in self._github.runs.newest(repository.full_name, anew=True):
            learned += await self._learning.runs(repository, page.runs)
            going_on += [run for run in page.runs if run.status != "completed"]
            etag, pages = etag or page.etag, pages + 1
            created = page.runs[-1].created_at if page.runs else None
            if created is None or created < since or pages == MAX_PAGES:
                break
        await self._github.taken(etag)
        for run in going_on[:MAX_RUNS_WITH_JOBS] if learned else ():
            await self._jobs(repository, run.id, run.name)
        return learned

    async def _jobs(self, repository: Repository, run_id: int, workflow: str | None) -> int:
        page = await self._github.runs.jobs(repository.full_name, run_id)
        return await self._learning.jobs(repository, workflow, page.jobs)

    def _remembered(self, slug: str) -> datetime:
        standing, since = self.standing(slug), self._since(slug)
        standing.since = min(standing.since or since, since)
        return standing.since

    def _since(self, slug: str) -> datetime:
        """How far back to compare: to before what was heard last, and to the oldest run that still goes on."""
        earliest = self._now() - RUNS_KEPT
        last = self._store.last_event_at(slug)
        if last is None:
            return earliest
        going_on = [view.run.created_at or view.run.run_started_at for view in self._store.unfinished(slug)]
        return max(earliest, min([last - MARGIN, *going_on]))
