"""From what GitHub wrote to what it means: a payload becomes a change, in our words, cleaned and bounded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeGuard

from omnilens.github.deliveries import Delivery
from omnilens.github.payloads import (
    ActorFields,
    Report,
    StepFields,
    WorkflowJobFields,
    WorkflowJobPayload,
    WorkflowRunFields,
    WorkflowRunPayload,
)
from omnilens.model import Actor, Conclusion, Job, PullRequest, Repository, Run, Status, Step
from omnilens.pipeline.change import Change, JobReported, Origin, RunReported
from omnilens.pipeline.text import all_clean, clean, safe_url

MAX_STEPS = 200
"""GitHub itself stops at about a thousand; nobody reads more than these, and every subscriber receives them."""
MAX_LABELS = 20
MAX_PULL_REQUESTS = 20
CLOCK_SKEW = timedelta(minutes=10)
"""Times further ahead than this are taken for now: one absurd date must not win every later comparison."""

_RUN_ACTIONS = {"requested": Status.QUEUED, "in_progress": Status.IN_PROGRESS, "completed": Status.COMPLETED}

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# By what GitHub writes. What is missing, this release does not know: it is shown as unknown rather than refused.
_STATUSES: Mapping[str | None, Status] = {each.value: each for each in Status}
_CONCLUSIONS: Mapping[str | None, Conclusion] = {each.value: each for each in Conclusion}


def normalise(
    payload: Report, repository: Repository, delivery: Delivery, github_host: str, retention: timedelta
) -> Change:
    """What a delivery says. Links must lead to `github_host`; what is older than `retention` is history."""
    if isinstance(payload, WorkflowRunPayload):
        return _run_reported(payload, repository, delivery, github_host, retention)
    return _job_reported(payload, repository, delivery, github_host, retention)


def _run_reported(
    payload: WorkflowRunPayload, repository: Repository, delivery: Delivery, github_host: str, retention: timedelta
) -> RunReported:
    """What a ``workflow_run`` delivery says."""
    fields = payload.workflow_run
    now = delivery.received_at
    status = _run_status(fields.status, payload.action)
    updated_at = _moment(fields.updated_at, now) or now
    created_at = _moment(fields.created_at, now)
    run = Run(
        id=fields.id,
        name=workflow_name(fields),
        workflow_id=fields.workflow_id,
        path=clean(fields.path) or None,
        display_title=clean(fields.display_title),
        run_number=fields.run_number,
        run_attempt=fields.run_attempt or 1,
        event=clean(fields.event) or None,
        status=status,
        conclusion=_conclusion(fields.conclusion, status),
        head_branch=clean(fields.head_branch) or None,
        head_sha=clean(fields.head_sha, 64) or None,
        pull_requests=tuple(
            PullRequest(number=pull.number) for pull in (fields.pull_requests or ())[:MAX_PULL_REQUESTS]
        ),
        actor=_actor(fields.triggering_actor or fields.actor),
        html_url=safe_url(fields.html_url, github_host),
        created_at=created_at,
        run_started_at=_moment(fields.run_started_at, now) or created_at or updated_at,
        updated_at=updated_at,
    )
    origin = _origin(delivery, payload.action or status, run.updated_at, retention)
    return RunReported(origin=origin, repository=repository, run=run)


def _job_reported(
    payload: WorkflowJobPayload[Any], repository: Repository, delivery: Delivery, github_host: str, retention: timedelta
) -> JobReported:
    """What a ``workflow_job`` delivery says."""
    fields = payload.workflow_job
    now = delivery.received_at
    status = _STATUSES.get(fields.status or payload.action, Status.UNKNOWN)
    steps = _steps(fields.steps or (), now)
    created_at, started_at, completed_at = (
        _moment(each, now) for each in (fields.created_at, fields.started_at, fields.completed_at)
    )
    deployed_at = _moment(payload.deployment.updated_at, now) if payload.deployment else None
    job = Job(
        id=fields.id,
        run_id=fields.run_id,
        run_attempt=fields.run_attempt or 1,
        name=clean(fields.name) or f"Job {fields.id}",
        status=status,
        conclusion=_conclusion(fields.conclusion, status),
        html_url=safe_url(fields.html_url, github_host),
        created_at=created_at,
        started_at=started_at,
        completed_at=completed_at,
        labels=tuple(clean(label, 100) for label in (fields.labels or ())[:MAX_LABELS]),
        runner_name=clean(fields.runner_name, 100) or None,
        updated_at=_newest(steps, deployed_at, created_at, started_at, completed_at),
        steps=steps,
    )
    origin = _origin(delivery, payload.action or status, job.updated_at or now, retention)
    return JobReported(origin=origin, repository=repository, job=job, run=_run_of(job, fields, now))


def workflow_name(fields: WorkflowRunFields) -> str:
    """The workflow's name for people: GitHub leaves it empty where the file sets none."""
    return clean(fields.name) or _stem(clean(fields.path)) or "Unnamed workflow"


