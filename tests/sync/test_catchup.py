"""What was missed is found at GitHub, asked as rarely as can be."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from omnilens.model import Conclusion, Repository, Status, Update
from omnilens.operations.metrics import Metrics
from omnilens.pipeline.flow import Flow, Rules
from omnilens.pipeline.journal import MemoryJournal
from omnilens.pipeline.mapping import RepositoryMap
from omnilens.pipeline.merge import RunView
from omnilens.pipeline.store import Store
from omnilens.settings import RepositoryPattern
from omnilens.sync.catchup import LOOK_AGAIN, MAX_PAGES, CatchUp
from omnilens.sync.doubts import SILENCE, TRY_AGAIN, UNKNOWN
from omnilens.sync.learning import Learning
from support import github as fake
from support.clock import FakeClock
from support.github import FakeGitHub
from support.github.asking import asking
from support.waiting import eventually_async

pytestmark = [pytest.mark.anyio, pytest.mark.node]

NAME = "octo-org/octo-repo"
EVER = (datetime(1970, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))


class Watched:
    """A board with real parts, which compares itself with GitHub."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.delivered: list[Update] = []
        self.store = Store()
        self.journal = MemoryJournal()
        self.store.reset(self.journal.epoch)
        rules = Rules([b"secret"], "github.com", timedelta(minutes=30), reject_stale=True)
        self.repositories = RepositoryMap([RepositoryPattern("octo-org", "octo-repo")], "github.com")
        self.flow = Flow(rules, self.repositories, self.journal, self.store, self, Metrics())
        self.catch_up: CatchUp
        self.recoveries = 0

    async def recover(self) -> None:
        self.recoveries += 1

    def deliver(self, update: Update) -> int:
        self.delivered.append(update)
        return 0

    async def ready(self) -> None:
        """Nobody is slow here."""

    async def shown(self) -> None:
        await self.flow.caught_up(5)

    @property
    def repository(self) -> Repository:
        return self.repositories.all()[0]

    async def compare(self) -> int:
        """Compare, and return what was learned."""
        await self.catch_up.compare(self.repository)
        return self.catch_up.standing("octo-repo").learned

    def runs(self) -> list[RunView]:
        return self.store.runs("octo-repo", *EVER)


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


@asynccontextmanager
async def watching(github: FakeGitHub, clock: FakeClock) -> AsyncIterator[Watched]:
    watched = Watched(clock)
    following = asyncio.create_task(watched.flow.follow())
    async with asking(github, clock) as client:
        learning = Learning(
            watched.repositories, watched.journal, watched.store, None, "github.com", clock.now, watched.shown
        )
        watched.catch_up = CatchUp(client, learning, clock.sleep, watched.recover)
        yield watched
    await watched.journal.close()
    await following


@pytest.fixture
async def watched(github: FakeGitHub, clock: FakeClock) -> AsyncIterator[Watched]:
    async with watching(github, clock) as board:
        yield board


def at(clock: FakeClock, minutes: float) -> datetime:
    return clock.now() - timedelta(minutes=minutes)


async def test_what_was_missed_is_shown_and_told(watched: Watched, there: fake.Repository, clock: FakeClock) -> None:
    missed = there.add_run(at(clock, 9), display_title="While nobody listened", conclusion="failure")
    assert await watched.compare() == 1
    (view,) = watched.runs()
    assert (view.run.id, view.run.display_title, view.run.conclusion) == (
        missed.id,
        "While nobody listened",
        Conclusion.FAILURE,
    )
    assert [update.type for update in watched.delivered] == ["workflow_failed"]


async def test_what_is_known_already_is_not_told_again(
    watched: Watched, there: fake.Repository, clock: FakeClock, github: FakeGitHub
) -> None:
    for minutes in range(50):
        there.add_run(at(clock, minutes + 2))
    assert await watched.compare() == 50
    there.add_run(at(clock, 1))
    assert await watched.compare() == 1
    assert len(watched.delivered) == 51
    assert len({update.seq for update in watched.delivered}) == 51
    assert len(github.requests) == 2


async def test_nothing_new_costs_nothing(
    watched: Watched, there: fake.Repository, clock: FakeClock, github: FakeGitHub
) -> None:
    there.add_run(at(clock, 5))
    await watched.compare()
    counted = github.counted
    assert await watched.compare() == 0
    assert (github.requests[-1].status, github.counted) == (304, counted)


async def test_a_page_for_each_hundred_runs_and_one_more(
    watched: Watched, there: fake.Repository, clock: FakeClock, github: FakeGitHub
) -> None:
    there.add_run(at(clock, 600))
    await watched.compare()
    asked = len(github.requests)
    for number in range(250):
        there.add_run(at(clock, 10 - number / 30))
    assert await watched.compare() == 250
    assert len(github.requests) - asked == 3


