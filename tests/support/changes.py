"""Changes for tests of the stages behind the journal, and strategies that make every kind of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from omnilens.model import Conclusion, Job, JobUpdate, Repository, Run, Status, Step, Update
from omnilens.pipeline.change import Change, JobReported, Origin, RunReported
from omnilens.pipeline.merge import RunView

T0 = datetime(2026, 11, 22, 12, tzinfo=UTC)
REPOSITORY = Repository(slug="api", full_name="acme/api", id=1)


def at(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def origin(received: float = 0, name: str = "", historic: bool = False) -> Origin:
    return Origin(
        delivery_id=f"delivery-{name or received}",
        signature=f"{name or received}",
        event="workflow_run",
        action="completed",
        received_at=at(received),
        historic=historic,
    )


def run(status: Status = Status.IN_PROGRESS, updated: float = 0, **fields: Any) -> Run:
    if status is Status.COMPLETED:
        fields = {"conclusion": Conclusion.SUCCESS, **fields}
    given = {"id": 1, "name": "CI", "run_started_at": T0, "updated_at": at(updated), **fields}
    return Run(status=status, **given)


def run_reported(status: Status = Status.IN_PROGRESS, updated: float = 0, **fields: Any) -> RunReported:
    reported = run(status, updated, **fields)
    name = f"run-{reported!r}"
    return RunReported(origin=origin(updated, name), repository=REPOSITORY, run=reported)


def job(status: Status = Status.IN_PROGRESS, updated: float = 0, **fields: Any) -> Job:
    if status is Status.COMPLETED:
        fields = {"conclusion": Conclusion.SUCCESS, **fields}
    given = {"id": 21, "run_id": 1, "name": "build", "created_at": T0, "updated_at": at(updated), **fields}
    return Job(status=status, **given)


def job_reported(status: Status = Status.IN_PROGRESS, updated: float = 0, **fields: Any) -> JobReported:
    reported = job(status, updated, **fields)
    waiting = status in {Status.QUEUED, Status.WAITING, Status.PENDING, Status.REQUESTED}
    glimpse = run(
        status if waiting else Status.IN_PROGRESS, updated, id=reported.run_id, run_attempt=reported.run_attempt
    )
    name = f"job-{reported!r}"
    return JobReported(origin=origin(updated, name), repository=REPOSITORY, job=reported, run=glimpse)


def changes(runs: int = 2) -> st.SearchStrategy[Change]:
    """Any report about a few runs, their attempts and jobs, at times that often coincide."""
    times = st.integers(0, 4)
    statuses = st.sampled_from(Status)
    facts = {
        "id": st.integers(1, runs),
        "run_attempt": st.integers(1, 3),
        "conclusion": st.sampled_from(Conclusion),
    }

    def only_completed_conclude(status: Status, fields: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in fields.items() if name != "conclusion" or status is Status.COMPLETED}

    run_changes = st.builds(
        lambda status, updated, fields: run_reported(status, updated, **only_completed_conclude(status, fields)),
        statuses,
        times,
        st.fixed_dictionaries(facts, optional={"display_title": st.sampled_from("ab")}),
    )
    steps = st.lists(statuses, max_size=3).map(
        lambda each: tuple(Step(number=n, name=f"s{n}", status=status) for n, status in enumerate(each))
    )
    job_changes = st.builds(
        lambda status, updated, run_id, job_id, fields: job_reported(
            status, updated, run_id=run_id, id=run_id * 10 + job_id, **only_completed_conclude(status, fields)
        ),
        statuses,
        times,
        st.integers(1, runs),
        st.integers(1, 3),
        st.fixed_dictionaries({name: facts[name] for name in ("run_attempt", "conclusion")}, optional={"steps": steps}),
    )
    return run_changes | job_changes


def apply_like_a_browser(board: dict[int, RunView], update: Update) -> None:
    """What the page does with an update: the contract that clients are written against."""
    told, known = update.runData, board.get(update.runData.id)
    jobs = {job.id: job for job in known.jobs} if known and known.run.run_attempt == told.run_attempt else {}
    if isinstance(update, JobUpdate) and update.jobData.run_attempt == told.run_attempt:
        jobs[update.jobData.id] = update.jobData
    ordered = tuple(sorted(jobs.values(), key=lambda job: (job.created_at or job.started_at or at(-1e6), job.id)))
    board[told.id] = RunView(told, ordered)
