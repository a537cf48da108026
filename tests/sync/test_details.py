"""The jobs of a run that was learned from a list are fetched when somebody opens it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from support import github as fake
from support.github import FakeGitHub, Fault
from support.server import LiveServer
from support.waiting import eventually

pytestmark = pytest.mark.node

NAME = "octo-org/octo-repo"


@pytest.fixture
def github() -> Iterator[FakeGitHub]:
    with FakeGitHub() as running:
        running.add_repository(NAME)
        yield running
    assert running.too_early == []


@pytest.fixture
def run(github: FakeGitHub) -> fake.Run:
    """One with three jobs, that happened before the server started."""
    return github.state.repositories[0].add_run(datetime.now(UTC) - timedelta(minutes=5), jobs=3)


@pytest.fixture
def server(github: FakeGitHub, run: fake.Run, tmp_path: Path) -> Iterator[LiveServer]:
    given = {"api_url": github.url, "github_token": github.token, "database_url": f"sqlite:///{tmp_path}/omnilens.db"}
    with LiveServer(repositories=NAME, **given) as live:
        eventually(lambda: live.runs("octo-repo"))
        yield live


def opened(server: LiveServer, run_id: int) -> Any:
    return server.get(f"/api/repos/octo-repo/runs/{run_id}")["run"]


def test_a_run_that_was_learned_has_its_jobs_when_it_is_opened(
    github: FakeGitHub, run: fake.Run, server: LiveServer
) -> None:
    assert server.runs("octo-repo")[0]["jobs"] == []
    assert [job["name"] for job in opened(server, run.id)["jobs"]] == ["job 0", "job 1", "job 2"]
    assert [step["name"] for step in opened(server, run.id)["jobs"][0]["steps"]] == ["Set up job", "Test"]
    assert len(github.asked(f"/runs/{run.id}/attempts/1/jobs")) == 1


def test_however_many_open_it_github_is_asked_once(github: FakeGitHub, run: fake.Run, server: LiveServer) -> None:
    with ThreadPoolExecutor(10) as people:
        answers = list(people.map(lambda _: opened(server, run.id), range(10)))
    assert [len(answer["jobs"]) for answer in answers] == [3] * 10
    assert len(github.asked("/jobs")) == 1


def test_a_run_without_jobs_is_not_asked_about_each_time(github: FakeGitHub, run: fake.Run, server: LiveServer) -> None:
    run.jobs.clear()
    assert [opened(server, run.id)["jobs"] for _ in range(3)] == [[], [], []]
    assert len(github.asked("/jobs")) == 1


def test_a_failure_costs_the_jobs_and_not_the_run(github: FakeGitHub, run: fake.Run, server: LiveServer) -> None:
    github.fail(Fault.secondary(retry_after=60), path="/jobs")
    before = datetime.now(UTC)
    assert opened(server, run.id)["jobs"] == []
    assert datetime.now(UTC) - before < timedelta(seconds=10)


def test_the_jobs_of_a_run_of_last_week_are_kept_with_it(github: FakeGitHub, server: LiveServer) -> None:
    then = datetime.now(UTC) - timedelta(days=5)
    old = github.state.repositories[0].add_run(then, jobs=2)

    def shown() -> list[Any]:
        return [each for each in server.runs("octo-repo", date=f"{then:%Y-%m-%d}") if each["id"] == old.id]

    eventually(shown)
    assert [job["name"] for job in opened(server, old.id)["jobs"]] == ["job 0", "job 1"]
    assert opened(server, old.id)["status"] == "completed"
    assert server.omnilens.store.run("octo-repo", old.id) is None
    assert [len(each["jobs"]) for each in shown()] == [2]
    assert len(github.asked(f"/runs/{old.id}/attempts/1/jobs")) == 1
