"""What is plotted for operators: every figure that the dashboard was asked to have, by name. Pure.

A figure that an alert looks at is that alert's value, and has its threshold; the others are measured here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

from msgspec import Struct

from omnilens.operations.alerts.rules import MINUTE, WINDOW
from omnilens.operations.alerts.windows import Window

Group = Literal["critical", "important", "nice", "rollback", "server"]
"""As they were asked for; ``rollback`` has the triggers, ``server`` what else whoever is on call wants to know."""
MB = 1024 * 1024
LATENCY = 0.95
"""The share of updates that a latency is told of."""


class Series(Struct, frozen=True):
    """One figure over time."""

    name: str
    group: Group
    title: str
    unit: str
    measure: Callable[[Window], float | None] | None = None
    """Nothing where it is the value of the alert of the same name."""


def value_of(series: Series, window: Window, alerts: Mapping[str, float | None]) -> float | None:
    """A figure as it is now; nothing where that cannot be said, as of a rate while nothing happens."""
    return alerts.get(series.name) if series.measure is None else series.measure(window)


def _late(metric: str) -> Callable[[Window], float | None]:
    return lambda window: window.quantile(LATENCY, metric, WINDOW)


def _per_minute(metric: str, **labels: str) -> Callable[[Window], float | None]:
    return lambda window: window.rise(metric, MINUTE, **labels)


def _now(metric: str, per: float = 1.0) -> Callable[[Window], float | None]:
    def measure(window: Window) -> float | None:
        value = window.now(metric)
        return None if value is None else value / per

    return measure


def _busy(window: Window) -> float:
    return 100 * window.rate("omnilens_cpu_seconds_total", MINUTE)


def _remaining(window: Window) -> float | None:
    calls = window.now("omnilens_github_remaining")
    return None if calls is None or calls < 0 else calls


EVERY_SERIES: tuple[Series, ...] = (
    Series("webhook-success", "critical", "Deliveries that are processed", "%"),
    Series(
        "github-latency", "critical", "From GitHub to receipt, 95 %", "s", _late("omnilens_github_to_receipt_seconds")
    ),
    Series("latency", "critical", "From receipt to handed out, 95 %", "s"),
    Series(
        "browser-latency",
        "critical",
        "From receipt to browsers, 95 %",
        "s",
        _late("omnilens_browser_seconds"),
    ),
    Series("connection-success", "critical", "Connections that get in", "%"),
    Series("invalid-signatures", "critical", "Invalid signatures", "in 5 min"),
    Series("connections", "important", "Connections, of all there may be", "%"),
    Series("throughput", "important", "Messages to browsers", "/s"),
    Series(
        "memory-per-connection",
        "important",
        "Memory for each connection",
        "KB",
        _now("omnilens_memory_per_connection_bytes", 1024),
    ),
    Series("memory", "important", "Memory, of what there may be", "%"),
    Series("failed-authentication", "important", "Failed authentication", "/min"),
    Series("rate-limit-hits", "important", "Rate limits met", "/min"),
    Series(
        "time-on-dashboard",
        "nice",
        "Pages that somebody has open",
        "",
        lambda window: window.rate("omnilens_watched_seconds_total", MINUTE),
    ),
    Series("user-reports", "nice", "People who reported a problem", "in an hour", _now("omnilens_reports_last_hour")),
    Series(
        "suspicious-connections",
        "nice",
        "Addresses that are refused again and again",
        "",
        _now("omnilens_suspicious_addresses"),
    ),
    Series("cpu", "nice", "Processor time, of one core", "%", _busy),
    Series("rollback-errors", "rollback", "Deliveries or connections that fail", "%"),
    Series("rollback-performance", "rollback", "Slower than usual here", "% more"),
    Series("rollback-reports", "rollback", "People who reported a problem", "in an hour"),
    Series("loop-lag", "server", "Late turns of the event loop, 95 %", "s", _late("omnilens_loop_lag_seconds")),
    Series("journal-waiting", "server", "Changes that the board has not got to", "", _now("omnilens_journal_waiting")),
    Series(
        "cut-clients",
        "server",
        "Clients cut off for not reading",
        "/min",
        _per_minute("omnilens_connections_closed_total", reason="slow consumer"),
    ),
    Series("dead-letters", "server", "Failed deliveries that are kept", "", _now("omnilens_dead_letters")),
    Series("github-budget", "server", "Calls that GitHub still grants", "", _remaining),
)