async def test_what_arrives_before_the_comparison_does_not_hide_what_was_missed(
    watched: Watched, there: fake.Repository, clock: FakeClock, github: FakeGitHub
) -> None:
    there.add_run(at(clock, 600))
    await watched.compare()
    clock.passed += 5 * 3600
    missed = [there.add_run(at(clock, 300 - number)) for number in range(250)]
    watched.catch_up.remember()
    async with asking(github, clock) as client:  # the newest comes by itself
        newest = await client.runs.run(NAME, missed[-1].id)
    assert await watched.catch_up._learning.runs(watched.repository, [newest]) == 1
    assert await watched.compare() == 249
    assert len(watched.runs()) == 251


async def test_a_board_that_knows_nothing_takes_the_last_two_days_and_no_more_than_a_thousand(
    watched: Watched, there: fake.Repository, clock: FakeClock, github: FakeGitHub
) -> None:
    for hours in range(100):
        for _ in range(15):
            there.add_run(at(clock, 60 * hours + 5))
    await watched.compare()
    assert len(github.requests) <= MAX_PAGES
    assert len(watched.runs()) == 48 * 15


async def test_what_goes_on_is_shown_with_its_jobs(watched: Watched, there: fake.Repository, clock: FakeClock) -> None:
    run = there.add_run(at(clock, 3), status="in_progress", conclusion=None)
    there.add_job(run, name="test", status="in_progress", conclusion=None, completed_at=None)
    await watched.compare()
    (view,) = watched.runs()
    assert (view.run.status, [job.name for job in view.jobs]) == (Status.IN_PROGRESS, ["test"])


async def test_a_run_whose_end_was_never_reported_is_asked_about(
    watched: Watched, there: fake.Repository, clock: FakeClock, github: FakeGitHub
) -> None:
    run = there.add_run(at(clock, 3), status="in_progress", conclusion=None)
    await watched.compare()
    run.change(clock.now(), status="completed", conclusion="success")
    assert watched.catch_up.doubtful(watched.repository) == []
    clock.passed += UNKNOWN.total_seconds()
    (doubtful,) = watched.catch_up.doubtful(watched.repository)
    await watched.catch_up.ask_about(watched.repository, doubtful)
    assert watched.runs()[0].run.conclusion is Conclusion.SUCCESS
    assert watched.catch_up.doubtful(watched.repository) == []
    assert len(github.asked(f"/actions/runs/{run.id}")) == 1


async def test_a_run_that_really_takes_long_is_asked_about_ever_more_rarely(
    watched: Watched, there: fake.Repository, clock: FakeClock, github: FakeGitHub
) -> None:
    run = there.add_run(at(clock, 1), status="in_progress", conclusion=None)
    async with watching_forever(watched):
        await eventually_async(lambda: clock.passed > timedelta(days=1).total_seconds())
    assert len(github.asked(f"/actions/runs/{run.id}")) <= 8


async def test_a_quiet_repository_is_compared_ever_more_rarely(
    watched: Watched, there: fake.Repository, clock: FakeClock, github: FakeGitHub
) -> None:
    there.add_run(at(clock, 1))
    async with watching_forever(watched):
        await eventually_async(lambda: clock.passed > timedelta(days=4).total_seconds())
    assert watched.recoveries == 1  # after the first comparison, which was the only one to bring something
    times = [(seen.at - github.requests[0].at).total_seconds() for seen in github.requests]
    assert len(times) <= 6
    assert times[1] >= SILENCE.total_seconds()
    assert set(clock.waits) == {LOOK_AGAIN.total_seconds()}


async def test_one_that_never_said_anything_is_compared_once(
    watched: Watched, there: fake.Repository, clock: FakeClock, github: FakeGitHub
) -> None:
    async with watching_forever(watched):
        await eventually_async(lambda: clock.passed > timedelta(days=30).total_seconds())
    assert len(github.requests) == 1


async def test_what_fails_is_said_and_tried_again_later(
    watched: Watched, there: fake.Repository, clock: FakeClock, github: FakeGitHub
) -> None:
    there.add_run(at(clock, 5))
    github.tokens.clear()
    await watched.compare()
    standing = watched.catch_up.standing("octo-repo")
    assert standing.problem is not None
    assert "GITHUB_TOKEN" in standing.problem
    assert standing.compared_at is None
    assert watched.catch_up.due(watched.repository) == clock.now() + TRY_AGAIN
    github.tokens[github.token] = github.account
    assert await watched.compare() == 1
    assert standing.problem is None


async def test_while_the_limit_is_used_up_nothing_is_asked_and_it_is_said_until_when(
    watched: Watched, there: fake.Repository, clock: FakeClock, github: FakeGitHub
) -> None:
    there.add_run(at(clock, 5))
    github.exhaust(resets_in=1800)
    assert await watched.compare() == 1  # after it has waited
    assert clock.passed >= 1800


async def test_a_renamed_repository_is_found_under_its_new_name(
    watched: Watched, there: fake.Repository, clock: FakeClock
) -> None:
    there.add_run(at(clock, 5))
    await watched.compare()
    there.rename("new-org/new-name")
    there.add_run(at(clock, 1))
    assert await watched.compare() == 1
    assert watched.repository.full_name == "new-org/new-name"
    assert len(watched.runs()) == 2


@asynccontextmanager
async def watching_forever(watched: Watched) -> AsyncIterator[None]:
    task = asyncio.create_task(watched.catch_up.run())
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
