"""The shapes of the REST answers: what the OpenAPI document says and the page's types are generated from."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from omnilens.insights.attempts import RunAttempt
from omnilens.insights.report_shapes import FlakyBy
from omnilens.model import Repository, RunDetail, Timestamp
from omnilens.oncall.log import AlertTurn
from omnilens.operations.alerts.watch import Alert
from omnilens.people.claims import Claim
from omnilens.sync.day_history import DayHistory
from omnilens.sync.findings import Finding, Level

_UPDATES = {"items": {"anyOf": [{"$ref": f"#/components/schemas/{each}"} for each in ("WorkflowUpdate", "JobUpdate")]}}


class Position(Struct, frozen=True, kw_only=True):
    """Where a live answer stands, so that a subscription can go on from exactly there."""

    seq: int
    """The ``seq`` of the last update contained in this answer."""
    epoch: str
    """The history that ``seq`` counts in; a new one makes every older ``seq`` meaningless."""


class Overview(Struct, frozen=True, kw_only=True):
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


class RepositoryCard(Repository, frozen=True, kw_only=True):
    """A repository with its numbers of the day."""

    overview: Overview
    seq: int
    last_event_at: Timestamp | None
    """When the last delivery of this repository arrived."""


class RepositoryList(Struct, frozen=True, kw_only=True):
    repos: tuple[RepositoryCard, ...]
    epoch: str
    problem: str | None = None
    """Why some may be missing: GitHub does not say at the moment what you may see."""


class AddedRepository(RepositoryCard, frozen=True, kw_only=True):
    """A repository that was put on a list just now."""

    checked: bool
    """Whether GitHub was asked about it; where there is nothing to ask with, only its name was looked at."""


class Suggestions(Struct, frozen=True, kw_only=True):
    """What may be added without asking anybody."""

    repos: tuple[Repository, ...]


class NewRepository(Struct, frozen=True, kw_only=True):
    """What to add."""

    repository: Annotated[str, Meta(max_length=2000)]
    """``owner/name``, or an address of something in it."""


class ListOrder(Struct, frozen=True, kw_only=True):
    """How to order a list."""

    slugs: Annotated[tuple[str, ...], Meta(max_length=10_000)]
    """From the first to the last; what is not named comes behind them as before."""


class RunList(Position, frozen=True, kw_only=True):
    """The runs that were active on one day, newest first."""

    repo: Repository
    date: str
    tz: str
    last_event_at: Timestamp | None
    """When the last delivery of this repository arrived."""
    runs: tuple[RunDetail, ...]
    """Jobs that passed come without their steps here; ask for the run to see them."""
    failed_before: tuple[int, ...] = ()
    """The ids of those of which an earlier attempt failed, as far as is known: where they pass, they are flaky."""
    history: DayHistory | None = None
    """How much of a past day is here; nothing for days that deliveries tell everything of."""


class Rewind(Position, frozen=True, kw_only=True):
    """A board as it was when the last half hour began, and every update since then: how it looked at any moment."""

    repo: Repository
    tz: str
    """The time zone in which the first day begins that runs are listed of."""
    begins_at: Timestamp
    """From when on it is known how the board looked."""
    begins_seq: int
    """The ``seq`` of the last update that `runs` contain. ``seq`` is the one of the last of `updates`."""
    runs: tuple[RunDetail, ...]
    """As they were then, newest first, in the shape of the list of a day."""
    updates: Annotated[tuple[Any, ...], Meta(extra_json_schema=_UPDATES)]
    """As they were sent, the first one first."""


class RunAnswer(Position, frozen=True, kw_only=True):
    repo: Repository
    run: RunDetail
    attempts: tuple[RunAttempt, ...]
    """All there were, the first one first."""
    flaky: FlakyBy | None
    """Whether it passed where it had failed on the same commit: in an earlier attempt, or in another run."""
    hint: str | None = None
    """What it would take to show earlier attempts of which nothing is known here."""


class ClaimList(Struct, frozen=True, kw_only=True):
    claims: tuple[Claim, ...]
    """Those that count at this moment, in no particular order."""


class NewClaim(Struct, frozen=True, kw_only=True):
    """Who is on it, where nobody logs in; else everybody is called by their login."""

    name: Annotated[str, Meta(max_length=200)] | None = None
    """Nothing for somebody who does not say."""


class OverviewAnswer(Position, frozen=True, kw_only=True):
    repo: Repository
    overview: Overview


class PartHealth(Struct, frozen=True, kw_only=True):
    """One part of the server and how it is doing."""

    name: str
    status: Literal["ok", "degraded"]
    detail: str


class Health(Struct, frozen=True, kw_only=True):
    status: Literal["ok", "degraded"]
    version: str
    epoch: str
    uptime_seconds: float
    connections: int
    unhealthyConnections: int
    """Connections that owe an answer to a heartbeat for longer than usual."""
    failed_deliveries: int | None
    """Signed deliveries that failed and are kept; nothing where there is no database, or it cannot be asked."""
    oldest_failed_delivery_seconds: float | None
    """How long ago the oldest of them was received; nothing where there is none."""
    parts: tuple[PartHealth, ...]


class LiveMetrics(Struct, frozen=True, kw_only=True):
    """The numbers of the socket server since its start."""

    totalConnections: int
    """Open now."""
    messagesSent: int
    messagesReceived: int
    connectionErrors: int
    """Handshakes refused."""
    averageLatency: float | None
    """Seconds from receiving a delivery to having written its update to every subscriber; nothing before the first."""
    githubLatency: float | None
    """Seconds from GitHub's time, which it tells in whole ones, to the receipt of a delivery; of a sample."""
    browserLatency: float | None
    """Seconds from receiving a delivery to a browser's word that it shows the update; of a sample of browsers."""
    cpuSeconds: float
    """Processor time that the server has used."""
    memoryBytes: float
    memoryPerConnection: float
    """Bytes that the server has more than without connections, for each."""
    watching: int
    """Connections that watch something, as an open page does."""
    timeOnDashboard: float
    """Seconds that connections have watched something, all together."""
    userReports: int
    """People who reported a problem within the last hour, on whichever server."""
    suspiciousAddresses: int
    """Addresses that were refused again and again within the last minutes."""
    figures: dict[str, float | None]
    """Every figure of the operators' page by its name, ten seconds old at most; nothing where there is none to say."""


