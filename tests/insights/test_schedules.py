"""When a schedule should start something, learnt from when it did."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from omnilens.insights.schedules import expected_starts

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
ONE = timedelta(days=1)


def starts(hour: float, *days_ago: int, day: datetime = MONDAY) -> list[datetime]:
    return [day - ago * ONE + timedelta(hours=hour, minutes=ago % 7) for ago in days_ago]


def expected(started: list[datetime], day: datetime = MONDAY) -> list[str]:
    return [f"{each:%a %H:%M}" for each in expected_starts(started, day, day + ONE)]


def test_every_night() -> None:
    assert expected(starts(2, *range(1, 8))) == ["Mon 02:03"]
    assert expected(starts(2, 1, 2, 4, 5, 7)) == ["Mon 02:02"]
    assert expected(starts(2, 1, 2, 7)) == []  # it was not kept
    assert expected([]) == []


def test_every_monday() -> None:
    assert expected(starts(6, 7, 14, 21, 28)) == ["Mon 06:00"]
    assert expected(starts(6, 7, 14, 21, 28), MONDAY + ONE) == []
    assert expected(starts(6, 7, 14)) == []


def test_from_monday_to_friday() -> None:
    workdays = [ago for ago in range(1, 29) if (MONDAY - ago * ONE).weekday() < 5]
    assert expected(starts(4, *workdays)) == ["Mon 04:04"]
    saturday = MONDAY + 5 * ONE
    assert expected(starts(4, *range(1, 6), 8, 9, 10, 11, 12, day=saturday), saturday) == []


def test_twice_a_day() -> None:
    assert expected(starts(2, *range(1, 8)) + starts(14, *range(1, 8))) == ["Mon 02:03", "Mon 14:03"]


def test_what_starts_every_hour_is_no_appointment() -> None:
    hourly = [each for hour in range(24) for each in starts(hour, *range(1, 8))]
    assert expected(hourly) == []


def test_days_are_the_viewers_and_schedules_are_utc() -> None:
    started = starts(2, *range(1, 8))
    tokyo = MONDAY - timedelta(hours=9)
    assert [f"{each:%a %H:%M}" for each in expected_starts(started, tokyo, tokyo + ONE)] == ["Mon 02:03"]
    assert expected_starts(started, MONDAY + timedelta(hours=3), MONDAY + timedelta(hours=23)) == ()
