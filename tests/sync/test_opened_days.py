"""Whoever opens a day of the past is answered at once, and what is missing comes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from omnilens.api.days import day_of
from omnilens.pipeline.fetched_days import start_of
from omnilens.sync.day_history import DayHistory
from omnilens.sync.day_plan import FRESH
from omnilens.sync.opened_days import IN_MEMORY, LIVE, WITHOUT, OpenedDays
from support import github as fake
from support.clock import FakeClock
from support.github import FakeGitHub
from support.past import NAME, RETENTION, Past, days_ago, fill, past_of, stamp_of

pytestmark = [pytest.mark.anyio, pytest.mark.node]

DAY = days_ago(5)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def github(clock: FakeClock) -> Iterator[FakeGitHub]:
    with FakeGitHub(clock.now) as running:
        yield running
    assert running.too_early == []


@pytest.fixture
def there(github: FakeGitHub) -> fake.Repository:
    return github.add_repository(NAME)


@pytest.fixture
async def past(tmp_path: Path, github: FakeGitHub, clock: FakeClock) -> AsyncIterator[Past]:
    async with past_of(tmp_path, github, clock) as opened:
        yield opened


async def test_a_day_that_is_not_here_is_on_its_way(past: Past, github: FakeGitHub, there: fake.Repository) -> None:
    fill(there, DAY, 150)
    history = await past.open(DAY)
    assert (history.state, history.done, history.total, history.reason) == ("fetching", 0, None, None)
    assert [day.date for day in history.days] == [DAY.isoformat()]
    await past.days.quiet()
    history = await past.open(DAY)
    assert (history.state, history.done, history.total) == ("complete", 150, 150)
    assert len(github.requests) == 2


async def test_opening_it_again_costs_nothing_and_then_a_call_that_does_not_count(
    past: Past, github: FakeGitHub, there: fake.Repository, clock: FakeClock
) -> None:
    fill(there, DAY, 3)
    await past.open(DAY)
    await past.days.quiet()
    version = (await past.opened.open(past.repository, start_of(DAY), stamp_of(DAY, 24))).version
    for _ in range(3):
        again = await past.opened.open(past.repository, start_of(DAY), stamp_of(DAY, 24))
        assert again.version == version
    assert len(github.requests) == 1
    clock.passed += FRESH.total_seconds()
    counted = github.counted
    assert (await past.open(DAY)).state == "complete"  # it is here, whatever comes of asking
    await past.days.quiet()
    assert [seen.status for seen in github.requests] == [200, 304]
    assert github.counted == counted
    assert (await past.open(DAY)).state == "complete"
    assert len(github.requests) == 2


async def test_two_viewers_cost_one_fetch_wherever_they_are(
    past: Past, github: FakeGitHub, there: fake.Repository
) -> None:
    """Berlin's day is a part of two days in UTC, of which one is also New York's."""
    fill(there, DAY, 3)
    berlin, york = (day_of(DAY, tz, past.clock.now()) for tz in ("Europe/Berlin", "America/New_York"))
    await asyncio.gather(
        *(past.opened.open(past.repository, day.start, day.end) for day in (berlin, york, berlin, york))
    )
    await past.days.quiet()
    asked = [seen.query["created"][:10] for seen in github.requests]
    assert sorted(asked) == [days_ago(number).isoformat() for number in (6, 5, 4)]
    opened = await past.opened.open(past.repository, berlin.start, berlin.end)
    assert opened.history is not None
    assert [day.date for day in opened.history.days] == [days_ago(6).isoformat(), DAY.isoformat()]
    assert (opened.history.state, opened.history.done) == ("complete", 3)


async def test_today_and_the_boards_days_come_by_themselves(past: Past, github: FakeGitHub) -> None:
    for number in (0, 1, -1):
        day = start_of(days_ago(number))
        assert await past.opened.open(past.repository, day, day + timedelta(days=1)) == LIVE
    assert github.requests == []


async def test_with_the_limit_exhausted_the_answer_says_until_when(
    past: Past, github: FakeGitHub, there: fake.Repository, clock: FakeClock
) -> None:
    fill(there, DAY, 3)
    github.exhaust(1800)
    assert (await past.open(DAY)).state == "fetching"
    await past.days.quiet()
    calls = len(github.requests)
    history = await past.open(DAY)
    assert history.state == "failed"
    assert history.reason is not None
    assert history.reason.startswith("GitHub's rate limit is reached")
    assert history.retry_at is not None
    assert abs(history.retry_at - clock.now() - timedelta(minutes=30)) < timedelta(seconds=2)
    await past.days.quiet()
    assert len(github.requests) == calls
    clock.passed += 1802
    assert (await past.open(DAY)).state == "fetching"
    await past.days.quiet()
    assert (await past.open(DAY)).state == "complete"


async def test_what_the_history_does_not_keep_is_not_fetched(past: Past, github: FakeGitHub) -> None:
    history = await past.open(days_ago(90))
    assert history.state == "none"
    assert history.reason is not None
    assert "more than 90 days ago" in history.reason
    assert github.requests == []


async def test_without_a_token_it_says_what_one_would_add(
    past: Past, github: FakeGitHub, there: fake.Repository
) -> None:
    fill(there, DAY, 3)
    without = OpenedDays(past.fetched, None, None, RETENTION, past.clock.now)
    assert await said(without, past, DAY) == ("none", WITHOUT)
    await past.fetch(DAY)
    assert await said(without, past, DAY) == ("complete", None)
    assert len(github.requests) == 1


async def test_without_a_database_it_says_so(past: Past, github: FakeGitHub) -> None:
    without = OpenedDays(None, None, None, RETENTION, past.clock.now)
    assert await said(without, past, DAY) == ("none", IN_MEMORY)
    assert github.requests == []


async def said(opened: OpenedDays, past: Past, day: date) -> tuple[str, str | None]:
    found = await opened.open(past.repository, start_of(day), stamp_of(day, 24))
    assert isinstance(found.history, DayHistory)
    return found.history.state, found.history.reason


async def test_runs_that_were_run_again_on_that_day_are_found_behind_it(
    past: Past, github: FakeGitHub, there: fake.Repository
) -> None:
    older = there.add_run(stamp_of(days_ago(20), 9), conclusion="failure")
    older.rerun(stamp_of(DAY, 9), status="completed", conclusion="success")
    fill(there, DAY, 2)
    await past.open(DAY)
    before = (await past.opened.open(past.repository, start_of(DAY), stamp_of(DAY, 24))).version
    await past.days.quiet()
    assert len(github.requests) == 1
    await past.backfill.work()
    assert len(github.requests) == 1 + 30
    assert older.id in await past.ids(DAY)
    (told,) = [each for each in past.told if each.touched]
    assert (told.date, told.touched) == (days_ago(20).isoformat(), (DAY.isoformat(),))
    after = await past.opened.open(past.repository, start_of(DAY), stamp_of(DAY, 24))
    assert after.version != before
    await past.backfill.work()
    assert len(github.requests) == 1 + 30
    await past.open(days_ago(4))
    await past.days.quiet()
    await past.backfill.work()
    assert len(github.requests) == 1 + 30 + 1  # all the days behind it are here
