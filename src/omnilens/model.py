"""The words of OmniLens: runs, jobs and steps under GitHub's own field names, and the updates browsers receive.

Values only. Everything here is frozen, so a value that was sent once can be sent again, cached and compared.
Times are UTC and written as ``2026-11-22T17:00:00Z``, the way GitHub writes them.

Structs of msgspec, since the board holds tens of thousands of them and every delivery makes a dozen: they are made,
compared, and written as JSON by compiled code. What comes from outside was checked when its payload was read, and is
not checked again. None can refer to itself, however indirectly, so the garbage collector need not look at them
(``gc=False``, https://jcristharif.com/msgspec/structs.html#disabling-garbage-collection).
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta, Struct

Timestamp = Annotated[datetime, Meta(tz=True)]
"""Always in UTC."""


class Status(StrEnum):
    """Where a run, job or step is on its way.

    https://docs.github.com/en/rest/actions/workflow-runs#list-workflow-runs-for-a-repository
    """

    REQUESTED = "requested"
    QUEUED = "queued"
    PENDING = "pending"
    WAITING = "waiting"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    UNKNOWN = "unknown"
    """A status GitHub invented after this release."""


class Conclusion(StrEnum):
    """How a completed run, job or step ended."""

    SUCCESS = "success"
    FAILURE = "failure"
    CANCELLED = "cancelled"
    SKIPPED = "skipped"
    TIMED_OUT = "timed_out"
    ACTION_REQUIRED = "action_required"
    NEUTRAL = "neutral"
    STALE = "stale"
    STARTUP_FAILURE = "startup_failure"
    UNKNOWN = "unknown"
    """A conclusion GitHub invented after this release."""


FAILED = frozenset({Conclusion.FAILURE, Conclusion.TIMED_OUT, Conclusion.STARTUP_FAILURE})
"""The conclusions that count as broken. Cancelled, skipped and waiting are never failures."""


class Actor(Struct, frozen=True, kw_only=True, gc=False):
    """Who triggered a run."""

    login: str
    avatar_url: str | None = None


class PullRequest(Struct, frozen=True, kw_only=True, gc=False):
    """A pull request that a run belongs to."""

    number: int


class Step(Struct, frozen=True, kw_only=True, gc=False):
    """One step of a job."""

    number: int
    name: str
    status: Status
    conclusion: Conclusion | None = None
    started_at: Timestamp | None = None
    completed_at: Timestamp | None = None


class Job(Struct, frozen=True, kw_only=True, gc=False):
    """One job of one attempt of a run."""

    id: int
    run_id: int
    run_attempt: int = 1
    name: str
    status: Status
    conclusion: Conclusion | None = None
    html_url: str | None = None
    created_at: Timestamp | None = None
    started_at: Timestamp | None = None
    completed_at: Timestamp | None = None
    labels: tuple[str, ...] = ()
    runner_name: str | None = None
    updated_at: Timestamp | None = None
    """The newest time that GitHub mentioned with the job, which has no time of change of its own."""
    steps: tuple[Step, ...] = ()


class Run(Struct, frozen=True, kw_only=True, gc=False):
    """One workflow run, showing its latest attempt."""

    id: int
    name: str
    """The workflow's name."""
    workflow_id: int | None = None
    path: str | None = None
    display_title: str = ""
    """What the run is about: for most events the commit's first line."""
    run_number: int | None = None
    run_attempt: int = 1
    event: str | None = None
    status: Status
    conclusion: Conclusion | None = None
    head_branch: str | None = None
    head_sha: str | None = None
    pull_requests: tuple[PullRequest, ...] = ()
    actor: Actor | None = None
    html_url: str | None = None
    created_at: Timestamp | None = None
    run_started_at: Timestamp
    """When this attempt started."""
    updated_at: Timestamp

    @property
    def completed(self) -> bool:
        return self.status is Status.COMPLETED

    @property
    def failed(self) -> bool:
        return self.conclusion in FAILED


class RunDetail(Run, frozen=True, kw_only=True, gc=False):
    """A run with the jobs of its latest attempt, in the order they were created."""

    jobs: tuple[Job, ...] = ()


UpdateType = Literal["workflow_started", "workflow_completed", "workflow_failed"]
JobUpdateType = Literal["job_queued", "job_started", "job_completed", "job_failed"]


class _UpdateFields(Struct, frozen=True, kw_only=True, gc=False):
    repoSlug: str
    workflowId: int
    """The run's id, under the name the first clients gave it."""
    workflowName: str
    status: Status
    conclusion: Conclusion | None
    timestamp: Timestamp
    """When OmniLens received the delivery."""
    runData: Run
    """The run as it is now."""
    seq: int
    """Rises with every update of this repository."""
    prev: int
    """The ``seq`` of the update before this one: what a client must have seen for its view to be free of gaps."""


class WorkflowUpdate(_UpdateFields, frozen=True, kw_only=True, gc=False):
    """What ``workflow-update`` carries: a run changed. Status and conclusion are the run's."""

    event: ClassVar[str] = "workflow-update"

    type: UpdateType


class JobUpdate(_UpdateFields, frozen=True, kw_only=True, gc=False):
    """What ``job-update`` carries: a job or one of its steps changed. Status and conclusion are the job's."""

    event: ClassVar[str] = "job-update"

    type: JobUpdateType
    jobData: Job


Update = WorkflowUpdate | JobUpdate

HistoryState = Literal["complete", "fetching", "none", "failed"]


class HistoryProgress(Struct, frozen=True, kw_only=True, gc=False):
    """What ``history-progress`` carries: the fetching of a past day went on, or has ended."""

    event: ClassVar[str] = "history-progress"

    repoSlug: str
    date: str
    """The day in UTC, ``YYYY-MM-DD``."""
    state: HistoryState
    """fetching; or complete or failed, which end it: whoever shows this day asks for it again."""
    done: int
    """Runs that are stored."""
    total: int | None
    """Runs that GitHub has of that day; nothing before it said so."""
    touched: tuple[str, ...] = ()
    """Other days in UTC that have something new, since runs of this one were run again, or took that long."""


_ENCODER = msgspec.json.Encoder()


def to_json(value: Struct) -> bytes:
    """An update as clients get it, or an answer."""
    return _ENCODER.encode(value)


class Repository(Struct, frozen=True, kw_only=True, gc=False):
    """A repository on the board."""

    slug: str
    """Its short name in addresses and rooms; unique on this server."""
    full_name: str
    """``owner/name`` as GitHub last spelled it."""
    id: int | None = None
    """GitHub's id, which survives a rename; unknown until the first delivery."""
    html_url: str | None = None
    private: bool | None = None
    default_branch: str | None = None
    """The branch that counts; unknown until GitHub has said it."""
