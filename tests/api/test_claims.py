"""Who is on it: over real HTTP and sockets, at one server and at two."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from omnilens.people import privacy
from support.github import FakeGitHub
from support.payloads import job_payload, run_payload
from support.server import LiveServer
from support.sockets import Browser, connected
from support.visitors import Visitor, logged_in, with_login
from support.waiting import eventually, eventually_async

pytestmark = [pytest.mark.node, pytest.mark.anyio]

CLAIMS = "/api/repos/octo-repo/claims"


@pytest.fixture
def server() -> Iterator[LiveServer]:
    with LiveServer() as live:
        yield live


def fail(server: LiveServer, run_id: int = 1, **run: Any) -> None:
    assert server.post("workflow_run", run_payload(id=run_id, conclusion="failure", **run)).status_code == 200


def put(http: httpx2.Client, path: str = f"{CLAIMS}/11?branch=main", **said: Any) -> httpx2.Response:
    origin = str(http.base_url).rstrip("/")
    return http.put(path, json=said, headers={"origin": origin})


def delete(http: httpx2.Client) -> httpx2.Response:
    return http.delete(f"{CLAIMS}/11?branch=main", headers={"origin": str(http.base_url).rstrip("/")})


def names(http: httpx2.Client) -> list[str]:
    answer = http.get(CLAIMS)
    assert answer.status_code == 200, answer.text
    return [each["name"] for each in answer.json()["claims"]]


def told(browser: Browser) -> list[tuple[str, int, str, str | None]]:
    """What was heard of claims from now on."""
    heard: list[tuple[str, int, str, str | None]] = []

    def hear(said: dict[str, Any]) -> None:
        heard.append((said["repoSlug"], said["workflow_id"], said["branch"], said["claim"] and said["claim"]["name"]))

    browser.client.on("claim-changed", hear)
    return heard


def code(answer: httpx2.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def test_all_who_watch_see_at_once_who_is_on_it(server: LiveServer) -> None:
    fail(server, 7)
    async with connected(server.url) as watching, connected(server.url) as elsewhere:
        heard, elsewhere_heard = told(watching), told(elsewhere)
        await watching.subscribe("octo-repo")
        answer = put(server.http, name="Maria")
        claim = answer.json()
        assert answer.status_code == 200
        assert (claim["name"], claim["login"], claim["run_id"], claim["branch"]) == ("Maria", None, 7, "main")
        await eventually_async(lambda: heard)
        assert server.get(CLAIMS)["claims"] == [claim]
        put(server.http, name="Tom")
        assert names(server.http) == ["Tom"]
        assert delete(server.http).status_code == 204
        await eventually_async(lambda: len(heard) == 3)
        assert heard == [("octo-repo", 11, "main", who) for who in ("Maria", "Tom", None)]
        await elsewhere.flushed()
        assert elsewhere_heard == []
    assert delete(server.http).status_code == 204  # again: there is none


async def test_the_run_that_fixes_it_ends_it(server: LiveServer) -> None:
    fail(server, 7)
    async with connected(server.url) as browser:
        heard = told(browser)
        await browser.subscribe("octo-repo")
        put(server.http, name="Maria")
        server.post("workflow_run", run_payload(id=6, conclusion="success"))  # an older one
        server.post("workflow_run", run_payload(id=8, conclusion="success", head_branch="fix"))
        server.post("workflow_run", run_payload("in_progress", id=9))
        assert names(server.http) == ["Maria"]
        server.post("workflow_run", run_payload(id=9, conclusion="success"))
        await eventually_async(lambda: len(heard) == 2, patience=5)  # though nobody asks
        assert heard[-1] == ("octo-repo", 11, "main", None)
    fail(server, 10)
    assert names(server.http) == []
    assert code(put(server.http, f"{CLAIMS}/11?branch=fix")) == (409, "not-failing")


def test_what_begins_to_fail_can_be_looked_after(server: LiveServer) -> None:
    server.post("workflow_run", run_payload("in_progress", id=3))
    assert code(put(server.http)) == (409, "not-failing")
    server.post("workflow_job", job_payload(run_id=3, conclusion="failure"))
    assert put(server.http).json()["run_id"] == 3


@pytest.mark.parametrize(
    ("typed", "shown"),
    [(None, "Someone"), (" ", "Someone"), ("<b>Ma\u202eria</b>", "Maria"), ("x" * 99, "x" * 59 + "…")],
)
def test_where_nobody_logs_in_one_may_say_who_one_is(server: LiveServer, typed: str | None, shown: str) -> None:
    fail(server)
    assert put(server.http, name=typed).json()["name"] == shown


def test_only_our_own_page_may_say_so(server: LiveServer) -> None:
    fail(server)
    for headers in ({}, {"origin": "http://evil.example"}):
        assert code(server.http.put(f"{CLAIMS}/11?branch=main", json={}, headers=headers)) == (403, "forbidden-origin")
        assert code(server.http.delete(f"{CLAIMS}/11?branch=main", headers=headers)) == (403, "forbidden-origin")
    assert code(put(server.http, "/api/repos/nowhere/claims/11")) == (404, "repository-not-found")
    assert code(put(server.http, name=17)) == (400, "invalid-parameter")
    assert code(put(server.http, f"{CLAIMS}/none")) == (400, "invalid-parameter")
    assert names(server.http) == []


async def test_made_at_one_server_it_is_seen_at_all(tmp_path: Path) -> None:
    shared: dict[str, Any] = {
        "repositories": "octo-org/octo-repo",
        "database_url": f"sqlite:///{tmp_path}/board.db",
        "data_dir": tmp_path,
    }
    with LiveServer(**shared) as one, LiveServer(**shared) as two:
        fail(one)
        async with connected(two.url) as browser:
            heard = told(browser)
            assert (await browser.subscribe("octo-repo"))["ok"]
            put(one.http, name="Maria")
            assert names(two.http) == ["Maria"]
            delete(one.http)
            await eventually_async(lambda: len(heard) == 2, patience=5)
            assert [who for *_, who in heard] == ["Maria", None]
        put(one.http, name="Maria")
    with LiveServer(**shared) as again:
        assert names(again.http) == ["Maria"]


@pytest.fixture
def github() -> Iterator[FakeGitHub]:
    with FakeGitHub() as running:
        yield running


def test_with_a_login_it_is_ones_own(github: FakeGitHub, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Who may not read the repository knows of nothing, and whose right is withdrawn is on it no more."""
    monkeypatch.setattr(privacy, "OTHERS_KNOW_AFTER", 0.05)
    there = github.add_repository("octo-org/octo-repo", private=True)
    alice, bob, carol = (github.add_user(each, *some) for each, some in people(there))
    settings = {"access_cache": "1s", "repositories": "octo-org/octo-repo", "data_dir": tmp_path}
    with with_login(github, **settings) as site:
        payload = run_payload(id=1, conclusion="failure")
        site.post("workflow_run", {**payload, "repository": {"id": there.id, "full_name": there.full_name}})
        first, second, stranger = (logged_in(site, github, each) for each in (alice, bob, carol))
        assert code(site.http.get(CLAIMS)) == (401, "not-logged-in")
        assert code(stranger.http.get(CLAIMS)) == code(put(stranger.http)) == (404, "repository-not-found")
        made = put(first.http, name="Somebody else").json()
        assert (made["name"], made["login"]) == ("alice", "alice")
        assert names(second.http) == ["alice"]
        assert code(delete(second.http)) == (403, "not-your-claim")
        assert code(by_token(first, site)) == (403, "not-for-tokens")
        put(second.http)
        assert names(first.http) == ["bob"]
        assert bob.reads is not None
        bob.reads.discard("octo-org/octo-repo")
        eventually(lambda: second.status(CLAIMS) == 404, patience=5)
        eventually(lambda: names(first.http) == [], patience=5)
        put(first.http)
        exported = first.http.get("/api/me/export").json()["tables"]["claims"]
        assert [each.keys() >= {"user_id", "made_at"} for each in exported] == [True]
        bob.reads.add("octo-org/octo-repo")
        eventually(lambda: second.status(CLAIMS) == 200, patience=5)
        assert names(second.http) == ["alice"]
        assert first.http.post("/api/me/forget").status_code in {200, 204}
        assert names(second.http) == []


def people(there: Any) -> Iterator[tuple[str, tuple[Any, ...]]]:
    yield from (("alice", (there,)), ("bob", (there,)), ("carol", ()))


def by_token(visitor: Visitor, site: LiveServer) -> httpx2.Response:
    made = visitor.http.post("/api/tokens", json={"name": "wall", "repos": ["octo-repo"]})
    assert made.status_code in {200, 201}, made.text
    token = {"authorization": f"Bearer {made.json()['token']}"}
    assert site.http.get(CLAIMS, headers=token).status_code == 200
    return site.http.put(f"{CLAIMS}/11?branch=main", json={}, headers=token)
