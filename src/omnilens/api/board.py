"""What the routes read: the board as it is now. One object, made by the composition root."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends
from msgspec.structs import replace
from starlette.requests import HTTPConnection

from omnilens.api.answers import Answers
from omnilens.api.costly import Costly
from omnilens.api.days import Day
from omnilens.api.standing import Standings
from omnilens.errors import AttemptNotFound, RepositoryNotFound
from omnilens.flags import Flags
from omnilens.insights.attempts import earlier
from omnilens.insights.report_shapes import Report
from omnilens.insights.workflows import WorkflowList
from omnilens.model import Job, Repository, Run
from omnilens.oncall.oncall import OnCall
from omnilens.operations.metrics import Metrics
from omnilens.operations.profiling import Profiler
from omnilens.operations.suspects import Suspects
from omnilens.people.adding import Adding
from omnilens.people.notices.inbox import Inbox
from omnilens.people.people import People
from omnilens.people.privacy import Privacy
from omnilens.people.viewer import Viewer
from omnilens.pipeline.dead_letters import DeadLetters
from omnilens.pipeline.history import History
from omnilens.pipeline.journal import Journal
from omnilens.pipeline.mapping import RepositoryMap
from omnilens.pipeline.merge import RunState, RunView, in_order, view
from omnilens.pipeline.store import RUNS_KEPT, Store, newest_first
from omnilens.pipeline.times import Times
from omnilens.pipeline.walking import Take
from omnilens.realtime.claims import Claims
from omnilens.realtime.notices import Notices
from omnilens.realtime.vigil import Vigil
from omnilens.socketio import Server
from omnilens.sync.catchup import CatchUp
from omnilens.sync.checkups import Checkups
from omnilens.sync.details import Details
from omnilens.sync.doctor import Doctor
from omnilens.sync.mending import Mending
from omnilens.sync.opened_days import OpenedDays
from omnilens.sync.outages import Outages

if TYPE_CHECKING:
    from omnilens.people.notices.push import Pusher  # see telling.py

IF_ASKED = "With a token (GITHUB_TOKEN), OmniLens asks GitHub for it when somebody opens it."
_ENDLESS = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Board:
    """The parts behind the REST answers."""

    people: People
    vigil: Vigil
    inbox: Inbox
    notices: Notices
    claims: Claims
    adding: Adding
    privacy: Privacy
    push: Pusher | None
    """Nothing where the extra for it is not installed."""
    repositories: RepositoryMap
    store: Store
    sockets: Server
    metrics: Metrics
    answers: Answers
    workflows: Costly[WorkflowList]
    reports: Costly[Report]
    rewinds: Costly[bytes]
    standings: Standings
    public_badges: bool
    """Whether everybody may see how public repositories stand."""
    journal: Journal
    times: Times
    history: History | None
    opened_days: OpenedDays
    dead_letters: DeadLetters | None
    catch_up: CatchUp | None
    details: Details | None
    """Both nothing where there is nothing to ask GitHub with."""
    mending: Mending | None
    """Likewise."""
    outages: Outages
    allowed_origins: frozenset[str]
    """Where our page comes from."""
    doctor: Doctor
    checkups: Checkups
    oncall: OnCall
    suspects: Suspects
    profiler: Profiler
    flags: Flags
    ready: Callable[[], bool]
    uptime: Callable[[], float]
    """Seconds since the start."""

    @property
    def epoch(self) -> str:
        """The history that every ``seq`` counts in."""
        return self.store.epoch

    async def runs(self, slug: str, day: Day) -> list[RunView]:
        """The runs of a repository that were active on `day`, newest first, from memory and from the history."""
        recent = self.store.runs(slug, day.start, day.end)
        if self.history is None or day.start >= datetime.now(UTC) - RUNS_KEPT:
            return recent
        past = await self.history.runs(slug, day.start, day.end)
        return newest_first([*recent, *(each for each in past if self.store.run(slug, each.run.id) is None)])

    async def recall(
        self,
        slug: str,
        start: datetime,
        end: datetime,
        take: Take,
        *,
        jobs: bool = False,
    ) -> None:
        """Give `take`, in threads, all runs of a repository that started between `start` and `end`, each once.

        Of the history without steps, and without jobs unless they are wanted. It may also get what started later.
        """
        # What started later too: the history may have an earlier attempt of it, which does not count any more.
        recent = [each.run.id for each in self.store.runs(slug, start, _ENDLESS)]
        await asyncio.to_thread(take, [state for each in recent if (state := self.store.state(slug, each))])
        if self.history is None:
            return
        known = frozenset(recent)

        def take_past(states: Sequence[RunState]) -> None:
            take([state for state in states if view(state).run.id not in known])

        await self.history.walk(slug, start, end, take_past, jobs=jobs)

    async def run(self, slug: str, run_id: int) -> RunView | None:
        """One run, from memory or from the history."""
        recent = self.store.run(slug, run_id)
        return recent if recent or self.history is None else await self.history.run(slug, run_id)

    async def run_with_jobs(self, repository: Repository, run_id: int) -> RunView | None:
        """The same, with its jobs, which are asked for at GitHub where none are known."""
        found = await self.run(repository.slug, run_id)
        if found is None or found.jobs or self.details is None:
            return found
        return await self.run(repository.slug, run_id) if await self.details.look_up(repository, found.run) else found

    async def all_jobs(self, slug: str, run_ids: Collection[int]) -> dict[int, Collection[Job]]:
        """The jobs of all attempts of some runs, by the runs' ids, as far as they are known."""
        states = {run_id: state for run_id in run_ids if (state := self.store.state(slug, run_id))}
        rest = set(run_ids) - states.keys()
        if rest and self.history:
            states |= await self.history.states(slug, rest)
        return {run_id: state.jobs.values() for run_id, state in states.items()}

    async def attempt(self, repository: Repository, run: Run, attempt: int) -> RunView:
        """An earlier attempt of a run: of what is known of its jobs, or, where nothing is, of what GitHub tells.

        Raises:
            AttemptNotFound: there is none, or nobody tells of it.
        """
        known = await self.all_jobs(repository.slug, [run.id])
        jobs = [job for job in known.get(run.id, ()) if job.run_attempt == attempt]
        if jobs:
            return RunView(earlier(run, attempt, jobs), in_order(jobs))
        told = None
        if attempt < run.run_attempt and self.details:
            told = await self.details.attempt(repository, run.id, attempt)
        if told is None:
            raise AttemptNotFound(
                f"Nothing is known here of attempt {attempt} of this run. {self._what_helps(run, attempt)}"
            )
        then = earlier(run, attempt, told.jobs)
        then = replace(then, conclusion=told.conclusion, run_started_at=told.started_at, updated_at=told.ended_at)
        return RunView(then, in_order(told.jobs))

    def _what_helps(self, run: Run, attempt: int) -> str:
        if attempt > run.run_attempt:
            return f"It has had {run.run_attempt} so far."
        return "GitHub did not tell of it. Try again in a moment." if self.details else IF_ASKED

    async def visible(self, viewer: Viewer) -> list[Repository]:
        """The repositories on the board that `viewer` may see, by slug."""
        return [each for each in self.repositories.all() if await self.people.access.may_read(viewer, each)]

    async def repository(self, viewer: Viewer, slug: str) -> Repository:
        """The repository with this slug.

        Raises:
            RepositoryNotFound: there is none that `viewer` may know of.
        """
        repository = self.repositories.find(slug)
        if repository is None or not await self.people.access.may_read(viewer, repository):
            raise RepositoryNotFound(f"There is no repository {slug[:100]!r} on this board.")
        return repository


async def _board(connection: HTTPConnection) -> Board:
    board: Board = connection.app.state.board
    return board


TheBoard = Annotated[Board, Depends(_board)]
