"""What nobody waits for is fetched all the same, without being in anybody's way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from omnilens.sync.backfill import ATTEMPTS
from omnilens.sync.day_plan import days_before
from support import github as fake
from support.clock import START, FakeClock
from support.github import FakeGitHub, Fault
from support.past import NAME, Past, days_ago, fill, past_of
from support.waiting import eventually_async

pytestmark = [pytest.mark.anyio, pytest.mark.node]

WEEK = timedelta(days=6)


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


async def never(_: float) -> None:
    """A sleep that only news ends."""
    await asyncio.Event().wait()


@asynccontextmanager
async def running(
    folder: Path,
    github: FakeGitHub,
    clock: FakeClock,
    period: timedelta = WEEK,
    sleep: Callable[[float], Awaitable[None]] = never,
) -> AsyncIterator[Past]:
    """A process that works in the background."""
    async with past_of(folder, github, clock, period, sleep) as past:
        task = asyncio.create_task(past.backfill.run())
        try:
            yield past
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


def asked(github: FakeGitHub) -> list[str]:
    return [seen.query["created"][:10] for seen in github.requests]


def iso(*days: date) -> list[str]:
    return [day.isoformat() for day in days]


async def idle(past: Past) -> None:
    filling = past.backfill.filling
    await eventually_async(
        lambda: 0 < filling("octo-repo").total == filling("octo-repo").done and filling("octo-repo").day is None
    )


async def test_a_new_repository_is_filled_once_the_newest_day_first(
    tmp_path: Path, github: FakeGitHub, there: fake.Repository, clock: FakeClock
) -> None:
    expected = {day: fill(there, day, 2) for day in days_before(clock.now(), 6)[1:]}
    there.add_run(clock.now() - timedelta(minutes=10))
    async with running(tmp_path, github, clock) as past:
        await idle(past)
        filling = past.backfill.filling("octo-repo")
        assert (filling.done, filling.total, filling.problem) == (7, 7, None)
        assert asked(github) == iso(*days_before(clock.now(), 6))
        assert await past.fetched.backfilled("octo-repo") == days_ago(6)
        for day in [days_ago(number) for number in range(3, 7)]:
            assert await past.ids(day) == expected[day]
        assert past.journal.last_seq > 0  # today's went the way of a delivery
    clock.passed += timedelta(days=3).total_seconds()
    async with running(tmp_path, github, clock) as past:
        await eventually_async(lambda: past.backfill._seen)
        assert len(github.requests) == 7


async def test_what_a_restart_interrupts_goes_on_after_it(
    tmp_path: Path, github: FakeGitHub, there: fake.Repository, clock: FakeClock
) -> None:
    async with running(tmp_path, github, clock) as past:
        await eventually_async(lambda: past.backfill.filling("octo-repo").done >= 3)
        assert await past.fetched.backfilled("octo-repo") is None
    calls = len(github.requests)
    assert calls < 7
    async with running(tmp_path, github, clock) as past:
        await idle(past)
        assert await past.fetched.backfilled("octo-repo") == days_ago(6)
    assert set(asked(github)) == set(iso(*days_before(clock.now(), 6)))
    assert len(github.requests) <= 8  # the day that was interrupted may be asked for twice


async def test_a_repository_that_comes_later_is_filled_too(
    tmp_path: Path, github: FakeGitHub, there: fake.Repository, clock: FakeClock
) -> None:
    awake = asyncio.Event()

    async def until_woken(_: float) -> None:
        await awake.wait()
        awake.clear()

    github.add_repository("octo-org/other")
    async with running(tmp_path, github, clock, sleep=until_woken) as past:
        await idle(past)
        other = past.repository.__class__(slug="other", full_name="octo-org/other", id=2)
        past.repositories.learn(other)
        awake.set()
        await eventually_async(lambda: past.backfill.filling("other").done == 7)


async def test_nothing_is_filled_where_the_operator_wants_nothing(
    tmp_path: Path, github: FakeGitHub, there: fake.Repository, clock: FakeClock
) -> None:
    async with running(tmp_path, github, clock, timedelta(0)) as past:
        past.backfill.want(past.repository, [days_ago(4)])
        await idle(past)
    assert asked(github) == iso(days_ago(4))


async def test_a_fifth_of_the_limit_is_left_to_those_who_wait(
    past: Past, github: FakeGitHub, there: fake.Repository, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    github.exhaust(1800)
    github.account.used = 3996
    past.backfill.want(past.repository, [days_ago(number) for number in range(10, 20)])
    filling, waits = past.backfill.filling("octo-repo"), list[tuple[datetime | None, str | None, int]]()

    async def noted(seconds: float) -> None:
        waits.append((filling.waiting_until, filling.problem, filling.done))
        await clock.sleep(seconds)

    monkeypatch.setattr(past.backfill, "_sleep", noted)
    await past.backfill.work()
    ((until, why, done),) = waits
    assert done == 4
    assert until == START + timedelta(minutes=30)
    assert why is not None
    assert "for days that are opened" in why
    assert (filling.done, filling.waiting_until, filling.problem) == (10, None, None)
    assert github.requests[3].at < until <= github.requests[4].at


async def test_with_the_limit_exhausted_it_waits_for_the_reset(
    past: Past, github: FakeGitHub, there: fake.Repository, clock: FakeClock
) -> None:
    fill(there, days_ago(4), 3)
    github.exhaust(1800)
    past.backfill.want(past.repository, [days_ago(4)])
    await past.backfill.work()
    assert [seen.status for seen in github.requests] == [403, 200]
    assert github.requests[1].at - github.requests[0].at >= timedelta(seconds=1799)
    assert past.backfill.filling("octo-repo").done == 1


async def test_it_waits_while_somebody_waits(past: Past, github: FakeGitHub, there: fake.Repository) -> None:
    past.days.open(past.repository, days_ago(9))
    past.backfill.want(past.repository, [days_ago(4)])
    await past.backfill.work()
    assert asked(github) == iso(days_ago(9), days_ago(4))


async def test_what_is_here_costs_nothing(past: Past, github: FakeGitHub, there: fake.Repository) -> None:
    await past.fetch(days_ago(4))
    past.backfill.want(past.repository, [days_ago(4), days_ago(5), days_ago(200)])
    past.backfill.want(past.repository, [days_ago(4)])
    await past.backfill.work()
    assert asked(github) == iso(days_ago(4), days_ago(5))
    filling = past.backfill.filling("octo-repo")
    assert (filling.done, filling.total) == (2, 2)


async def test_where_waiting_does_not_help_it_gives_up(past: Past, github: FakeGitHub) -> None:
    past.backfill.want(past.repository, days_before(past.clock.now(), 6))
    await past.backfill.work()
    filling = past.backfill.filling("octo-repo")
    assert len(github.requests) == 1
    assert (filling.given_up, filling.done) == (True, 0)
    assert filling.problem is not None
    assert "GITHUB_TOKEN may not see it" in filling.problem
    assert await past.fetched.backfilled("octo-repo") is None


async def test_a_day_that_github_always_fails_at_keeps_no_other_waiting(
    past: Past, github: FakeGitHub, there: fake.Repository
) -> None:
    github.fail(*[Fault.html(502)] * 4 * ATTEMPTS)
    past.backfill.want(past.repository, [days_ago(4), days_ago(5)])
    with capture_logs() as lines:
        await past.backfill.work()
    assert [line["day"] for line in lines if line["event"] == "backfill.left_out"] == iso(days_ago(4))
    assert asked(github)[-1:] == iso(days_ago(5))
    assert past.backfill.filling("octo-repo").done == 1


async def test_a_database_that_is_away_is_waited_for(
    past: Past, github: FakeGitHub, there: fake.Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    await rename(past, "fetched_days", "away")
    past.backfill.want(past.repository, [days_ago(4)])

    async def repaired(seconds: float) -> None:
        past.clock.passed += seconds
        await rename(past, "away", "fetched_days")

    monkeypatch.setattr(past.backfill, "_sleep", repaired)
    await past.backfill.work()
    assert past.backfill.filling("octo-repo").done == 1


async def rename(past: Past, old: str, new: str) -> None:
    await past.database.write(lambda connection: connection.exec_driver_sql(f"ALTER TABLE {old} RENAME TO {new}"))
