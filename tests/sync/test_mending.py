"""The button that repairs a webhook: for our own page only, and with the doctor's word on what came of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from support.github import FakeGitHub, Repository
from support.payloads import run_payload
from support.server import SECRET, LiveServer

pytestmark = pytest.mark.node

NAME = "octo-org/octo-repo"


@pytest.fixture
def github() -> Iterator[FakeGitHub]:
    with FakeGitHub() as running:
        yield running


@pytest.fixture
def repository(github: FakeGitHub) -> Repository:
    return github.add_repository(NAME)


def serving(github: FakeGitHub, **settings: Any) -> LiveServer:
    return LiveServer(**{"repositories": NAME, "api_url": github.url, "github_token": github.token, **settings})


def mend(server: LiveServer, **headers: str) -> httpx2.Response:
    given = {"origin": server.url, **headers}
    return server.http.post("/api/repos/octo-repo/doctor/webhook", headers=given)


def level(server: LiveServer) -> str:
    said: str = server.get("/api/repos/octo-repo/doctor")["level"]
    return said


def test_a_broken_webhook_is_repaired_and_the_doctor_knows_at_once(github: FakeGitHub, repository: Repository) -> None:
    with serving(github) as server:
        hook = repository.add_hook(f"{server.url}/api/webhooks/github", SECRET, active=False, events=["push"])
        assert level(server) == "problem"
        (done,) = mend(server).json()["done"]
        assert (done["where"], done["well"]) == (NAME, True)
        assert "repaired (events, state)" in done["what"]
        assert (hook.active, sorted(hook.events)) == (True, ["workflow_job", "workflow_run"])
        assert level(server) != "problem"
        assert mend(server).json()["done"] == []


def test_a_missing_webhook_is_made(github: FakeGitHub, repository: Repository) -> None:
    with serving(github) as server:
        assert mend(server).json()["done"][0]["what"] == "made"
        assert [hook.secret for hook in repository.hooks] == [SECRET]


@pytest.mark.parametrize("origin", ["https://evil.example", "null", ""])
def test_another_page_cannot_press_it(github: FakeGitHub, repository: Repository, origin: str) -> None:
    with serving(github) as server:
        refused = mend(server, origin=origin)
        assert (refused.status_code, refused.json()["code"]) == (403, "forbidden-origin")
    assert repository.hooks == []


def test_without_a_token_it_says_what_to_set(github: FakeGitHub) -> None:
    with serving(github, github_token=None) as server:
        refused = mend(server)
        assert (refused.status_code, refused.json()["code"]) == (409, "no-token")
        assert "GITHUB_TOKEN" in refused.json()["error"]


def test_a_token_that_may_not_is_told_what_is_missing(github: FakeGitHub, repository: Repository) -> None:
    github.account.permissions = {"actions": "read"}
    with serving(github) as server:
        (done,) = mend(server).json()["done"]
        assert done["well"] is False
        assert "repository_hooks" in done["what"]


def test_a_github_that_fails_is_said_to(github: FakeGitHub, repository: Repository) -> None:
    github.tokens.clear()
    with serving(github) as server:
        refused = mend(server)
        assert (refused.status_code, refused.json()["code"]) == (502, "github-refused")


def test_what_only_everything_stands_for_has_no_webhook_of_its_own(github: FakeGitHub) -> None:
    with serving(github, repositories="*/*") as server:
        server.post("workflow_run", {**run_payload(), "repository": {"full_name": NAME, "id": 1}})
        (done,) = mend(server).json()["done"]
        assert (done["where"], done["well"]) == ("*/*", False)
