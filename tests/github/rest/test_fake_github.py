"""The GitHub that the tests have is as strict as GitHub describes itself, or what passes against it means nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from support.clock import FakeClock
from support.github import FakeGitHub
from support.github.description import Name

pytestmark = pytest.mark.node

REPOSITORY = "/repos/octo-org/octo-repo"
RUNS = f"{REPOSITORY}/actions/runs"


@pytest.fixture(params=["api.github.com", "ghes-3.19"])
def github(request: pytest.FixtureRequest) -> Iterator[FakeGitHub]:
    release: Name = request.param
    with FakeGitHub(FakeClock().now, release) as running:
        running.add_repository("octo-org/octo-repo")
        yield running


def ask(github: FakeGitHub, path: str, method: str = "GET", body: Any = None, **headers: str) -> httpx2.Response:
    who = {"authorization": f"Bearer {github.token}", "user-agent": "test", **headers}
    named = {name.replace("_", "-"): value for name, value in who.items() if value}
    with httpx2.Client(base_url=github.url, trust_env=False, headers=named) as client:
        return client.request(method, path, json=body)


def test_what_is_as_described_is_answered_as_described(github: FakeGitHub) -> None:
    run = github.state.repositories[0].add_run(jobs=1)
    hook = github.state.repositories[0].add_hook("http://127.0.0.1:9/", "s")
    for path in (
        *("/meta", "/user", REPOSITORY, RUNS, f"{RUNS}/{run.id}", f"{RUNS}/{run.id}/attempts/1"),
        *(f"{RUNS}/{run.id}/jobs?filter=all", f"{RUNS}/{run.id}/attempts/1/jobs", f"{REPOSITORY}/hooks"),
        *(f"{REPOSITORY}/hooks/{hook.id}", f"{REPOSITORY}/hooks/{hook.id}/deliveries", "/orgs/octo-org/hooks"),
    ):
        assert ask(github, path).status_code == 200, path
    assert github.violations == []


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", f"{RUNS}?sort=created", None),
        ("GET", f"{RUNS}?per_page=many", None),
        ("GET", f"{RUNS}/x", None),
        ("GET", f"{RUNS}/", None),
        ("GET", "/repos/octo-org/octo-repo/actions/workflows", None),
        ("GET", "/nowhere", None),
        ("POST", f"{REPOSITORY}/hooks", {"config": {"url": 5}}),
        ("POST", f"{REPOSITORY}/hooks", {"config": {"url": "http://127.0.0.1:9/"}, "secret": "s"}),
        ("POST", "/orgs/octo-org/hooks", {"name": "web"}),
    ],
)
def test_what_is_not_as_described_is_noted(github: FakeGitHub, method: str, path: str, body: Any) -> None:
    assert ask(github, path, method, body).status_code in {404, 422}
    assert github.violations
    github.violations.clear()


def test_answers_of_its_own_that_are_not_as_described_are_noted_too(github: FakeGitHub) -> None:
    run = github.state.repositories[0].add_run(updated_at="yesterday")
    assert ask(github, f"{RUNS}/{run.id}").status_code == 200
    assert "yesterday" in github.violations[0]
    github.violations.clear()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"authorization": "Bearer nobody"}, 401),
        ({"authorization": "Basic eDp5"}, 401),
        ({"authorization": ""}, 200),
        ({"x_github_api_version": "1999-01-01"}, 400),
    ],
)
def test_headers_count(github: FakeGitHub, headers: dict[str, str], status: int) -> None:
    assert ask(github, REPOSITORY, **headers).status_code == status


def test_the_limit_is_counted_told_and_kept() -> None:
    clock = FakeClock()
    with FakeGitHub(clock.now) as github:
        github.add_repository("octo-org/octo-repo")
        github.account.limit = 3
        first = ask(github, REPOSITORY)
        seen = ask(github, REPOSITORY, if_none_match=first.headers["etag"])
        left = [first.headers["x-ratelimit-remaining"], seen.headers["x-ratelimit-remaining"]]
        assert (seen.status_code, left) == (304, ["2", "2"])
        assert [ask(github, REPOSITORY).status_code for _ in range(3)] == [200, 200, 403]
        assert len(github.too_early) == 1
        clock.passed += 3600
        assert ask(github, REPOSITORY).headers["x-ratelimit-remaining"] == "2"


def test_a_search_finds_a_thousand(github: FakeGitHub) -> None:
    repository = github.state.repositories[0]
    for _ in range(1001):
        repository.add_run()
    search = f"{RUNS}?created=2026-11-22T00:00:00Z..2026-11-22T23:59:59Z&per_page=100"
    last = ask(github, f"{search}&page=10")
    assert len(last.json()["workflow_runs"]) == 100
    assert 'rel="next"' not in last.headers["link"]
    assert ask(github, f"{search}&page=11").json()["workflow_runs"] == []
    assert ask(github, f"{search}&page=1").json()["total_count"] == 1001
    github.caps_total = True
    assert ask(github, f"{search}&page=1").json()["total_count"] == 1000
    assert len(ask(github, f"{RUNS}?per_page=100&page=11").json()["workflow_runs"]) == 1