def _stem(path: str) -> str:
    """A file's name without its folder and its ending, for a third of what `pathlib` takes."""
    name = path.rpartition("/")[2]
    return name.rpartition(".")[0] or name


def _run_of(job: Job, fields: WorkflowJobFields[Any], now: datetime) -> Run:
    """The run, seen from one of its jobs: not completed as long as nobody said so."""
    started = job.created_at or job.started_at or now
    waiting = job.status in {Status.REQUESTED, Status.QUEUED, Status.PENDING, Status.WAITING}
    return Run(
        id=job.run_id,
        name=clean(fields.workflow_name) or "Unnamed workflow",
        run_attempt=job.run_attempt,
        status=job.status if waiting else Status.IN_PROGRESS,
        head_branch=clean(fields.head_branch) or None,
        head_sha=clean(fields.head_sha, 64) or None,
        html_url=job.html_url.partition("/job")[0] if job.html_url else None,
        created_at=job.created_at,
        run_started_at=started,
        updated_at=job.updated_at or now,
    )


def _steps(fields: Sequence[Step] | Sequence[StepFields], now: datetime) -> tuple[Step, ...]:
    fields = fields[:MAX_STEPS]
    if _are_plain(fields, now):
        return fields
    steps = []
    for step in fields:
        status = _STATUSES.get(step.status, Status.UNKNOWN)
        steps.append(
            Step(
                number=step.number,
                name=clean(step.name) or f"Step {step.number}",
                status=status,
                conclusion=_conclusion(step.conclusion, status),
                started_at=_moment(step.started_at, now),
                completed_at=_moment(step.completed_at, now),
            )
        )
    return tuple(steps)


def _are_plain(steps: Sequence[Any], now: datetime) -> TypeGuard[tuple[Step, ...]]:
    """Whether these are steps already, and there is nothing to correct in any."""
    if not steps or not isinstance(steps[0], Step) or not all_clean([step.name for step in steps]):
        return False
    for step in steps:
        if (step.conclusion is None) is (step.status is Status.COMPLETED):
            return False
        for moment in (step.started_at, step.completed_at):
            if moment is not None and not (_EPOCH < moment <= now and moment.tzinfo is UTC):
                return False
    return True


def _origin(delivery: Delivery, action: str, event_time: datetime, retention: timedelta) -> Origin:
    return Origin(
        delivery_id=delivery.id,
        signature=delivery.signature,
        event=delivery.event,
        action=clean(action, 50),
        received_at=delivery.received_at,
        historic=event_time < delivery.received_at - retention,
    )


def _run_status(status: str | None, action: str | None) -> Status:
    # GitHub publishes an example whose action is completed and whose status is queued: the action is what happened.
    if action == "completed" or status is None:
        return _RUN_ACTIONS.get(action or "", Status.UNKNOWN)
    return _STATUSES.get(status, Status.UNKNOWN)


def _conclusion(word: str | None, status: Status) -> Conclusion | None:
    if status is not Status.COMPLETED:
        return None
    return _CONCLUSIONS.get(word, Conclusion.UNKNOWN)


def _actor(fields: ActorFields | None) -> Actor | None:
    if fields is None or not (login := clean(fields.login, 100)):
        return None
    return Actor(login=login, avatar_url=_avatar(fields.avatar_url))


def _avatar(url: str | None) -> str | None:
    return (
        url if url and url.startswith("https://") and url.isascii() and url.isprintable() and len(url) <= 500 else None
    )


def _newest(steps: Sequence[Step], *times: datetime | None) -> datetime | None:
    """The last of all times that are mentioned with a job."""
    newest = max(filter(None, times), default=None)
    for step in steps:
        moment = step.completed_at or step.started_at
        if moment is not None and (newest is None or moment > newest):
            newest = moment
    return newest


def _moment(written: datetime | None, now: datetime) -> datetime | None:
    """A time in UTC, and not ahead of now. Go's zero time, which GitHub writes for "never", is no time at all."""
    if written is None or written.year == 1:
        return None
    moment = written if written.tzinfo is UTC else _in_utc(written)
    if moment is None or moment <= now:
        return moment
    return now if moment - now > CLOCK_SKEW else moment


def _in_utc(written: datetime) -> datetime | None:
    try:
        return written.replace(tzinfo=UTC) if written.tzinfo is None else written.astimezone(UTC)
    except OverflowError:  # at the end of the calendar
        return None
