"""Two users with different lists see different boards."""

from __future__ import annotations

from collections.abc import Iterator

import httpx2
import pytest

from support.github import FakeGitHub
from support.server import LiveServer
from support.visitors import Visitor, logged_in, with_login

pytestmark = pytest.mark.node


@pytest.fixture
def github() -> Iterator[FakeGitHub]:
    with FakeGitHub() as running:
        running.add_repository("octo-org/open")
        yield running


@pytest.fixture
def server(github: FakeGitHub) -> Iterator[LiveServer]:
    with with_login(github, repositories="octo-org/open", github_token=github.token, backfill="0d") as live:
        yield live


def add(visitor: Visitor, repository: str) -> httpx2.Response:
    return visitor.http.post("/api/repos", json={"repository": repository})


def suggested(visitor: Visitor) -> list[str]:
    return [each["slug"] for each in visitor.http.get("/api/repos/suggestions").json()["repos"]]


def test_each_has_what_they_added_and_may_read(github: FakeGitHub, server: LiveServer) -> None:
    secret = github.add_repository("octo-org/secret", private=True)
    github.add_repository("octo-org/tool")
    alice = logged_in(server, github, github.add_user("alice", secret))
    bob = logged_in(server, github, github.add_user("bob"))
    assert add(alice, "octo-org/secret").json()["checked"] is True
    assert add(bob, "octo-org/tool").status_code == 201
    assert (alice.repos(), bob.repos()) == (["open", "secret"], ["open", "tool"])
    assert (suggested(alice), suggested(bob)) == (["tool"], [])
    assert add(alice, "octo-org/tool").status_code == 201
    assert alice.http.put("/api/repos/order", json={"slugs": ["tool", "secret"]}).status_code == 204
    assert alice.http.delete("/api/repos/open").status_code == 204
    assert (alice.repos(), bob.repos()) == (["tool", "secret"], ["open", "tool"])


def test_it_is_asked_in_ones_own_name_and_not_in_the_servers(github: FakeGitHub, server: LiveServer) -> None:
    secret = github.add_repository("octo-org/secret", private=True)
    alice = logged_in(server, github, github.add_user("alice", secret))
    bob = logged_in(server, github, github.add_user("bob"))
    assert add(alice, "octo-org/secret").status_code == 201
    for unknown in ("octo-org/secret", "octo-org/nothing"):
        refused = add(bob, unknown)
        assert (refused.status_code, refused.json()) == (
            404,
            {"error": "Repository not found", "code": "repository-not-found"},
        )
    assert bob.repos() == ["open"]
    assert bob.http.delete("/api/repos/secret").json()["error"] == "Repository not found in dashboard"


def test_a_list_needs_a_person(github: FakeGitHub, server: LiveServer) -> None:
    nobody = Visitor(server)
    assert add(nobody, "octo-org/open").status_code == 401
    assert nobody.status("/api/repos") == 401
