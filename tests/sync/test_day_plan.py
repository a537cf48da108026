"""Which days are asked for, when, and what is said of them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest

from omnilens.api.days import day_of
from omnilens.errors import Draining, StorageUnavailable
from omnilens.github.rest import BudgetView, Forbidden, GitHubUnavailable, RateLimited, RunFields
from omnilens.pipeline.fetched_days import FetchedDay, start_of
from omnilens.pipeline.store import RUNS_KEPT
from omnilens.sync.day_history import (
    A_BUG,
    LONGEST_PAUSE,
    UNWRITABLE,
    DayHistory,
    Failure,
    Progress,
    UtcDay,
    failed,
    history_of,
    standing_of,
)
from omnilens.sync.day_plan import (
    FRESH,
    RERUN_WITHIN,
    days_before,
    days_of,
    days_of_reruns,
    is_fresh,
    is_kept,
    is_missing,
    is_over,
    is_past,
    span_of,
    spared_until,
    utc_days,
)

NOW = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)
TODAY = NOW.date()
DAY = date(2026, 11, 10)
MONTHS = timedelta(days=90)


def known(day: date = DAY, *, complete: bool = True, fetched_at: datetime = NOW) -> FetchedDay:
    return FetchedDay(slug="api", day=day, fetched_at=fetched_at, runs=7, complete=complete)


@pytest.mark.parametrize(
    ("day", "tz", "expected"),
    [
        (DAY, "UTC", [DAY]),
        (DAY, "Europe/Berlin", [date(2026, 11, 9), DAY]),
        (DAY, "America/Los_Angeles", [DAY, date(2026, 11, 11)]),
        (DAY, "Asia/Kathmandu", [date(2026, 11, 9), DAY]),
        (DAY, "Pacific/Kiritimati", [date(2026, 11, 9), DAY]),
        (date(2026, 10, 25), "Europe/London", [date(2026, 10, 24), date(2026, 10, 25)]),  # of 25 hours
        (date(2026, 3, 29), "Europe/London", [date(2026, 3, 29)]),  # of 23
    ],
)
def test_a_day_somewhere_is_a_part_of_days_in_utc(day: date, tz: str, expected: list[date]) -> None:
    local = day_of(day, tz, NOW)
    assert utc_days(local.start, local.end) == expected
    zone = ZoneInfo(tz)
    assert utc_days(local.start.astimezone(zone), local.end.astimezone(zone)) == expected


def test_where_the_live_path_ends() -> None:
    edge = NOW - RUNS_KEPT
    assert not is_past(edge.date() + timedelta(days=1), NOW)
    assert is_past(edge.date(), NOW)  # the board has only a part of it
    assert not is_past(edge.date(), start_of(edge.date()) + RUNS_KEPT)
    assert is_over(TODAY - timedelta(days=1), NOW)
    assert not is_over(TODAY, NOW)
    assert is_kept(date(2026, 8, 25), NOW, MONTHS)
    assert not is_kept(date(2026, 8, 24), NOW, MONTHS)  # some of its runs are gone already
    assert span_of(DAY).end - span_of(DAY).start == timedelta(days=1)


def test_when_a_day_is_asked_for_again() -> None:
    assert is_fresh(known(), NOW + FRESH - timedelta(seconds=1))
    assert not is_fresh(known(), NOW + FRESH)
    assert not is_fresh(known(complete=False), NOW)
    assert not is_fresh(None, NOW)
    assert is_missing(DAY, None, NOW)
    assert not is_missing(DAY, known(), NOW)
    assert is_missing(DAY, known(complete=False), NOW)
    assert not is_missing(TODAY, known(complete=False), NOW)


def test_where_reruns_of_a_day_are_looked_for() -> None:
    opened = [DAY, DAY + timedelta(days=1)]
    found = days_of_reruns(opened, {DAY - timedelta(days=2)}, NOW, MONTHS)
    assert (found[0], found[1], found[-1]) == (date(2026, 11, 9), date(2026, 11, 7), date(2026, 10, 11))
    assert len(found) == RERUN_WITHIN - 1
    assert days_of_reruns([date(2026, 8, 27)], set(), NOW, MONTHS) == [date(2026, 8, 26), date(2026, 8, 25)]
    assert days_before(NOW, 2) == [TODAY, date(2026, 11, 21), date(2026, 11, 20)]


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        (("2026-11-10T10:00:00Z", "2026-11-10T11:00:00Z"), {10}),
        (("2026-11-10T10:00:00Z", "2026-11-12T11:00:00Z"), {10, 11, 12}),
        (("2026-11-10T23:59:59-02:00", None), {11}),
        ((None, "2026-11-12T11:00:00Z"), {12}),
        ((None, None), set()),
        (("2026-11-12T10:00:00Z", "2026-11-10T11:00:00Z"), {10}),
    ],
)
def test_the_days_of_a_run(times: tuple[str | None, str | None], expected: set[int]) -> None:
    run = msgspec.convert({"id": 1, "run_started_at": times[0], "updated_at": times[1]}, RunFields)
    assert {day.day for day in days_of(run)} == expected


def test_an_absurdly_long_run_has_not_a_thousand_days() -> None:
    times = {"run_started_at": "2016-11-10T10:00:00Z", "updated_at": "2026-11-10T11:00:00Z"}
    assert len(days_of(msgspec.convert({"id": 1, **times}, RunFields))) == 37


def budget(remaining: int | None, limit: int | None = 5000, closed: datetime | None = None) -> BudgetView:
    resets = NOW + timedelta(minutes=40) if remaining is not None else None
    used = None if limit is None or remaining is None else limit - remaining
    return BudgetView(
        account="token", limit=limit, remaining=remaining, used=used, resets_at=resets, closed_until=closed
    )


@pytest.mark.parametrize(
    ("budgets", "minutes"),
    [
        ([], None),
        ([budget(None, None)], None),
        ([budget(1001)], None),
        ([budget(1000)], 40),
        ([budget(0)], 40),
        ([budget(4000), budget(5)], 40),
        ([budget(4000, closed=NOW + timedelta(minutes=2))], 2),
        ([budget(10, closed=NOW + timedelta(minutes=50))], 50),
    ],
)
def test_a_fifth_is_left_to_those_who_wait(budgets: list[BudgetView], minutes: float | None) -> None:
    expected = None if minutes is None else NOW + timedelta(minutes=minutes)
    assert spared_until(budgets) == expected


def test_what_a_failure_means() -> None:
    later = NOW + timedelta(minutes=9)
    limited = failed(RateLimited("Not before 17:09.", later), NOW, None)
    assert (limited.reason, limited.retry_at, limited.not_before) == ("Not before 17:09.", later, later)
    forbidden = failed(Forbidden("GITHUB_TOKEN may not."), NOW, limited)
    assert (forbidden.reason, forbidden.retry_at, forbidden.not_before) == ("GITHUB_TOKEN may not.", None, NOW + FRESH)
    assert forbidden.in_a_row == 2
    failure: Failure | None = None
    for _ in range(20):
        failure = failed(GitHubUnavailable("It is down."), NOW, failure)
    assert failure is not None
    assert failure.retry_at == NOW + LONGEST_PAUSE
    for error in (StorageUnavailable("a table is gone"), Draining("stopping")):
        unwritable = failed(error, NOW, None)
        assert (unwritable.reason, unwritable.is_a_bug) == (UNWRITABLE, False)
    bug = failed(KeyError("secret"), NOW, None)
    assert (bug.reason, bug.retry_at, bug.is_a_bug) == (A_BUG, None, True)


FAILURE = failed(RateLimited("Later.", NOW + FRESH), NOW, None)


@pytest.mark.parametrize(
    ("fetched", "standing", "expected"),
    [
        (None, None, ("none", 0, None)),
        (None, Progress(), ("fetching", 0, None)),
        (None, Progress(100, 250), ("fetching", 100, 250)),
        (None, FAILURE, ("failed", 0, None)),
        (known(), None, ("complete", 7, 7)),
        (known(), Progress(), ("complete", 7, 7)),
        (known(), Progress(5, 8), ("fetching", 5, 8)),
        (known(), FAILURE, ("complete", 7, 7)),
        (known(complete=False), None, ("none", 0, None)),
    ],
)
def test_what_is_said_of_a_day(
    fetched: FetchedDay | None, standing: Progress | Failure | None, expected: tuple[str, int, int | None]
) -> None:
    said = standing_of(DAY, fetched, standing)
    assert (said.date, (said.state, said.done, said.total)) == ("2026-11-10", expected)


def test_what_is_said_of_two_days_together() -> None:
    whole = UtcDay(date="2026-11-09", state="complete", done=7, total=7)
    coming = UtcDay(date="2026-11-10", state="fetching", done=100, total=250)
    unknown = UtcDay(date="2026-11-10", state="none")
    broken = UtcDay(date="2026-11-10", state="failed")

    def said(*days: UtcDay) -> tuple[str, int, int | None, str | None, datetime | None]:
        history = history_of(days, {"2026-11-10": FAILURE}, "Why not.")
        assert history.days == days
        return history.state, history.done, history.total, history.reason, history.retry_at

    assert said(whole, whole) == ("complete", 14, 14, None, None)
    assert said(whole, coming) == ("fetching", 107, 257, None, None)
    assert said(broken, coming) == ("fetching", 100, None, None, None)
    assert said(whole, unknown) == ("none", 7, None, "Why not.", None)
    assert said(whole, broken) == ("failed", 7, None, "Later.", NOW + FRESH)


def test_it_is_written_as_other_programs_read_it() -> None:
    written = msgspec.json.decode(msgspec.json.encode(DayHistory(state="none", done=0, total=None)))
    assert written == {
        "state": "none", "done": 0, "total": None, "reason": None, "retryAt": None, "days": [],
    }  # fmt: skip
