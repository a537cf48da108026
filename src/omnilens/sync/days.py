"""Days of the past, fetched from GitHub: one call for each hundred runs, once for everybody who wants them.

A day is remembered when the last of its runs is stored, and its ETag put away after that. So whatever interrupts us,
nothing is taken for fetched that is not; and a day that is whole costs one call that does not count, at most every
ten minutes while somebody opens it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING

from msgspec.structs import replace

from omnilens.github.rest import BudgetView, ETag
from omnilens.model import HistoryProgress, HistoryState, Repository
from omnilens.operations import logs
from omnilens.pipeline.fetched_days import FetchedDay, FetchedDays
from omnilens.pipeline.store import Store
from omnilens.sync.day_history import Failure, Progress, failed
from omnilens.sync.day_plan import days_of, is_over, span_of
from omnilens.sync.learning import Learning

if TYPE_CHECKING:
    from omnilens.github.rest.client import GitHub

log = logs.get(__name__)

PATIENCE = 10.0
"""Seconds that a call may be put off by limits and failures; whoever waits is told until when instead."""

Tell = Callable[[HistoryProgress], object]
_Key = tuple[str, date]
_Task = asyncio.Task[FetchedDay | Failure]


class Days:
    """Fetches days. Those who want the same one at the same time share it."""

    def __init__(
        self,
        github: GitHub,
        learning: Learning,
        fetched: FetchedDays,
        store: Store,
        tell: Tell,
        now: Callable[[], datetime],
    ) -> None:
        """`tell` is called with how far each day is."""
        self._github = github.patient(PATIENCE)
        self._learning = learning
        self._fetched = fetched
        self._store = store
        self._tell = tell
        self._now = now
        self._running: dict[_Key, tuple[Progress, _Task]] = {}
        self._failures: dict[_Key, Failure] = {}
        self._opened: set[_Key] = set()
        self._quiet = asyncio.Event()
        self._quiet.set()

    def budgets(self) -> list[BudgetView]:
        """What is left of GitHub's limits."""
        return self._github.budgets()

    def standing(self, slug: str, day: date) -> Progress | Failure | None:
        """How far a day is that is being fetched, or why the last attempt failed."""
        key = (slug, day)
        return self._running[key][0] if key in self._running else self._failures.get(key)

    def open(self, repository: Repository, day: date) -> None:
        """Begin to fetch a day that somebody wants to see, unless that is being done or has failed just now."""
        key = (repository.slug, day)
        failure = self._failures.get(key)
        if failure and self._now() < failure.not_before and key not in self._running:
            return
        self._opened.add(key)
        self._quiet.clear()
        if key not in self._running:
            self._begin(repository, day)

    async def fetch(self, repository: Repository, day: date) -> FetchedDay | Failure:
        """Fetch a day, or wait for whoever does it already. After a failure, what came until then is stored."""
        running = self._running.get((repository.slug, day))
        return await asyncio.shield(running[1] if running else self._begin(repository, day))

    async def quiet(self) -> None:
        """Wait while days are on their way that somebody wants to see."""
        await self._quiet.wait()

    async def close(self) -> None:
        """Leave off. What is stored is stored; a day that is not whole is fetched again when it is wanted."""
        tasks = [task for _, task in self._running.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _begin(self, repository: Repository, day: date) -> _Task:
        key, progress = (repository.slug, day), Progress()
        task = asyncio.create_task(self._attempt(repository, day, progress), name=f"fetch {repository.slug} of {day}")
        self._running[key] = (progress, task)
        task.add_done_callback(lambda _: self._ended(key))
        return task

    def _ended(self, key: _Key) -> None:
        del self._running[key]
        self._opened.discard(key)
        if not self._opened:
            self._quiet.set()

    async def _attempt(self, repository: Repository, day: date, progress: Progress) -> FetchedDay | Failure:
        key = (repository.slug, day)
        known: FetchedDay | None = None
        try:
            known = (await self._fetched.between(repository.slug, day, day)).get(day)
            fetched = await self._fetch(repository, day, progress, known)
        except Exception as error:  # a bug of ours must not look as if it still went on
            failure = failed(error, self._now(), self._failures.get(key))
            bug = error if failure.is_a_bug else None
            log.warning("day.not_fetched", repo=repository.slug, day=f"{day}", reason=failure.reason, exc_info=bug)
            self._failures[key] = failure
            if known is None or not known.complete:
                self._report(key, progress, "failed")
            elif progress.done:
                self._report(key, progress, "complete")  # it is as whole as before
            return failure
        self._failures.pop(key, None)
        return fetched

    async def _fetch(
        self, repository: Repository, day: date, progress: Progress, known: FetchedDay | None
    ) -> FetchedDay:
        key, over = (repository.slug, day), is_over(day, self._now())
        etag: ETag | None = None
        pages, unreadable, touched = 0, 0, set[date]()
        anew = known is not None and known.complete
        async for page in self._github.runs.created(repository.full_name, span_of(day), anew=anew):
            if await self._learning.runs(repository, page.runs):
                self._store.changed_past(repository.slug)
            etag, pages, unreadable = etag or page.etag, pages + 1, unreadable + page.unreadable
            progress.done += len(page.runs)
            progress.total = max(progress.total or page.total_count, progress.done)
            touched.update(*map(days_of, page.runs))
            self._report(key, progress, "fetching")
        if known and not pages:
            unchanged = replace(known, fetched_at=self._now())
            await self._fetched.remember(unchanged)
            return unchanged
        # What is still to come would not be found, nor what a later release may be able to read.
        etag = etag if over and not unreadable else None
        fetched = FetchedDay(
            slug=repository.slug,
            day=day,
            fetched_at=self._now(),
            runs=progress.done,
            complete=over,
            etag_address=etag.address if etag else None,
        )
        await self._fetched.remember(fetched)
        await self._github.taken(etag)
        log.info("day.fetched", repo=repository.slug, day=f"{day}", runs=progress.done, unreadable=unreadable)
        self._report(key, progress, "complete", touched - {day})
        return fetched

    def _report(self, key: _Key, progress: Progress, state: HistoryState, touched: set[date] | None = None) -> None:
        slug, day = key
        others = tuple(sorted(each.isoformat() for each in touched or ()))
        done, total = progress.done, progress.total
        said = HistoryProgress(repoSlug=slug, date=day.isoformat(), state=state, done=done, total=total, touched=others)
        self._tell(said)
