"""A day is a matter of where one is: dates are cut in the viewer's time zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Query

from omnilens.errors import InvalidParameter


@dataclass(frozen=True, slots=True)
class Day:
    """One day in one time zone."""

    date: date
    tz: str
    start: datetime
    end: datetime


def day_of(day: date | None, tz: str, now: datetime) -> Day:
    """The day `day` in the time zone `tz`, or today there. Days of 23 and 25 hours come out right.

    Raises:
        InvalidParameter: there is no such time zone, or the calendar ends there.
    """
    try:
        zone = ZoneInfo(tz)
    except (KeyError, ValueError, OSError) as error:
        raise InvalidParameter(f"tz should be a time zone such as Europe/Berlin, not {tz[:50]!r}.") from error
    day = day or now.astimezone(zone).date()
    try:
        start, end = (
            datetime(each.year, each.month, each.day, tzinfo=zone).astimezone(UTC)
            for each in (day, day + timedelta(days=1))
        )
    except OverflowError as error:
        raise InvalidParameter("date is at the end of the calendar.") from error
    return Day(day, tz, start, end)


def days_before(day: Day, number: int) -> Day:
    """The day so many days before `day`, in the same time zone.

    Raises:
        InvalidParameter: the calendar does not go back that far.
    """
    try:
        return day_of(day.date - timedelta(days=number), day.tz, day.start)
    except OverflowError as error:
        raise InvalidParameter("date is at the beginning of the calendar.") from error


async def requested_day(
    date: Annotated[date | None, Query(description="The day; today if it is left out.")] = None,
    tz: Annotated[str, Query(description="The time zone the day is cut in.", max_length=64)] = "UTC",
) -> Day:
    """The day that a request asks for, as a dependency of its route.

    A coroutine, since FastAPI sends a plain function to a thread, which takes longer than all the rest of the answer.
    """
    return day_of(date, tz, datetime.now(UTC))
