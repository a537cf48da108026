"""The jobs of a run that somebody opens, where only the run itself is known: fetched once, when they are wanted.

GitHub's list of runs, from which missed runs are learned, has no jobs; to ask for those of each would cost a call each.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import TYPE_CHECKING

from omnilens.errors import OmniLensError, StorageUnavailable
from omnilens.github.rest import GitHubError
from omnilens.model import Repository, Run
from omnilens.operations import logs
from omnilens.sync.learning import Learning

if TYPE_CHECKING:
    from omnilens.github.rest.client import GitHub

log = logs.get(__name__)

PATIENCE = 3.0
"""Seconds that somebody waits for an answer of ours while GitHub lets us wait for its own."""
MAX_REMEMBERED = 5_000

_Which = tuple[str, int, int]


class Details:
    """Asks for each attempt of a run at most once, however many people open it."""

    def __init__(self, github: GitHub, learning: Learning) -> None:
        self._github = github.patient(PATIENCE)
        self._learning = learning
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

    async def _ask(self, repository: Repository, run: Run) -> bool:
        which = (repository.slug, run.id, run.run_attempt)
        try:
            page = await self._github.runs.jobs(repository.full_name, run.id, attempt=run.run_attempt)
            return bool(await self._learning.jobs(repository, run.name, page.jobs))
        except (GitHubError, OmniLensError, StorageUnavailable) as error:
            self._asked.pop(which, None)  # the next one who opens it may have more luck
            log.warning("github.jobs_not_found", repo=repository.slug, run=run.id, reason=str(error))
            return False
