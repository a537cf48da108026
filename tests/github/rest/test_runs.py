"""Runs and jobs, asked of a GitHub that keeps to its description."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

import pytest

from omnilens.github.rest import NotFound, RunsPage, Span, UnexpectedAnswer
from omnilens.github.rest.client import GitHub
from support.clock import START, FakeClock
from support.github import FakeGitHub, Fault, Repository
from support.github.asking import asking
from support.github.description import Name

pytestmark = [pytest.mark.anyio, pytest.mark.node]

REPOSITORY = "octo-org/octo-repo"
TODAY = Span(START.replace(hour=0), START.replace(hour=0) + timedelta(days=1))


@pytest.fixture(params=["api.github.com", "ghes-3.19"])
def release(request: pytest.FixtureRequest) -> Name:
    name: Name = request.param
    return name


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def github(clock: FakeClock, release: Name) -> Iterator[FakeGitHub]:
    with FakeGitHub(clock.now, release) as running:
        yield running
    assert running.too_early == []


@pytest.fixture
def repository(github: FakeGitHub) -> Repository:
    return github.add_repository(REPOSITORY)


@pytest.fixture
async def client(github: FakeGitHub, clock: FakeClock) -> AsyncIterator[GitHub]:
    async with asking(github, clock) as found:
        yield found


async def pages_of(pages: AsyncIterator[RunsPage]) -> list[RunsPage]:
    return [page async for page in pages]


def ids(pages: list[RunsPage]) -> list[int]:
    return [run.id for page in pages for run in page.runs]


def fill(repository: Repository, count: int, span: Span = TODAY) -> list[int]:
    """So many runs, evenly over the time; their ids, newest first."""
    step = (span.end - span.start) / count
    return [repository.add_run(span.start + number * step).id for number in range(count)][::-1]


async def test_a_run_with_its_attempts(client: GitHub, repository: Repository) -> None:
    run = repository.add_run(display_title="Retry idempotent charges", conclusion="failure")
    run.rerun(START + timedelta(hours=1), status="in_progress")
    newest = await client.runs.run(REPOSITORY, run.id)
    assert (newest.id, newest.run_attempt, newest.status, newest.conclusion) == (run.id, 2, "in_progress", None)
    assert newest.repository is not None
    assert (newest.repository.full_name, newest.repository.id) == (REPOSITORY, repository.id)
    first = await client.runs.attempt(REPOSITORY, run.id, 1)
    assert (first.run_attempt, first.conclusion, first.created_at) == (1, "failure", START)
    with pytest.raises(NotFound, match="attempt 3 of the run"):
        await client.runs.attempt(REPOSITORY, run.id, 3)


async def test_jobs_of_the_latest_of_one_and_of_all_attempts(client: GitHub, repository: Repository) -> None:
    run = repository.add_run(jobs=2)
    run.rerun(START + timedelta(hours=1))
    again = repository.add_job(run, name="again", status="in_progress", conclusion=None, completed_at=None)
    latest = await client.runs.jobs(REPOSITORY, run.id)
    assert [(job.id, job.name, job.run_attempt) for job in latest.jobs] == [(again["id"], "again", 2)]
    first = await client.runs.jobs(REPOSITORY, run.id, attempt=1)
    assert [job.name for job in first.jobs] == ["job 0", "job 1"]
    assert [step.name for step in first.jobs[0].steps or ()] == ["Set up job", "Test"]
    everything = await client.runs.jobs(REPOSITORY, run.id, all_=True)
    assert (len(everything.jobs), everything.total_count, everything.unreadable) == (3, 3, 0)


async def test_many_jobs_come_in_pages(client: GitHub, github: FakeGitHub, repository: Repository) -> None:
    run = repository.add_run(jobs=250)
    found = await client.runs.jobs(REPOSITORY, run.id)
    assert len({job.id for job in found.jobs}) == 250
    assert len(github.requests) == 3


async def test_the_newest_runs_one_request_for_a_hundred(
    client: GitHub, github: FakeGitHub, repository: Repository
) -> None:
    expected = fill(repository, 250)
    assert ids(await pages_of(client.runs.newest(REPOSITORY))) == expected
    assert len(github.requests) == 3
    assert "status" not in github.requests[0].query
    async for page in client.runs.newest(REPOSITORY):
        assert page.total_count == 250
        break
    assert len(github.requests) == 4


async def test_a_day_within_the_limit_of_a_search(client: GitHub, github: FakeGitHub, repository: Repository) -> None:
    expected = fill(repository, 999)
    repository.add_run(TODAY.start - timedelta(seconds=1))
    repository.add_run(TODAY.end)
    assert ids(await pages_of(client.runs.created(REPOSITORY, TODAY))) == expected
    assert len(github.requests) == 10


@pytest.mark.parametrize("caps_total", [False, True])
async def test_a_busy_day_loads_whole(
    client: GitHub, github: FakeGitHub, repository: Repository, caps_total: bool
) -> None:
    """2,500 runs are 25 pages; what more there is, is for finding out where to cut."""
    github.caps_total = caps_total
    expected = fill(repository, 2500)
    pages = await pages_of(client.runs.created(REPOSITORY, TODAY))
    assert ids(pages) == expected
    assert pages[0].total_count == (1000 if caps_total else 2500)
    assert len(github.requests) <= 35


async def test_everything_in_one_minute_loads_whole(client: GitHub, repository: Repository) -> None:
    minute = Span(START, START + timedelta(minutes=1))
    expected = fill(repository, 1500, minute)
    assert ids(await pages_of(client.runs.created(REPOSITORY, TODAY))) == expected


async def test_more_in_one_second_than_a_search_finds(client: GitHub, repository: Repository) -> None:
    """Nothing can be done about it, and it ends."""
    for _ in range(1001):
        repository.add_run(START)
    assert len(ids(await pages_of(client.runs.created(REPOSITORY, TODAY)))) == 1000


async def test_a_quiet_day_is_one_empty_page(client: GitHub, repository: Repository) -> None:
    assert [page.runs for page in await pages_of(client.runs.created(REPOSITORY, TODAY))] == [()]


async def test_a_run_that_begins_meanwhile_makes_no_duplicate(client: GitHub, repository: Repository) -> None:
    expected = fill(repository, 150)
    found = []
    async for page in client.runs.created(REPOSITORY, TODAY):
        found += [run.id for run in page.runs]
        repository.add_run(TODAY.end - timedelta(seconds=1))  # moves all others to the back
    assert found == expected


async def test_what_was_seen_and_stored_costs_one_request_that_does_not_count(
    client: GitHub, github: FakeGitHub, repository: Repository
) -> None:
    fill(repository, 250)
    pages = await pages_of(client.runs.created(REPOSITORY, TODAY))
    await client.taken(pages[0].etag)
    before, counted = len(github.requests), github.counted
    assert await pages_of(client.runs.created(REPOSITORY, TODAY, anew=True)) == []
    assert [seen.status for seen in github.requests[before:]] == [304]
    assert github.counted == counted
    repository.add_run()
    assert len(ids(await pages_of(client.runs.created(REPOSITORY, TODAY, anew=True)))) == 251


async def test_what_was_seen_and_not_stored_is_sent_again(client: GitHub, repository: Repository) -> None:
    fill(repository, 3)
    for _ in range(2):
        assert len(ids(await pages_of(client.runs.newest(REPOSITORY, anew=True)))) == 3
    page = (await pages_of(client.runs.newest(REPOSITORY, anew=True)))[0]
    await client.taken(page.etag)
    assert await pages_of(client.runs.newest(REPOSITORY, anew=True)) == []
    assert len(ids(await pages_of(client.runs.newest(REPOSITORY)))) == 3


async def test_a_renamed_repository_is_followed(client: GitHub, github: FakeGitHub, repository: Repository) -> None:
    expected = fill(repository, 150)
    repository.rename("octo-inc/renamed")
    assert ids(await pages_of(client.runs.created(REPOSITORY, TODAY))) == expected
    assert [seen.status for seen in github.requests] == [301, 200, 200]
    assert (await client.about.repository(REPOSITORY)).full_name == "octo-inc/renamed"


async def test_a_run_that_cannot_be_read_costs_no_other(
    client: GitHub, github: FakeGitHub, repository: Repository
) -> None:
    good = repository.add_run()
    github.fail(
        Fault.json(
            b'{"total_count":4,"workflow_runs":[{"id":"x"},5,{"id":%d,"name":"CI"},{"id":7,"updated_at":"soon"}]}'
            % good.id
        )
    )
    (page,) = await pages_of(client.runs.newest(REPOSITORY))
    assert ([run.id for run in page.runs], page.unreadable) == ([good.id], 3)


async def test_pages_without_an_end(client: GitHub, github: FakeGitHub, repository: Repository) -> None:
    repository.add_run()
    link = f'<{github.url}/repos/{REPOSITORY}/actions/runs?page=2>; rel="next"'
    github.fail(*[Fault.json(b'{"total_count":1,"workflow_runs":[]}', link=link)] * 3)
    with pytest.raises(UnexpectedAnswer, match="always another page"):
        await pages_of(client.runs.newest(REPOSITORY))


@pytest.mark.parametrize("name", ["octo-repo", "", "/", "a/", "/a", "a/b/c", "../x", "a/.."])
async def test_what_is_no_repository_is_not_asked_for(client: GitHub, github: FakeGitHub, name: str) -> None:
    with pytest.raises(ValueError, match="not owner/name"):
        await client.runs.run(name, 1)
    assert github.requests == []


async def test_names_are_quoted(client: GitHub, github: FakeGitHub) -> None:
    with pytest.raises(NotFound):
        await client.about.repository("octo-org/a?b=c#d e")
    assert github.requests[0].path.endswith("/repos/octo-org/a%3Fb%3Dc%23d%20e")
