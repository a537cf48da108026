"""Each rule, driven from quiet to firing to resolved by what the server counts, with a clock of the test's own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from omnilens.operations import memory
from omnilens.operations.alerts.rules import rules
from omnilens.operations.alerts.watch import EVERY, Alert, Alerts
from omnilens.operations.metrics import Metrics
from omnilens.settings import SettingsError, load
from omnilens.settings.values import ALERTS
from support.clock import FakeClock

pytestmark = pytest.mark.anyio

CAPACITY = 1000
MB = 1024 * 1024


class Watched:
    """Alerts over counters that the test moves."""

    def __init__(self, **changed: float) -> None:
        self.metrics = Metrics()
        self.clock = FakeClock()
        self.told: list[tuple[str, str]] = []
        self.alerts = Alerts(
            rules(CAPACITY, {name.replace("_", "-"): value for name, value in changed.items()}),
            self.metrics,
            self.clock.now,
            self.clock.monotonic,
            [self.tell],
        )

    async def tell(self, alert: Alert, turn: str) -> None:
        self.told.append((alert.name, turn))

    async def passes(self, seconds: float, happens: Callable[[Metrics], object] | None = None) -> None:
        """So much time, in which the same happens before each look."""
        for _ in range(int(seconds / EVERY)):
            if happens:
                happens(self.metrics)
            await self.alerts.look()
            self.clock.passed += EVERY

    def alert(self, name: str) -> Alert:
        return next(alert for alert in self.alerts.all() if alert.name == name)

    @property
    def now(self) -> datetime:
        return self.clock.now()


def deliveries(well: int, badly: int = 0, result: str = "journal-unavailable") -> Callable[[Metrics], None]:
    def happen(metrics: Metrics) -> None:
        metrics.deliveries.labels("workflow_job", "accepted").inc(well)
        metrics.deliveries.labels("workflow_job", result).inc(badly)

    return happen


def connections(well: int, refused: int = 0, reason: str = "too-many-connections") -> Callable[[Metrics], None]:
    def happen(metrics: Metrics) -> None:
        metrics.connections_admitted.inc(well)
        metrics.connections_refused.labels(reason).inc(refused)

    return happen


def latency(seconds: float) -> Callable[[Metrics], None]:
    def happen(metrics: Metrics) -> None:
        for _ in range(10):
            metrics.fanout_seconds.observe(seconds)

    return happen


BAD: dict[str, Callable[[Metrics], object]] = {
    "webhook-success": deliveries(97, 3),
    "latency": latency(2.5),
    "connection-success": connections(97, 3),
    "invalid-signatures": lambda metrics: metrics.forged.inc(),
    "connections": lambda metrics: metrics.connections.set(901),
    "throughput": lambda metrics: metrics.messages_sent.inc(101 * EVERY),
    "failed-authentication": lambda metrics: metrics.authentication_failures.labels("token").inc(1),
    "rate-limit-hits": deliveries(0, 1, "too-many-requests"),
}
GOOD: dict[str, Callable[[Metrics], object]] = {
    "webhook-success": deliveries(1000),
    "latency": latency(0.01),
    "connection-success": connections(1000),
    "connections": lambda metrics: metrics.connections.set(10),
}


@pytest.mark.parametrize("name", BAD)
async def test_from_quiet_to_firing_to_resolved(name: str) -> None:
    watched = Watched()
    await watched.passes(60, GOOD.get(name))
    assert watched.told == []
    await watched.passes(400, BAD[name])
    assert watched.told == [(name, "fired")]
    assert watched.alert(name).state == "firing"
    assert watched.metrics.registry.get_sample_value("omnilens_alert", {"name": name}) == 1
    await watched.passes(800, GOOD.get(name))
    assert watched.told == [(name, "fired"), (name, "resolved")]
    assert watched.alert(name).state == "quiet"
    assert watched.metrics.registry.get_sample_value("omnilens_alert", {"name": name}) == 0


async def test_more_than_a_tenth_fails() -> None:
    watched = Watched()
    await watched.passes(60, deliveries(100, 9))
    assert ("rollback-errors", "fired") not in watched.told
    await watched.passes(400, deliveries(100, 12))
    assert watched.told.count(("rollback-errors", "fired")) == 1
    await watched.passes(800, connections(1000))
    assert watched.told.count(("rollback-errors", "resolved")) == 1


async def test_half_as_slow_again_as_usual_here() -> None:
    watched = Watched(latency=100)
    await watched.passes(1500, latency(0.4))
    await watched.passes(400, latency(0.55))
    assert watched.told == []
    await watched.passes(400, latency(0.7))
    assert watched.told == [("rollback-performance", "fired")]
    assert 70 < (watched.alert("rollback-performance").value or 0) < 80
    await watched.passes(400, latency(0.4))
    assert watched.told[1:] == [("rollback-performance", "resolved")]


async def test_nobody_notices_a_few_milliseconds_more() -> None:
    watched = Watched()
    await watched.passes(1500, latency(0.002))
    await watched.passes(600, latency(0.2))
    assert watched.told == []
    assert watched.alert("rollback-performance").value == 0


async def test_more_than_five_people_report_a_problem() -> None:
    watched = Watched()
    await watched.passes(60, lambda metrics: metrics.reports_last_hour.set(5))
    assert watched.told == []
    await watched.passes(60, lambda metrics: metrics.reports_last_hour.set(6))
    await watched.passes(60, lambda metrics: metrics.reports_last_hour.set(4))
    assert watched.told == [("rollback-reports", "fired")]
    await watched.passes(60, lambda metrics: metrics.reports_last_hour.set(2))
    assert watched.told[1:] == [("rollback-reports", "resolved")]


async def test_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    watched = Watched()
    used = [70 * MB]
    monkeypatch.setattr(memory, "limit", lambda: 100 * MB)
    monkeypatch.setattr(memory, "used", lambda: used[0])
    await watched.passes(120)
    assert watched.told == []
    used[0] = 81 * MB
    await watched.passes(70)
    assert watched.told == [("memory", "fired")]
    used[0] = 70 * MB
    await watched.passes(70)
    assert watched.told[1:] == [("memory", "resolved")]


async def test_what_nobody_can_help_is_no_alert() -> None:
    """Scanners, strangers, and clients that should not be let in."""
    watched = Watched()

    def happens(metrics: Metrics) -> None:
        metrics.deliveries.labels("other", "invalid-signature").inc(50)
        metrics.deliveries.labels("workflow_run", "stale-delivery").inc(50)
        metrics.connections_refused.labels("Forbidden").inc(50)
        metrics.connections_refused.labels("not-logged-in").inc(50)
        deliveries(10)(metrics)
        connections(10)(metrics)

    await watched.passes(600, happens)
    assert watched.told == []


async def test_a_few_are_no_share() -> None:
    watched = Watched()
    await watched.passes(5, deliveries(3, 1))
    await watched.passes(5, connections(3, 1))
    await watched.passes(300)
    assert watched.told == []


async def test_other_thresholds() -> None:
    watched = Watched(latency=5, connections=50)
    await watched.passes(400, latency(2.5))
    assert watched.told == []
    await watched.passes(120, lambda metrics: metrics.connections.set(501))
    assert watched.told == [("connections", "fired")]
    assert watched.alert("connections").threshold == 50


async def test_who_is_told_and_fails_keeps_nobody_else_from_it() -> None:
    watched = Watched()

    async def fails(alert: Alert, turn: str) -> None:
        raise RuntimeError("no network")

    watched.alerts._tell = [fails, watched.tell]
    await watched.passes(10, lambda metrics: metrics.forged.inc())
    assert watched.told == [("invalid-signatures", "fired")]


def test_the_names_that_the_settings_know_are_the_rules() -> None:
    assert [rule.name for rule in rules(CAPACITY, {})] == list(ALERTS)
    assert load(None, webhook_secrets=("s",), alerts="latency=5, memory=90.5").alerts == {"latency": 5, "memory": 90.5}
    for wrong in ("latency", "latency=x", "nothing=5"):
        with pytest.raises(SettingsError, match="OMNILENS_ALERTS"):
            load(None, webhook_secrets=("s",), alerts=wrong)


def test_memory_is_measured_here() -> None:
    used, limit = memory.used(), memory.limit()
    assert used is not None
    assert limit is not None
    assert 10 * MB < used < limit
