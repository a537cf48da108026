"""The part of GitHub's webhook payloads that we use, read straight from the bytes.

A subset on purpose: the about 400 other fields of a delivery are skipped by the parser, unknown ones included.
https://docs.github.com/en/webhooks/webhook-events-and-payloads
"""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import datetime
from typing import Annotated, ClassVar, Generic, TypeVar

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from omnilens.errors import IncompletePayload, MalformedPayload
from omnilens.model import Step

Id = Annotated[int, Meta(ge=0, le=2**63 - 1)]
Count = Annotated[int, Meta(ge=0, le=2**31 - 1)]
Attempt = Annotated[int, Meta(ge=1, le=2**31 - 1)]
FullName = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9._-]{1,100}/[A-Za-z0-9._-]{1,100}\Z")]
Moment = datetime | None
"""As it was written: with any offset, or none."""


class RepositoryFields(Struct):
    full_name: FullName
    id: Id | None = None
    html_url: str | None = None
    private: bool | None = None
    default_branch: str | None = None


class ActorFields(Struct):
    login: str
    avatar_url: str | None = None


class PullRequestFields(Struct):
    number: Id


class WorkflowRunFields(Struct):
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
    run_attempt: Attempt | None = None
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


class StepFields(Struct):
    number: Count
    name: str | None
    status: str | None = None
    conclusion: str | None = None
    started_at: Moment = None
    completed_at: Moment = None


AnyStep = TypeVar("AnyStep", Step, StepFields)
"""Steps are most of what most deliveries have. Where all are in words that we know, as nearly always, the parser makes
them what they will be on the board, at half the cost."""


class WorkflowJobFields(Struct, Generic[AnyStep]):
    """https://docs.github.com/en/webhooks/webhook-events-and-payloads#workflow_job"""

    id: Id
    run_id: Id
    name: str | None
    workflow_name: str | None = None
    run_attempt: Attempt | None = None
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
    steps: tuple[AnyStep, ...] | None = None


class DeploymentFields(Struct):
    updated_at: Moment = None


class _WithAction(Struct):
    ACTIONS: ClassVar[frozenset[str]]

    action: str | None = None

    @property
    def has_known_action(self) -> bool:
        """Whether the action is one that we read; one that is not named goes by the status."""
        return self.action is None or self.action in self.ACTIONS


class WorkflowRunPayload(_WithAction, kw_only=True):
    ACTIONS: ClassVar = frozenset({"requested", "in_progress", "completed"})

    workflow_run: WorkflowRunFields
    repository: RepositoryFields | UnsetType = UNSET

    def __post_init__(self) -> None:
        if self.repository is UNSET and self.workflow_run.repository:
            raise ValueError("repository is missing")


class WorkflowJobPayload(_WithAction, Generic[AnyStep], kw_only=True):
    ACTIONS: ClassVar = frozenset({"queued", "waiting", "in_progress", "completed"})

    workflow_job: WorkflowJobFields[AnyStep]
    deployment: DeploymentFields | None = None
    repository: RepositoryFields


class PingPayload(Struct):
    zen: str | None = None
    hook_id: Id | None = None
    repository: RepositoryFields | None = None


class OtherPayload(Struct):
    """An event that we do not read: only that it is a JSON object is checked."""


Report = WorkflowRunPayload | WorkflowJobPayload[Step] | WorkflowJobPayload[StepFields]
"""The payloads that say how something is."""
EventPayload = Report | PingPayload | OtherPayload

_DECODERS: dict[str, msgspec.json.Decoder[EventPayload]] = {
    "workflow_run": msgspec.json.Decoder(WorkflowRunPayload),
    "workflow_job": msgspec.json.Decoder(WorkflowJobPayload[StepFields]),
    "ping": msgspec.json.Decoder(PingPayload),
}
_WELL_KNOWN: msgspec.json.Decoder[EventPayload] = msgspec.json.Decoder(WorkflowJobPayload[Step])
_OTHER: msgspec.json.Decoder[EventPayload] = msgspec.json.Decoder(OtherPayload)

_PLACE = re.compile(r"(?P<what>.*?)(?: - at `\$\.?(?P<where>.*)`)?", re.DOTALL)
_MISSING = re.compile(r"Object missing required field `(?P<name>.*)`")


def is_known(event: str) -> bool:
    """Whether the event is one that we read."""
    return event in _DECODERS


def read(event: str, body: bytes) -> EventPayload:
    """Read the body of a delivery of `event`.

    Raises:
        MalformedPayload: it is no JSON object.
        IncompletePayload: a field that is needed is missing or of the wrong type; the sentence names the first one.
    """
    if event == "workflow_job":
        with suppress(msgspec.ValidationError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return _WELL_KNOWN.decode(body)
    try:
        return _DECODERS.get(event, _OTHER).decode(body)
    except msgspec.ValidationError as error:
        raise _unfit(str(error)) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedPayload("The body is not a JSON object.") from error


def _unfit(problem: str) -> MalformedPayload | IncompletePayload:
    """What does not fit, in words for whoever sent it, from msgspec's own."""
    place = _PLACE.fullmatch(problem)
    what, where = (place["what"], place["where"]) if place else (problem, None)
    if where is None and what.startswith("Expected `object`"):
        return MalformedPayload("The body is not a JSON object.")
    if missing := _MISSING.fullmatch(what):
        name = missing["name"]
        return IncompletePayload(f"{where}.{name} is missing." if where else f"{name} is missing.")
    return IncompletePayload(f"{where}: {what}." if where else f"{what}.")
