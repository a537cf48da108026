"""When a schedule should start a workflow, learnt from when it did: GitHub tells nobody of a run that never began.

A schedule is a cron line in UTC, and GitHub starts it some minutes late. So starts within half an hour of each other
are one slot. It is expected where it was kept a week before and on most of the seven days before, or on the same day of
the week in most of the four weeks before: what runs from Monday to Friday is not missed on a Saturday. What starts more
often than a few times a day is not learnt: GitHub itself leaves some of those out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

SLOT = timedelta(minutes=30)
DAYS_KEPT = 5
"""Of the seven days before."""
WEEKS_KEPT = 3
"""Of the four weeks before."""
MOST_A_DAY = 4
"""Slots; whatever starts more often is no appointment."""

_DAY = timedelta(days=1)


def expected_starts(started: Iterable[datetime], start: datetime, end: datetime) -> tuple[datetime, ...]:
    """When, between `start` and `end`, runs should start, given when scheduled runs `started` before that."""
    slots = _slots(sorted(moment.astimezone(UTC) for moment in started))
    candidates = sorted(each for slot in slots for each in _candidates(slot, start, end))
    return tuple(candidates) if len(candidates) <= MOST_A_DAY else ()


def _slots(started: Sequence[datetime]) -> list[list[datetime]]:
    """Starts at about the same time of the day, whatever the day."""
    slots: list[list[datetime]] = []
    for moment in sorted(started, key=_time_of_day):
        if slots and _time_of_day(moment) - _time_of_day(slots[-1][0]) <= SLOT:
            slots[-1].append(moment)
        else:
            slots.append([moment])
    return slots


def _candidates(slot: list[datetime], start: datetime, end: datetime) -> Iterable[datetime]:
    """The moments of one slot between `start` and `end` at which it should be kept."""
    times = sorted(map(_time_of_day, slot))
    usually = times[len(times) // 2]
    kept = {moment.date() for moment in slot}
    midnight = start.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    for day in (midnight + number * _DAY for number in range(3)):
        days = [(day - number * _DAY).date() in kept for number in range(1, 8)]
        weeks = [(day - number * 7 * _DAY).date() in kept for number in range(1, 5)]
        expected = (days[-1] and sum(days) >= DAYS_KEPT) or sum(weeks) >= WEEKS_KEPT
        if expected and start <= day + usually < end:
            yield day + usually


def _time_of_day(moment: datetime) -> timedelta:
    return timedelta(hours=moment.hour, minutes=moment.minute)
