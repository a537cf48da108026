"""What GitHub's API says takes the way of a delivery: normalise, journal, merge, and from there to every browser.

Only what is new on the board is written down. Of what lies before the board's two days nobody is told, and the journal
would only carry it around: it goes through normalise and merge into the history, where days of the past are read from.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from omnilens.github.deliveries import Delivery
from omnilens.github.payloads import RepositoryFields, WorkflowJobFields, WorkflowJobPayload, WorkflowRunPayload
from omnilens.github.rest import RunFields
from omnilens.model import Job, Repository, Run
from omnilens.pipeline.change import Change, JobReported
from omnilens.pipeline.history import History, Past, PastRepository
from omnilens.pipeline.journal import Journal
from omnilens.pipeline.mapping import RepositoryMap
from omnilens.pipeline.merge import RunState, merge
from omnilens.pipeline.normalise import normalise
from omnilens.pipeline.store import RUNS_KEPT, Store


@dataclass(frozen=True, slots=True)
class Learning:
    """Takes in what GitHub answered."""

    repositories: RepositoryMap
    journal: Journal
    store: Store
    history: History | None
    """Nothing where nothing outlives the process; then days before the board's are not kept."""
    github_host: str
    now: Callable[[], datetime]
    shown: Callable[[], Awaitable[None]]
    """Waits until the board has what the journal has, or does not get there soon."""

    async def runs(self, repository: Repository, fields: Iterable[RunFields]) -> int:
        """Take in runs. Returns how many of them said something new.

        Raises:
            JournalUnavailable, Draining, StorageUnavailable: they cannot be written at the moment.
        """
        return await self._take_in(repository, [self._run_change(repository, run) for run in fields])

    async def jobs(self, repository: Repository, workflow: str | None, fields: Iterable[WorkflowJobFields[Any]]) -> int:
        """Take in jobs of runs of `workflow`, likewise."""
        return await self._take_in(repository, [self._job_change(repository, workflow, job) for job in fields])

    def read(
        self, repository: Repository, fields: RunFields, jobs: Iterable[WorkflowJobFields[Any]]
    ) -> tuple[Run, list[Job]]:
        """A run and its jobs as they would be on the board. Nothing is taken in."""
        run = self._run_change(repository, fields).run
        changes = [self._job_change(repository, run.name, job) for job in jobs]
        return run, [change.job for change in changes if isinstance(change, JobReported)]

    async def _take_in(self, repository: Repository, changes: Sequence[Change]) -> int:
        recent = [change for change in changes if self._is_recent(change) and self._is_new(change)]
        # All at once: they share a sync of the disk.
        for appended in [self.journal.append(change) for change in recent]:
            await appended
        if recent:
            await self.shown()
        past = [change for change in changes if not self._is_recent(change)]
        if not past or self.history is None:
            return len(recent)
        await self.history.keep(_past(repository, past))
        self.store.changed_past(repository.slug)
        return len(recent) + len(past)

    def _is_recent(self, change: Change) -> bool:
        """Whether it belongs on the board, which forgets what has not changed for two days."""
        return change.run.updated_at >= self.now() - RUNS_KEPT

    def _is_new(self, change: Change) -> bool:
        known = self.store.state(change.repository.slug, change.run.id) or RunState()
        return merge(known, change) is not known

    def _run_change(self, repository: Repository, run: RunFields) -> Change:
        if run.repository:  # under its present name
            repository = self.repositories.resolve(run.repository) or repository
        payload = WorkflowRunPayload(workflow_run=run, repository=RepositoryFields(full_name=repository.full_name))
        said = f"run-{run.id}-{run.run_attempt or 1}-{run.status}-{_written(run.updated_at)}"
        return normalise(payload, repository, self._delivery("workflow_run", said), self.github_host, RUNS_KEPT)

    def _job_change(self, repository: Repository, workflow: str | None, job: WorkflowJobFields[Any]) -> Change:
        if job.workflow_name is None:
            job.workflow_name = workflow
        payload = WorkflowJobPayload(workflow_job=job, repository=RepositoryFields(full_name=repository.full_name))
        steps = sum(1 for step in job.steps or () if step.status == "completed")
        said = f"job-{job.id}-{job.status}-{steps}-{_written(job.completed_at or job.started_at)}"
        return normalise(payload, repository, self._delivery("workflow_job", said), self.github_host, RUNS_KEPT)

    def _delivery(self, event: str, said: str) -> Delivery:
        """As if it had been delivered. The same answer has the same id, whoever asked, and is taken once."""
        name = f"api-{said}"
        return Delivery(name, event, b"", name, self.now())


def _written(moment: datetime | None) -> str:
    return f"{moment:%Y%m%dT%H%M%S}" if moment else "never"


def _past(repository: Repository, changes: Sequence[Change]) -> Past:
    states: dict[int, RunState] = {}
    for change in changes:
        states[change.run.id] = merge(states.get(change.run.id, RunState()), change)
    last = max(change.run.updated_at for change in changes)
    known = PastRepository(repository, 0, last)
    return Past(0, [known], [(repository.slug, state) for state in states.values()])
