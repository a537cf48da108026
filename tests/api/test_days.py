"""Days are cut in the viewer's time zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from omnilens.api.days import day_of
from omnilens.api.overview import overview
from omnilens.errors import InvalidParameter
from omnilens.model import Conclusion, Status
from support.changes import at, run

NOW = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("tz", "today"),
    [("UTC", date(2026, 11, 22)), ("Europe/Berlin", date(2026, 11, 23)), ("America/New_York", date(2026, 11, 22))],
)
def test_today_depends_on_where_one_is(tz: str, today: date) -> None:
    day = day_of(None, tz, NOW)
    assert day.date == today
    assert day.start <= NOW < day.end


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 11, 22), 24)]
)
def test_days_when_the_clocks_change(day: date, hours: int) -> None:
    cut = day_of(day, "Europe/Berlin", NOW)
    assert cut.end - cut.start == timedelta(hours=hours)


@pytest.mark.parametrize("tz", ["", "Mars/Olympus", "../etc/passwd", "/etc/localtime", "Europe", "a\0b"])
def test_there_is_no_such_time_zone(tz: str) -> None:
    with pytest.raises(InvalidParameter):
        day_of(None, tz, NOW)


def test_every_conclusion_is_counted_where_it_belongs() -> None:
    runs = [run(Status.COMPLETED, 60, id=n, conclusion=each) for n, each in enumerate(Conclusion)]
    numbers = overview([*runs, run(Status.WAITING, id=99)], day_of(None, "UTC", at(0)))
    assert (numbers.completed, numbers.passed, numbers.failed, numbers.in_progress) == (len(Conclusion), 1, 3, 1)
    assert numbers.success_rate == 0.25
    assert numbers.total_runtime_seconds == 60 * len(Conclusion)
