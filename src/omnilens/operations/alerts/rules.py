"""What is looked after: each rule with its threshold, how it is measured, and what to do. Pure.

The thresholds are those that the dashboard was asked for, and can be changed (``OMNILENS_ALERTS``). Shares are in
percent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from omnilens.operations.alerts.baseline import Slowdown
from omnilens.operations.alerts.standing import Limits
from omnilens.operations.alerts.windows import Window

Level = Literal["critical", "important"]
"""critical: somebody is told at once. important: a trend to look at."""
Measure = Callable[[Window], float | None]
"""What a rule looks at; nothing if that cannot be said."""

WINDOW = 300.0
"""Seconds that shares and latencies are taken over."""
MINUTE = 60.0
ROLLBACK = "rollback-"
"""What the names of rules begin with that switch live updates off."""
FEWEST = 20
"""So many deliveries or connections make a share that means something."""
OURS = frozenset({"internal-error", "journal-unavailable", "body-timeout", "client-gone"})
"""Results of deliveries that failed through no fault of whoever sent them."""
WELL = frozenset({"accepted", "duplicate", "ping", "unknown-event", "unknown-action", "unmapped-repository"})
"""Results of deliveries that were answered with success."""
LIMITED = frozenset({"too-many-requests"})
NOT_OUR_FAULT = frozenset({"Forbidden", "not-logged-in", "Unsupported protocol version", "Transport unknown"})
"""Why connections are refused that should not be let in."""


class Rule(Struct, frozen=True):
    """One alert."""

    name: str
    level: Level
    title: str
    unit: str
    limits: Limits
    measure: Measure
    to_do: str
    """What whoever is told should do first. The runbook has the rest, under the rule's name."""
    of_all: bool = False
    """Whether every server that shares the database measures the same, so that one of them tells for all."""


def rules(capacity: int, changed: Mapping[str, float]) -> list[Rule]:
    """Every rule, with the thresholds that were changed. `capacity` is how many connections there may be."""
    return [_changed(rule, changed) for rule in _rules(capacity)]


def _changed(rule: Rule, changed: Mapping[str, float]) -> Rule:
    if rule.name not in changed:
        return rule
    threshold = changed[rule.name]
    before = rule.limits
    # What ends it stays as far away, in proportion, as it was.
    ends_at = threshold * before.ends_at / before.threshold if before.threshold else threshold
    return replace(rule, limits=replace(before, threshold=threshold, ends_at=ends_at))


