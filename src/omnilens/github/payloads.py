"""The part of GitHub's webhook payloads that we use, read straight from the bytes.

A subset on purpose: the about 400 other fields of a delivery are skipped by the parser, unknown ones included.
https://docs.github.com/en/webhooks/webhook-events-and-payloads
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from omnilens.errors import IncompletePayload, MalformedPayload

Id = Annotated[int, Field(strict=True, ge=0, lt=2**63)]
Count = Annotated[int, Field(strict=True, ge=0, lt=2**31)]


def _utc(moment: datetime | None) -> datetime | None:
    """In UTC. Go's zero time, which GitHub writes for "never", and times beyond the calendar are no time at all."""
    if moment is None or moment.year == 1:
        return None
    if moment.tzinfo is None:
        return moment.replace(tzinfo=UTC)
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return None


def _none_means_one(value: Any) -> Any:
    return 1 if value is None else value


Moment = Annotated[datetime | None, AfterValidator(_utc)]
Attempt = Annotated[int, Field(strict=True, ge=1, lt=2**31), BeforeValidator(_none_means_one)]


class Payload(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class RepositoryFields(Payload):
    full_name: str = Field(pattern=r"^[A-Za-z0-9._-]{1,100}/[A-Za-z0-9._-]{1,100}$")
    id: Id | None = None
    html_url: str | None = None
    private: bool | None = None


class ActorFields(Payload):
    login: str
    avatar_url: str | None = None


class PullRequestFields(Payload):
    number: Id


class WorkflowRunFields(Payload):
    """https://docs.github.com/en/webhooks/webhook-events-and-payloads#workflow_run"""

    id: Id
    name: str | None
    """Required, since nothing can be shown without it, but GitHub does send null."""
    status: str | None = None
    conclusion: str | None = None
    workflow_id: Id | None = None
    path: str | None = None
    display_title: str | None = None
    run_number: Count | None = None
    run_attempt: Attempt = 1
    event: str | None = None
    head_branch: str | None = None
    head_sha: str | None = None
    pull_requests: tuple[PullRequestFields, ...] | None = None
    actor: ActorFields | None = None
    triggering_actor: ActorFields | None = None
    html_url: str | None = None
    created_at: Moment = None
    run_started_at: Moment = None
    updated_at: Moment = None
    repository: RepositoryFields | None = None


class StepFields(Payload):
    number: Count
    name: str | None
    status: str | None = None
    conclusion: str | None = None
    started_at: Moment = None
    completed_at: Moment = None


class WorkflowJobFields(Payload):
    """https://docs.github.com/en/webhooks/webhook-events-and-payloads#workflow_job"""

    id: Id
    run_id: Id
    name: str | None
    workflow_name: str | None = None
    run_attempt: Attempt = 1
    status: str | None = None
    conclusion: str | None = None
    html_url: str | None = None
    head_branch: str | None = None
    head_sha: str | None = None
    created_at: Moment = None
    started_at: Moment = None
    completed_at: Moment = None
    labels: tuple[str, ...] | None = None
    runner_name: str | None = None
    steps: tuple[StepFields, ...] | None = None


class DeploymentFields(Payload):
    updated_at: Moment = None


class _WithAction(Payload):
    ACTIONS: ClassVar[frozenset[str]]

    action: str | None = None

    @property
    def has_known_action(self) -> bool:
        """Whether the action is one that we read; one that is not named goes by the status."""
        return self.action is None or self.action in self.ACTIONS


class WorkflowRunPayload(_WithAction):
    ACTIONS: ClassVar = frozenset({"requested", "in_progress", "completed"})

    workflow_run: WorkflowRunFields
    repository: RepositoryFields | None = None

    @model_validator(mode="after")
    def _name_one_repository(self) -> WorkflowRunPayload:
        if self.repository is None and ("repository" in self.model_fields_set or self.workflow_run.repository):
            raise ValueError("repository is missing")
        return self


class WorkflowJobPayload(_WithAction):
    ACTIONS: ClassVar = frozenset({"queued", "waiting", "in_progress", "completed"})

    workflow_job: WorkflowJobFields
    deployment: DeploymentFields | None = None
    repository: RepositoryFields


class PingPayload(Payload):
    zen: str | None = None
    hook_id: Id | None = None
    repository: RepositoryFields | None = None


class OtherPayload(Payload):
    """An event that we do not read: only that it is a JSON object is checked."""


Report = WorkflowRunPayload | WorkflowJobPayload
"""The payloads that say how something is."""
EventPayload = Report | PingPayload | OtherPayload

_PAYLOADS: dict[str, type[EventPayload]] = {
    "workflow_run": WorkflowRunPayload,
    "workflow_job": WorkflowJobPayload,
    "ping": PingPayload,
}


def is_known(event: str) -> bool:
    """Whether the event is one that we read."""
    return event in _PAYLOADS


def read(event: str, body: bytes) -> EventPayload:
    """Read the body of a delivery of `event`.

    Raises:
        MalformedPayload: it is no JSON object.
        IncompletePayload: a field that is needed is missing or of the wrong type; the sentence names the first one.
    """
    try:
        return _PAYLOADS.get(event, OtherPayload).model_validate_json(body)
    except ValidationError as error:
        problem = error.errors(include_url=False, include_context=False, include_input=False)[0]
        where = ".".join(str(part) for part in problem["loc"])
        if problem["type"] == "json_invalid" or (not where and problem["type"] == "model_type"):
            raise MalformedPayload("The body is not a JSON object.") from error
        if problem["type"] == "missing":
            raise IncompletePayload(f"{where} is missing.") from error
        raise IncompletePayload(f"{where or 'The payload'}: {problem['msg'].removeprefix('Value error, ')}.") from error
