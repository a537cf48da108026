"""The jobs of a run that somebody opens, where only the run itself is known: fetched once, when they are wanted.

GitHub's list of runs, from which missed runs are learned, has no jobs; to ask for those of each would cost a call each.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from omnilens.errors import OmniLensError, StorageUnavailable
from omnilens.github.rest import GitHubError
from omnilens.model import Conclusion, Job, Repository, Run
from omnilens.operations import logs
from omnilens.sync.learning import Learning

if TYPE_CHECKING:
    from omnilens.github.rest.client import GitHub

log = logs.get(__name__)

PATIENCE = 3.0
"""Seconds that somebody waits for an answer of ours while GitHub lets us wait for its own."""
MAX_REMEMBERED = 5_000

MAX_ATTEMPTS = 200

_Which = tuple[str, int, int]


class PastAttempt(NamedTuple):
    """What GitHub tells of an earlier attempt of a run, and the run itself does not. Nothing about people."""

    conclusion: Conclusion | None
    started_at: datetime
    ended_at: datetime
    jobs: tuple[Job, ...]


class Details:
    """Asks for each attempt of a run at most once, however many people open it."""

    def __init__(self, github: GitHub, learning: Learning) -> None:
        self._github = github.patient(PATIENCE)
        self._learning = learning
        self._attempts: OrderedDict[_Which, asyncio.Task[PastAttempt | None]] = OrderedDict()
        self._asked: OrderedDict[_Which, asyncio.Task[bool]] = OrderedDict()

    async def look_up(self, repository: Repository, run: Run) -> bool:
        """Find out about the jobs of `run`. Returns whether there is something new now."""
        which = (repository.slug, run.id, run.run_attempt)
        if (asking := self._asked.get(which)) is None:
            asking = asyncio.create_task(self._ask(repository, run), name="ask for jobs")
            self._asked[which] = asking
            if len(self._asked) > MAX_REMEMBERED:
                self._asked.popitem(last=False)
        elif asking.done():
            return False
        # Whoever goes away must not take it from the others.
        return await asyncio.shield(asking)

    async def attempt(self, repository: Repository, run_id: int, attempt: int) -> PastAttempt | None:
        """An earlier attempt of a run; nothing if GitHub does not tell of it now. It can change no more."""
        which = (repository.slug, run_id, attempt)
        if (asking := self._attempts.get(which)) is None:
            asking = asyncio.create_task(self._ask_attempt(repository, run_id, attempt), name="ask for an attempt")
            self._attempts[which] = asking
            if len(self._attempts) > MAX_ATTEMPTS:
                self._attempts.popitem(last=False)
        return await asyncio.shield(asking)

    async def _ask_attempt(self, repository: Repository, run_id: int, attempt: int) -> PastAttempt | None:
        try:
            fields = await self._github.runs.attempt(repository.full_name, run_id, attempt)
            page = await self._github.runs.jobs(repository.full_name, run_id, attempt=attempt)
            run, jobs = self._learning.read(repository, fields, page.jobs)
        except (GitHubError, OmniLensError, StorageUnavailable) as error:
            self._attempts.pop((repository.slug, run_id, attempt), None)
            log.warning("github.attempt_not_found", repo=repository.slug, run=run_id, reason=str(error))
            return None
        return PastAttempt(run.conclusion, run.run_started_at, run.updated_at, tuple(jobs))

    async def _ask(self, repository: Repository, run: Run) -> bool:
        which = (repository.slug, run.id, run.run_attempt)
        try:
            page = await self._github.runs.jobs(repository.full_name, run.id, attempt=run.run_attempt)
            return bool(await self._learning.jobs(repository, run.name, page.jobs))
        except (GitHubError, OmniLensError, StorageUnavailable) as error:
            self._asked.pop(which, None)  # the next one who opens it may have more luck
            log.warning("github.jobs_not_found", repo=repository.slug, run=run.id, reason=str(error))
            return False
