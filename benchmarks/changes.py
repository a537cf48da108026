"""What a busy half hour brings to a journal: changes made of GitHub's own examples, of many runs and repositories."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

import bodies
from omnilens.demo.sender import body_of
from omnilens.github import payloads
from omnilens.github.deliveries import Delivery
from omnilens.github.payloads import WorkflowJobPayload, WorkflowRunPayload
from omnilens.model import Conclusion, Repository, Status
from omnilens.pipeline.change import Change, JobReported, Origin, RunReported
from omnilens.pipeline.journal import Journal
from omnilens.pipeline.normalise import normalise

REPOSITORIES = 10
"""So many share the board."""
JOBS = 2
STAGES = (Status.QUEUED, Status.IN_PROGRESS, Status.COMPLETED)
REPORTS = (1 + JOBS) * len(STAGES)
"""Of each run: itself and its jobs, at every stage."""
WITHIN = timedelta(minutes=20)
"""Nothing is older, so that none of it leaves the journal while something is measured."""


def changes(count: int) -> Iterator[Change]:
    """So many changes, each as it was received, the last one just now."""
    now = datetime.now(UTC)
    run, job = _example("workflow_run", now), _example("workflow_job", now)
    assert isinstance(run, RunReported)
    assert isinstance(job, JobReported)
    for number in range(count):
        about, report = divmod(number, REPORTS)
        stage, who = divmod(report, 1 + JOBS)
        origin = _origin(number, now - WITHIN * (count - number) / count)
        status, repository = STAGES[stage], _repository(about % REPOSITORIES)
        if who == 0:
            yield _run(run, about, status, origin, repository)
        else:
            yield _job(job, about, who, status, origin, repository)


def _example(event: bodies.Event, now: datetime) -> Change:
    body = body_of(bodies.example(event))
    payload = payloads.read(event, body)
    assert isinstance(payload, WorkflowRunPayload | WorkflowJobPayload)
    return normalise(payload, _repository(0), Delivery("", event, body, "", now), "github.com", WITHIN)


def _run(like: RunReported, number: int, status: Status, origin: Origin, repository: Repository) -> RunReported:
    run = replace(
        like.run,
        id=bodies.FIRST_RUN + number,
        run_number=1 + number,
        status=status,
        conclusion=_conclusion(status),
        updated_at=origin.received_at,
    )
    return RunReported(origin=origin, repository=repository, run=run)


def _job(
    like: JobReported, number: int, who: int, status: Status, origin: Origin, repository: Repository
) -> JobReported:
    run_id = bodies.FIRST_RUN + number
    job = replace(
        like.job,
        id=run_id * JOBS + who,
        run_id=run_id,
        status=status,
        conclusion=_conclusion(status),
        updated_at=origin.received_at,
    )
    glimpse = replace(like.run, id=run_id, updated_at=origin.received_at)
    return JobReported(origin=origin, repository=repository, job=job, run=glimpse)


def _conclusion(status: Status) -> Conclusion | None:
    return Conclusion.SUCCESS if status is Status.COMPLETED else None


def _origin(number: int, received: datetime) -> Origin:
    mark = f"{number:064x}"
    return Origin(
        delivery_id=mark[-36:], signature=f"sha256={mark}", event="workflow_run", action="", received_at=received
    )


def _repository(number: int) -> Repository:
    name = f"octo-repo-{number}"
    return Repository(slug=name, full_name=f"octo-org/{name}", id=1 + number)


async def append(journal: Journal, new: Iterable[Change], at_once: int) -> list[float]:
    """Append all of it, so many at once, as deliveries come. Returns how many seconds each of them waited."""
    rest, waited = iter(new), list[float]()

    async def lane() -> None:
        for change in rest:
            begun = time.perf_counter()
            await journal.append(change)
            waited.append(time.perf_counter() - begun)

    await asyncio.gather(*(lane() for _ in range(at_once)))
    return waited
