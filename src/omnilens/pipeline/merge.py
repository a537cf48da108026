"""The ordering rule: what a run is, given everything that was reported about it, in whatever order it came.

GitHub neither orders nor repeats deliveries, so nothing may depend on which came first. Every report has a rank, and
the highest one counts: taking the maximum is commutative, associative and idempotent, hence any order and any
repetition of the same reports gives the same board.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from msgspec import Struct, field
from msgspec.structs import replace

from omnilens.model import Job, Run, Status, Step
from omnilens.pipeline.change import Change, RunReported

MAX_JOBS = 1000
"""Jobs kept for one run; GitHub's own limits are 256 for a matrix and 1,000 for a list of jobs."""

_NEVER = datetime.min.replace(tzinfo=UTC)
# Within one attempt a status only moves to the right. Those that wait are told apart by time where GitHub gives one;
# where not, the one that lasts longest wins, since that is what people will look at.
_PROGRESS = {
    Status.UNKNOWN: 0,
    Status.REQUESTED: 1,
    Status.QUEUED: 1,
    Status.PENDING: 1,
    Status.WAITING: 1,
    Status.IN_PROGRESS: 2,
    Status.COMPLETED: 3,
}
_STAYS = {Status.REQUESTED: 1, Status.QUEUED: 2, Status.PENDING: 3, Status.WAITING: 4}


class RunState(Struct, frozen=True):
    """All that is known about one run: the best report of it, of each of its jobs, and the best glimpse from a job."""

    run: Run | None = None
    glimpse: Run | None = None
    jobs: Mapping[int, Job] = field(default_factory=dict)
    """By id. Never changed in place."""


def merge(state: RunState, change: Change) -> RunState:
    """`state` after `change`; the very same object if it says nothing new."""
    if isinstance(change, RunReported):
        run = _better(state.run, change.run, _run_rank)
        return state if run is state.run else RunState(run, state.glimpse, state.jobs)
    glimpse = _better(state.glimpse, change.run, _run_rank)
    jobs = state.jobs
    known = jobs.get(change.job.id)
    job = _better(known, change.job, _job_rank)
    if job is not known and (known is not None or len(jobs) < MAX_JOBS):
        jobs = {**jobs, job.id: job}
    if glimpse is state.glimpse and jobs is state.jobs:
        return state
    return RunState(state.run, glimpse, jobs)


def union(one: RunState, other: RunState) -> RunState:
    """What two know together: as if all that was reported to either had been reported to one."""
    jobs = dict(one.jobs)
    for job in other.jobs.values():
        if job.id in jobs or len(jobs) < MAX_JOBS:
            jobs[job.id] = _better(jobs.get(job.id), job, _job_rank)
    run = _better(one.run, other.run, _run_rank) if other.run else one.run
    glimpse = _better(one.glimpse, other.glimpse, _run_rank) if other.glimpse else one.glimpse
    return RunState(run, glimpse, jobs)


class RunView(NamedTuple):
    """A run as people see it: its latest attempt, with the jobs of that attempt in the order they were created."""

    run: Run
    jobs: tuple[Job, ...]


def view(state: RunState) -> RunView:
    """What to show of a run.

    Raises:
        ValueError: nothing was ever reported.
    """
    run, glimpse = state.run, state.glimpse
    if run is not None and (glimpse is None or run.run_attempt >= glimpse.run_attempt):
        latest = run
    elif glimpse is not None:
        latest = glimpse
    else:
        raise ValueError("a run of which nothing was reported")
    jobs = in_order([job for job in state.jobs.values() if job.run_attempt == latest.run_attempt])
    if latest is not run:
        latest = _from_jobs(latest, run, jobs)
    if _PROGRESS[latest.status] == 1 and any(_PROGRESS[job.status] > 1 for job in jobs):
        latest = replace(latest, status=Status.IN_PROGRESS)
    return RunView(latest, jobs)


def in_order(jobs: Iterable[Job]) -> tuple[Job, ...]:
    """Jobs in the order in which they were created."""
    return tuple(sorted(jobs, key=_job_place))


def tells(change: Change, before: RunView | None, after: RunView) -> bool:
    """Whether those who watch are told of `change`: not of what is long past, nor of what looks the same."""
    return not change.origin.historic and before != after


def _from_jobs(glimpse: Run, earlier: Run | None, jobs: Iterable[Job]) -> Run:
    """A run, or a new attempt of it, of which only jobs have been reported so far: a re-run sends no ``requested``."""
    started = min((time for job in jobs if (time := job.created_at or job.started_at)), default=glimpse.run_started_at)
    if earlier is None:
        return replace(glimpse, run_started_at=started)
    return replace(
        earlier,
        run_attempt=glimpse.run_attempt,
        status=glimpse.status,
        conclusion=glimpse.conclusion,
        updated_at=glimpse.updated_at,
        run_started_at=started,
    )


def _better(known: Any, reported: Any, rank: Any) -> Any:
    if known is None:
        return reported
    known_rank, reported_rank = rank(known), rank(reported)
    if known_rank == reported_rank:
        if known == reported:
            return known
        # Nothing tells which is newer, but everybody must decide alike.
        return max(known, reported, key=repr)
    return reported if reported_rank > known_rank else known


def _run_rank(run: Run) -> tuple[Any, ...]:
    return (
        run.run_attempt,
        run.completed,
        run.updated_at,
        _PROGRESS[run.status],
        _STAYS.get(run.status, 0),
    )


def _job_rank(job: Job) -> tuple[Any, ...]:
    return (
        job.run_attempt,
        _PROGRESS[job.status],
        job.updated_at or _NEVER,
        sum(map(_step_progress, job.steps)),
        _STAYS.get(job.status, 0),
    )


def _step_progress(step: Step) -> int:
    return _PROGRESS[step.status]


def _job_place(job: Job) -> tuple[datetime, int]:
    return (job.created_at or job.started_at or _NEVER, job.id)