def _rules(capacity: int) -> Iterable[Rule]:
    yield Rule(
        name="webhook-success",
        level="critical",
        title="Deliveries of GitHub fail",
        unit="%",
        limits=Limits(99, 99.5, below=True, for_time=timedelta(seconds=30)),
        measure=_webhook_success,
        to_do="Look at /api/health and the log: what was signed and failed is kept, see omnilens deliveries list.",
    )
    yield Rule(
        name="latency",
        level="critical",
        title="Updates reach browsers late",
        unit="s",
        limits=Limits(2, 1, for_time=timedelta(seconds=30)),
        measure=lambda window: window.quantile(0.95, "omnilens_fanout_seconds", WINDOW),
        to_do="Look at the machine's load, and at what the database answers; more clients than it can serve are cut.",
    )
    yield Rule(
        name="connection-success",
        level="critical",
        title="Connections fail",
        unit="%",
        limits=Limits(99, 99.5, below=True, for_time=timedelta(seconds=30)),
        measure=_connection_success,
        to_do="omnilens_connections_refused_total says why: too many, too often, or a proxy that passes no WebSockets.",
    )
    yield Rule(
        name="invalid-signatures",
        level="critical",
        title="Deliveries that claim to be GitHub's are not signed right",
        unit="in 5 min",
        limits=Limits(0, 0),
        measure=lambda window: window.rise("omnilens_webhook_forged_total", WINDOW),
        to_do="Compare the webhook's secret with GITHUB_WEBHOOK_SECRET, as omnilens doctor does. If they agree, "
        "somebody forges.",
    )
    yield Rule(
        name="connections",
        level="important",
        title="Nearly as many are connected as may be",
        unit="%",
        limits=Limits(90, 85, for_time=timedelta(minutes=1)),
        measure=lambda window: _share(window.now("omnilens_connections"), capacity),
        to_do="Raise OMNILENS_MAX_CONNECTIONS, or add a node.",
    )
    yield Rule(
        name="throughput",
        level="important",
        title="Many messages a second",
        unit="/s",
        limits=Limits(100, 90, for_time=timedelta(minutes=1)),
        measure=lambda window: window.rise("omnilens_messages_sent_total", MINUTE) / MINUTE,
        to_do="Nothing is wrong; it is the time to look at docs/scale.md.",
    )
    yield Rule(
        name="memory",
        level="important",
        title="Little memory is left",
        unit="%",
        limits=Limits(80, 75, for_time=timedelta(minutes=1)),
        measure=lambda window: _share(window.now("omnilens_memory_bytes"), window.now("omnilens_memory_limit_bytes")),
        to_do="Look whether connections or repositories grew; give it more memory, or lower OMNILENS_MAX_CONNECTIONS.",
    )
    yield Rule(
        name="failed-authentication",
        level="important",
        title="Many fail to come in",
        unit="/min",
        limits=Limits(5, 4),
        measure=lambda window: window.rise("omnilens_authentication_failures_total", MINUTE),
        to_do="omnilens_authentication_failures_total says with what. Somebody may be guessing, or the token of a "
        "wallboard has expired.",
    )
    yield Rule(
        name="rate-limit-hits",
        level="important",
        title="Limits are met often",
        unit="/min",
        limits=Limits(10, 8),
        measure=_limit_hits,
        to_do="Somebody sends what is not signed, or a client connects without pause: the log has their network.",
    )

    yield Rule(
        name="rollback-errors",
        level="critical",
        title="More fails than live updates are worth",
        unit="%",
        limits=Limits(10, 5, for_time=timedelta(seconds=30)),
        measure=_errors,
        to_do="Deliveries or connections fail: see webhook-success and connection-success. Live updates may have been "
        "switched off (omnilens flags list); switch them on again by hand.",
    )
    yield Rule(
        name="rollback-performance",
        level="critical",
        title="Updates take much longer than usual here",
        unit="% more",
        limits=Limits(50, 25, for_time=timedelta(minutes=1)),
        measure=Slowdown("omnilens_fanout_seconds", WINDOW),
        to_do="Look at the machine's load and the database. Live updates may have been switched off "
        "(omnilens flags list); switch them on again by hand.",
    )
    yield Rule(
        name="rollback-reports",
        level="critical",
        title="Many people report a problem",
        unit="in an hour",
        limits=Limits(5, 3),
        measure=lambda window: window.now("omnilens_reports_last_hour"),
        to_do="Read what they say at /api/reports. Live updates may have been switched off (omnilens flags list); "
        "switch them on again by hand.",
        of_all=True,
    )


def _errors(window: Window) -> float | None:
    shares = [share for share in (_webhook_success(window), _connection_success(window)) if share is not None]
    return 100 - min(shares) if shares else None


def _webhook_success(window: Window) -> float | None:
    failed = sum(window.rise(_DELIVERIES, WINDOW, result=result) for result in OURS)
    well = sum(window.rise(_DELIVERIES, WINDOW, result=result) for result in WELL)
    return _share(well, well + failed) if well + failed >= FEWEST else None


def _connection_success(window: Window) -> float | None:
    well = window.rise("omnilens_connections_admitted_total", WINDOW)
    refused = window.rise(_REFUSED, WINDOW)
    rightly = sum(window.rise(_REFUSED, WINDOW, reason=reason) for reason in NOT_OUR_FAULT)
    tried = well + refused - rightly
    return _share(well, tried) if tried >= FEWEST else None


def _limit_hits(window: Window) -> float:
    deliveries = sum(window.rise(_DELIVERIES, MINUTE, result=result) for result in LIMITED)
    return deliveries + window.rise(_REFUSED, MINUTE, reason="Too many handshakes")


def _share(part: float | None, whole: float | None) -> float | None:
    return None if part is None or not whole else 100 * part / whole


_DELIVERIES = "omnilens_webhook_deliveries_total"
_REFUSED = "omnilens_connections_refused_total"
