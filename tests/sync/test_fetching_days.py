"""A day of the past is fetched whole, once, and for everybody."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from omnilens.github.rest import RateLimited
from omnilens.pipeline import history as history_module
from omnilens.pipeline.fetched_days import start_of
from omnilens.sync import days as days_module
from omnilens.sync.day_history import A_BUG, UNWRITABLE, Failure, Progress
from omnilens.sync.day_plan import FRESH
from support import github as fake
from support.clock import FakeClock
from support.github import FakeGitHub, Fault
from support.past import NAME, Past, days_ago, fill, past_of
from support.waiting import eventually_async

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


def leave(github: FakeGitHub, calls: int) -> None:
    """Use up the limit but for so many calls."""
    github.exhaust(1800)
    github.account.used -= calls


async def failure_of(past: Past) -> Failure:
    outcome = await past.days.fetch(past.repository, DAY)
    assert isinstance(outcome, Failure)
    assert past.days.standing("octo-repo", DAY) == outcome
    return outcome


async def test_a_busy_day_loads_whole_and_costs_one_call_that_does_not_count_after_that(
    past: Past, github: FakeGitHub, there: fake.Repository, clock: FakeClock
) -> None:
    expected = fill(there, DAY, 2500)
    version = past.store.version("octo-repo")
    fetched = await past.fetch(DAY)
    assert (fetched.runs, fetched.complete) == (2500, True)
    assert await past.ids(DAY) == sorted(expected)
    assert past.store.version("octo-repo") > version
    assert len(github.requests) <= 35
    assert [said.state for said in past.told][-2:] == ["fetching", "complete"]
    assert (past.told[-1].done, past.told[-1].total, past.told[-1].date) == (2500, 2500, DAY.isoformat())
    assert [said.done for said in past.told] == sorted(said.done for said in past.told)

    calls, counted, said = len(github.requests), github.counted, len(past.told)
    clock.passed += FRESH.total_seconds()
    again = await past.fetch(DAY)
    assert (again.runs, again.fetched_at) == (2500, clock.now())
    assert [seen.status for seen in github.requests[calls:]] == [304]
    assert (github.counted, len(past.told)) == (counted, said)


async def test_a_day_that_has_changed_is_fetched_again(past: Past, there: fake.Repository, clock: FakeClock) -> None:
    fill(there, DAY, 2)
    await past.fetch(DAY)
    run = next(iter(there.runs.values()))
    run.rerun(clock.now() - timedelta(days=3, hours=1), conclusion="failure", status="completed")
    await past.fetch(DAY)
    assert past.told[-1].touched == (days_ago(3).isoformat(),)
    assert await past.ids(days_ago(3)) == [run.id]  # its latest attempt is shown on the day that it ran
    assert run.id not in await past.ids(DAY)


async def test_two_who_want_the_same_day_share_it(past: Past, github: FakeGitHub, there: fake.Repository) -> None:
    fill(there, DAY, 250)
    one, other = await asyncio.gather(past.fetch(DAY), past.fetch(DAY))
    assert one is other
    assert len(github.requests) == 3
    past.days.open(past.repository, DAY)
    past.days.open(past.repository, DAY)
    assert past.days.standing("octo-repo", DAY) == Progress()
    await past.days.quiet()
    assert len(github.requests) == 4
    assert past.days.standing("octo-repo", DAY) is None


async def test_a_kill_in_the_middle_loses_nothing(
    tmp_path: Path, github: FakeGitHub, there: fake.Repository, clock: FakeClock
) -> None:
    expected = fill(there, DAY, 450)
    async with past_of(tmp_path, github, clock) as past:
        past.days.open(past.repository, DAY)
        await eventually_async(lambda: past.told)
    assert not any(said.state == "complete" for said in past.told)
    async with past_of(tmp_path, github, clock) as past:
        assert await past.known(DAY) is None
        assert 100 <= len(await past.ids(DAY)) < 450
        await past.fetch(DAY)
        assert await past.ids(DAY) == sorted(expected)


async def test_a_kill_before_it_is_remembered_puts_nothing_away(
    past: Past, github: FakeGitHub, there: fake.Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(there, DAY, 3)

    async def killed(*_: object) -> None:
        raise asyncio.CancelledError

    with monkeypatch.context() as patch:
        patch.setattr(past.fetched, "remember", killed)
        with pytest.raises(asyncio.CancelledError):
            await past.days.fetch(past.repository, DAY)
    assert past.days.standing("octo-repo", DAY) is None
    assert (await past.fetch(DAY)).runs == 3
    assert [seen.status for seen in github.requests] == [200, 200]


async def test_a_restart_asks_again_only_for_what_has_changed(
    tmp_path: Path, github: FakeGitHub, there: fake.Repository, clock: FakeClock
) -> None:
    fill(there, DAY, 3)
    for _ in range(2):
        async with past_of(tmp_path, github, clock) as past:
            await past.fetch(DAY)
    assert [seen.status for seen in github.requests] == [200, 304]
    async with past_of(tmp_path, github, clock) as past:
        await past.fetched.prune(start_of(days_ago(0)))
        await past.fetch(DAY)
    assert github.requests[-1].status == 200


async def test_today_is_not_whole_yet(past: Past, github: FakeGitHub, there: fake.Repository) -> None:
    there.add_run()
    for _ in range(2):
        fetched = await past.fetch(days_ago(0))
        assert (fetched.runs, fetched.complete) == (1, False)
    assert [seen.status for seen in github.requests] == [200, 200]


async def test_with_the_limit_exhausted_nothing_is_called_before_the_reset(
    past: Past, github: FakeGitHub, there: fake.Repository, clock: FakeClock
) -> None:
    fill(there, DAY, 3)
    github.exhaust(1800)
    failure = await failure_of(past)
    assert isinstance(failure.error, RateLimited)
    assert failure.retry_at is not None
    assert abs(failure.retry_at - clock.now() - timedelta(seconds=1800)) < timedelta(seconds=2)
    assert "not called before 17:30:00 UTC" in failure.reason
    assert (past.told[-1].state, past.told[-1].done) == ("failed", 0)
    calls = len(github.requests)
    for _ in range(3):
        past.days.open(past.repository, DAY)
        past.days.open(past.repository, days_ago(6))
        await past.days.quiet()
    assert len(github.requests) == calls
    clock.passed += 1801
    past.days.open(past.repository, DAY)
    await past.days.quiet()
    assert past.told[-1].state == "complete"
    assert past.days.standing("octo-repo", DAY) is None


async def test_a_limit_in_the_middle_keeps_what_came(past: Past, github: FakeGitHub, there: fake.Repository) -> None:
    fill(there, DAY, 250)
    leave(github, 2)
    await failure_of(past)
    assert len(await past.ids(DAY)) == 200
    assert past.told[-1].done == 200
    assert await past.known(DAY) is None


async def test_github_that_fails_is_asked_again_later_and_later(
    past: Past, github: FakeGitHub, there: fake.Repository, clock: FakeClock
) -> None:
    pauses = []
    for _ in range(3):
        github.fail(*[Fault.html(502)] * 5)
        failure = await failure_of(past)
        assert failure.retry_at is not None
        pauses.append(failure.retry_at - clock.now())
        assert "it answers 502" in failure.reason
    assert pauses == [timedelta(minutes=number) for number in (1, 2, 4)]


async def test_what_must_not_be_seen_is_not_asked_for_all_the_time(past: Past, github: FakeGitHub) -> None:
    failure = await failure_of(past)
    assert (failure.retry_at, failure.in_a_row) == (None, 1)
    assert "it is not there, or GITHUB_TOKEN may not see it" in failure.reason
    past.days.open(past.repository, DAY)
    await past.days.quiet()
    assert len(github.requests) == 1


async def test_what_is_here_stays_whole_while_github_fails(
    past: Past, github: FakeGitHub, there: fake.Repository
) -> None:
    fill(there, DAY, 250)
    await past.fetch(DAY)
    github.fail(*[Fault.html(502)] * 5)
    said = len(past.told)
    await failure_of(past)
    assert past.told[said:] == []
    there.add_run(start_of(DAY))
    leave(github, 1)
    await failure_of(past)
    assert [each.state for each in past.told[said:]] == ["fetching", "complete"]


async def test_a_run_that_cannot_be_read_is_asked_for_again(
    past: Past, github: FakeGitHub, there: fake.Repository
) -> None:
    there.add_run(start_of(DAY))
    github.fail(Fault.json(b'{"total_count":1,"workflow_runs":[{"id":"x"}]}', etag='"x"'))
    assert (await past.fetch(DAY)).etag_address is None
    assert (await past.fetch(DAY)).runs == 1


async def test_what_cannot_be_stored_is_not_taken_for_fetched(
    past: Past, there: fake.Repository, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(there, DAY, 3)
    await past.database.write(lambda connection: connection.exec_driver_sql("ALTER TABLE runs RENAME TO away"))
    failure = await failure_of(past)
    assert (failure.reason, failure.retry_at) == (UNWRITABLE, clock.now() + timedelta(minutes=1))
    await past.database.write(lambda connection: connection.exec_driver_sql("ALTER TABLE away RENAME TO runs"))
    with monkeypatch.context() as patch:
        patch.setattr(history_module, "_keep", None)
        assert (await failure_of(past)).reason == A_BUG
    assert (await past.fetch(DAY)).runs == 3


async def test_the_background_waits_for_what_somebody_opened(
    past: Past, there: fake.Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(there, DAY, 3)
    fetching = asyncio.ensure_future(past.fetch(DAY))
    await asyncio.sleep(0)
    await past.days.quiet()  # nobody waits for that one
    assert not fetching.done()
    past.days.open(past.repository, DAY)
    await past.days.quiet()
    assert fetching.done() or past.told[-1].state == "complete"
    await fetching


def test_a_call_is_put_off_for_no_longer_than_somebody_would_wait() -> None:
    assert days_module.PATIENCE < 60
