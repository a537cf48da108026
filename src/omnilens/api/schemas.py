"""The shapes of the REST answers: what the OpenAPI document says and the page's types are generated from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict

from omnilens.model import Repository, RunDetail, Timestamp


class Value(BaseModel):
    """A frozen value of known fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Position(Value):
    """Where a live answer stands, so that a subscription can go on from exactly there."""

    seq: int
    """The ``seq`` of the last update contained in this answer."""
    epoch: str
    """The history that ``seq`` counts in; a new one makes every older ``seq`` meaningless."""


class Overview(Value):
    """The numbers of one repository on one day."""

    date: str
    """The day, ``YYYY-MM-DD``."""
    tz: str
    """The time zone the day was cut in."""
    workflows: int
    """Distinct workflows that ran."""
    total_runs: int
    completed: int
    passed: int
    failed: int
    """Runs that ended in failure, timed_out or startup_failure."""
    in_progress: int
    """Runs that have not completed: running, queued or waiting."""
    success_rate: float | None
    """passed / (passed + failed), 0 to 1; nothing where neither occurred."""
    total_runtime_seconds: int
    """The time completed runs took, added up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryCard(Repository):
    """A repository with its numbers of the day."""

    overview: Overview
    seq: int
    last_event_at: Timestamp | None
    """When the last delivery of this repository arrived."""


class RepositoryList(Value):
    repos: tuple[RepositoryCard, ...]
    epoch: str


class RunList(Position):
    """The runs that were active on one day, newest first."""

    repo: Repository
    date: str
    tz: str
    runs: tuple[RunDetail, ...]
    """Jobs that passed come without their steps here; ask for the run to see them."""


class RunAnswer(Position):
    repo: Repository
    run: RunDetail


class OverviewAnswer(Position):
    repo: Repository
    overview: Overview


class PartHealth(Value):
    """One part of the server and how it is doing."""

    name: str
    status: Literal["ok", "degraded"]
    detail: str


class Health(Value):
    status: Literal["ok", "degraded"]
    version: str
    epoch: str
    uptime_seconds: float
    connections: int
    unhealthyConnections: int
    """Connections that owe an answer to a heartbeat for longer than usual."""
    parts: tuple[PartHealth, ...]


class LiveMetrics(Value):
    """The numbers of the socket server since its start."""

    totalConnections: int
    """Open now."""
    messagesSent: int
    messagesReceived: int
    connectionErrors: int
    """Handshakes refused."""
    averageLatency: float | None
    """Seconds from receiving a delivery to having written its update to every subscriber; nothing before the first."""


class DeliveryAnswer(Value):
    """What GitHub is told about a delivery that was accepted."""

    success: Literal[True]
    deliveryId: str
    duplicate: bool
    """It came before, and changed nothing now."""
    event: str
    workflowName: str | None
    htmlUrl: str | None
    repoSlug: str | None
    runId: int | None
    seq: int | None
    """Its place in the journal."""
    ignored: Literal["ping", "unknown-event", "unknown-action", "unmapped-repository"] | None = None
    """Why it changes nothing, if so."""


class ErrorAnswer(Value):
    error: str
    """A sentence that says what to do."""
    code: str
    """Stable; made for programs."""
