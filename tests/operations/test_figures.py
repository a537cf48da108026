"""What is measured of the process and kept of the last hour, with a clock of the test's own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from omnilens.operations import memory
from omnilens.operations.alerts.rules import rules
from omnilens.operations.alerts.windows import Window, reading_of
from omnilens.operations.history import History
from omnilens.operations.metrics import Metrics
from omnilens.operations.process import Process
from omnilens.operations.series import EVERY_SERIES, Series, value_of
from omnilens.operations.suspects import MANY, MAX_ADDRESSES, WINDOW, Suspects
from support.clock import FakeClock

MB = 1024 * 1024


class Measured:
    """A process whose numbers the test says."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.metrics, self.clock = Metrics(), FakeClock()
        self.memory = 100 * MB
        self.connections = self.watching = self.suspicious = 0
        self.cpu = 0.0
        monkeypatch.setattr(memory, "used", lambda: self.memory)
        self.process = Process(
            self.metrics,
            self.clock.monotonic,
            connections=lambda: self.connections,
            watching=lambda: self.watching,
            suspicious=lambda: self.suspicious,
            cpu=lambda: self.cpu,
        )

    def value(self, name: str) -> float:
        self.process.measure()
        return self.metrics.value(name)


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> Iterator[Measured]:
    yield Measured(monkeypatch)


def test_memory_per_connection_is_what_came_with_them(measured: Measured) -> None:
    name = "omnilens_memory_per_connection_bytes"
    assert measured.value(name) == 0
    measured.memory, measured.connections = 132 * MB, 1024
    assert measured.value(name) == 32 * 1024
    measured.memory = 90 * MB
    assert measured.value(name) == 0
    measured.memory, measured.connections = 110 * MB, 0  # not all that they had is given back
    assert measured.value(name) == 0
    measured.memory, measured.connections = 111 * MB, 1
    assert measured.value(name) == MB


def test_time_on_the_dashboard_is_how_many_times_how_long(measured: Measured) -> None:
    measured.watching = 3
    assert measured.value("omnilens_watched_seconds_total") == 0
    measured.clock.passed += 5
    assert measured.value("omnilens_watched_seconds_total") == 15
    measured.watching = 0
    measured.clock.passed += 5
    assert measured.value("omnilens_watched_seconds_total") == 15


def test_processor_time_only_rises(measured: Measured) -> None:
    for used, counted in ((2.5, 2.5), (4.0, 4.0), (3.0, 4.0)):
        measured.cpu = used
        assert measured.value("omnilens_cpu_seconds_total") == counted


def test_an_address_is_suspicious_that_is_refused_again_and_again() -> None:
    clock = FakeClock()
    suspects = Suspects(clock.monotonic)
    for number in range(MANY - 1):
        suspects.note(f"2001:db8:1:2::{number}", "not-logged-in")  # one subscriber's
        suspects.note("192.0.2.1", "Too many connections")  # which is our own fault
    assert suspects.count() == 0
    suspects.note("2001:db8:1:2::99", "Forbidden")
    assert suspects.count() == 1
    clock.passed += WINDOW
    assert suspects.count() == 0
    suspects.note("2001:db8:1:2::99", "Forbidden")
    assert suspects.count() == 0


def test_a_flood_from_many_addresses_does_not_fill_the_memory() -> None:
    suspects = Suspects(lambda: 0.0)
    for number in range(MAX_ADDRESSES + 10):
        suspects.note(f"address {number}")
    assert len(suspects._tried) == MAX_ADDRESSES


def test_every_figure_can_be_measured_and_those_of_alerts_are_theirs() -> None:
    metrics, window = Metrics(), Window(300)
    window.add(reading_of(metrics.registry.collect(), 0.0))
    metrics.cpu_seconds.inc(15)
    metrics.watched_seconds.inc(120)
    metrics.browser_seconds.observe(0.02)
    metrics.github_to_receipt.observe(1.5)
    metrics.connections_closed.labels("slow consumer").inc(2)
    metrics.memory_per_connection.set(3 * 1024)
    metrics.reports_last_hour.set(4)
    window.add(reading_of(metrics.registry.collect(), 30.0))
    values = {each.name: value_of(each, window, {"latency": 0.5}) for each in EVERY_SERIES}
    expected = {
        "latency": 0.5,
        "cpu": 50,
        "time-on-dashboard": 4,
        "browser-latency": 0.025,
        "github-latency": 2,
        "cut-clients": 2,
        "memory-per-connection": 3,
        "user-reports": 4,
        "github-budget": None,
        "webhook-success": None,
    }
    assert {name: values[name] for name in expected} == expected
    alerts = {rule.name for rule in rules(1, {})}
    assert {each.name for each in EVERY_SERIES if each.measure is None} == alerts


def test_the_history_has_a_point_each_ten_seconds_and_forgets_the_oldest() -> None:
    history = History([Series("a", "server", "A", "", lambda window: None if window.at == 10 else window.at)], kept=3)
    window = Window(300)
    for second in range(0, 50, 5):
        window.add(reading_of([], float(second)))
        point = history.add(window, {}, 1000.0 + second)
        assert (point is not None) is (second % 10 == 0)
        if second == 20:
            assert (history.times, history.points("a")) == ([1000.0, 1010.0, 1020.0], [0.0, None, 20.0])
    assert (history.times, history.points("a")) == ([1020.0, 1030.0, 1040.0], [20.0, 30.0, 40.0])