class GitHubLimits(Struct, frozen=True, kw_only=True):
    """How many calls GitHub grants to one account; nothing where it did not say, or limits are off."""

    account: str
    limit: int | None
    remaining: int | None
    resets_at: Timestamp | None
    """When all of `limit` will be there again."""
    closed_until: Timestamp | None
    """When GitHub may be asked again, if not now. Live updates go on meanwhile."""


class PastFilling(Struct, frozen=True, kw_only=True):
    """How far the fetching of past days is that goes on in the background."""

    done: int
    """Days that are here."""
    total: int
    """Days that are wanted."""
    day: str | None
    """The day in UTC that is being fetched; nothing where nothing is to be done any more."""
    waiting_until: Timestamp | None
    """When it goes on, while GitHub's limits forbid it, or GitHub cannot be asked."""
    problem: str | None
    """Why it waits or was given up, as a sentence that says what to do."""


class RepositoryStanding(Struct, frozen=True, kw_only=True):
    """How a repository was last compared with GitHub."""

    slug: str
    compared_at: Timestamp | None
    """When that was last done to the end."""
    learned: int
    """Changes that had been missed, and were found then."""
    comparing: bool
    """Whether it is being done, or waits for GitHub's limits."""
    problem: str | None
    """Why the last attempt failed, as a sentence that says what to do."""
    past: PastFilling | None = None
    """Nothing where no past days were wanted since the start."""


class GitHubAnswer(Struct, frozen=True, kw_only=True):
    configured: bool
    """Whether there is a token or an app to ask with."""
    hint: str | None = None
    """What one would add."""
    limits: tuple[GitHubLimits, ...] = ()
    repos: tuple[RepositoryStanding, ...] = ()


class DoctorAnswer(Struct, frozen=True, kw_only=True):
    """What was found at one time; the same for a minute."""

    repo: Repository
    at: Timestamp
    """When it was looked at."""
    level: Level
    """How bad the worst finding is."""
    findings: tuple[Finding, ...]
    """Of this repository, then of the server."""


class MendedHook(Struct, frozen=True, kw_only=True):
    """One thing that was done about a webhook, or was not possible."""

    where: str
    """``octo-org/octo-repo``, or ``octo-org/*`` for an organisation."""
    what: str
    """In the past tense; or why it was not done."""
    well: bool


class MendedHooks(Struct, frozen=True, kw_only=True):
    repo: Repository
    done: tuple[MendedHook, ...]
    """Nothing if all was as it should be."""


class AlertList(Struct, frozen=True, kw_only=True):
    """Every alert there is."""

    server: str
    """What the one that answers is called."""
    alerts: tuple[Alert, ...]
    rollback: Literal["auto", "dry-run", "off"]
    """What happens when one of those fires that are named ``rollback-…``."""
    log: tuple[AlertTurn, ...] | None
    """What fired or was resolved last, newest first; nothing while the database does not answer."""


class ErrorAnswer(Struct, frozen=True, kw_only=True):
    error: str
    """A sentence that says what to do."""
    code: str
    """Stable; made for programs."""
