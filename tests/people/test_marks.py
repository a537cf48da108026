"""What users mark on boards is theirs, wherever they log in, and nobody else's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from omnilens.people import privacy
from support.github import FakeGitHub
from support.server import LiveServer
from support.sockets import connected
from support.visitors import Visitor, logged_in, with_login
from support.waiting import eventually_async

pytestmark = [pytest.mark.node, pytest.mark.anyio]

PATH = "/api/me/marks/open"


@pytest.fixture
def github() -> Iterator[FakeGitHub]:
    with FakeGitHub() as running:
        running.add_repository("octo-org/open")
        yield running


@pytest.fixture
def server(github: FakeGitHub) -> Iterator[LiveServer]:
    with with_login(github, repositories="octo-org/open,octo-org/secret") as live:
        yield live


def kept(visitor: Visitor) -> dict[str, Any]:
    answer = visitor.http.get(PATH)
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json()
    return said


def mark(visitor: Visitor, version: int = 0, **marks: Any) -> httpx2.Response:
    return visitor.http.put(PATH, json={"marks": marks, "version": version})


def code(answer: httpx2.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def test_they_follow_their_user_and_nobody_else(
    github: FakeGitHub, server: LiveServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(privacy, "OTHERS_KNOW_AFTER", 0.05)
    account = github.add_user("alice")
    here, there, bob = (logged_in(server, github, each) for each in (account, account, github.add_user("bob")))
    nothing = kept(here)
    assert (nothing["version"], nothing["marks"]["pinned"]) == (0, [])
    origin = {"origin": server.url}
    async with (
        connected(server.url, headers={**there.cookies, **origin}) as page,
        connected(server.url, headers={**bob.cookies, **origin}) as other,
    ):
        heard: list[Any] = []
        page.client.on("marks-changed", heard.append)
        other.client.on("marks-changed", heard.append)
        answer = mark(here, pinned=["CI"], categories={"CI": "testing"}, grouped=True)
        assert answer.status_code == 200
        await eventually_async(lambda: heard)
        await other.flushed()
    assert heard == [{"slug": "open", "version": 1}]
    assert kept(there) == answer.json()
    assert kept(there)["marks"]["categories"] == {"CI": "testing"}
    assert kept(bob) == nothing
    (row,) = here.http.get("/api/me/export").json()["tables"]["workflow_marks"]
    assert (row["slug"], row["marks"]["pinned"]) == ("open", ["CI"])
    assert here.http.post("/api/me/forget").status_code == 204
    assert kept(logged_in(server, github, account)) == nothing


async def test_no_page_undoes_what_another_has_done(github: FakeGitHub, server: LiveServer) -> None:
    alice = logged_in(server, github, github.add_user("alice"))
    assert mark(alice, pinned=["CI"]).status_code == 200
    for late in (0, 7):
        assert code(mark(alice, late, pinned=["Deploy"])) == (409, "marks-changed")
    assert mark(alice, 1, pinned=["CI", "Deploy"]).json()["version"] == 2
    assert kept(alice)["marks"]["pinned"] == ["CI", "Deploy"]


async def test_only_what_a_page_would_mark_is_kept(github: FakeGitHub, server: LiveServer) -> None:
    alice = logged_in(server, github, github.add_user("alice"))
    for wrong in (
        {"pinned": ["x" * 301]},
        {"reviewed": ["x"] * 501},
        {"categories": {"CI": "mine"}},
        {"categories": {str(each): "build" for each in range(501)}},
        {"grouped": "yes"},
        {"notes": "what the board is not for"},
    ):
        assert code(mark(alice, **wrong)) == (400, "invalid-parameter")
    assert code(mark(alice, pinned=["x" * 300] * 250)) == (413, "body-too-large")
    assert code(mark(alice, -1)) == (400, "invalid-parameter")
    assert kept(alice)["version"] == 0


async def test_they_are_a_persons_at_a_repository_that_they_may_see(github: FakeGitHub, server: LiveServer) -> None:
    github.add_repository("octo-org/secret", private=True)
    alice = logged_in(server, github, github.add_user("alice"))
    assert code(alice.http.get("/api/me/marks/secret")) == (404, "repository-not-found")
    assert code(alice.http.put("/api/me/marks/secret", json={"marks": {}, "version": 0})) == (
        404,
        "repository-not-found",
    )
    assert code(alice.http.put(PATH, json={}, headers={"origin": "https://evil.example"})) == (403, "forbidden-origin")
    assert code(Visitor(server).http.get(PATH)) == (401, "not-logged-in")
    token = alice.http.post("/api/tokens", json={"name": "wall", "repos": ["open"]}).json()["token"]
    assert code(server.http.get(PATH, headers={"authorization": f"Bearer {token}"})) == (403, "not-for-tokens")


async def test_where_nobody_logs_in_there_is_nobody_to_keep_them_for() -> None:
    with LiveServer(repositories="octo-org/open") as server:
        assert code(server.http.get(PATH)) == (409, "nobody-logs-in")
        answer = server.http.put(PATH, json={"marks": {}, "version": 0}, headers={"origin": server.url})
        assert code(answer) == (409, "nobody-logs-in")
