"""Two people with different rights at GitHub see different boards, and nothing else, over real HTTP and sockets."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
import socketio

from support.github import FakeGitHub
from support.github.people import Account
from support.payloads import run_payload
from support.server import LiveServer
from support.sockets import Browser, connected
from support.visitors import Visitor, logged_in, with_login
from support.waiting import eventually_async

pytestmark = [pytest.mark.node, pytest.mark.anyio]


class Board:
    """A server with three repositories at a GitHub with two users."""

    def __init__(self, github: FakeGitHub, site: LiveServer, alice: Account, bob: Account) -> None:
        self.github = github
        self.site = site
        self.alice = alice
        self.bob = bob

    def post(self, repository: str, run_id: int) -> None:
        known = next(each for each in self.github.state.repositories if each.full_name == repository)
        named = {"id": known.id, "full_name": repository, "private": known.private}
        payload = {**run_payload(id=run_id), "repository": named}
        assert self.site.post("workflow_run", payload).status_code == 200


@pytest.fixture
def board() -> Iterator[Board]:
    with FakeGitHub() as github:
        github.add_repository("octo-org/open")
        secret = github.add_repository("octo-org/secret", private=True)
        shared = github.add_repository("octo-org/shared", private=True)
        alice, bob = github.add_user("alice", secret, shared), github.add_user("bob", shared)
        repositories = "octo-org/open,octo-org/secret,octo-org/shared"
        with with_login(github, repositories=repositories, access_cache="1s", connections_per_user=100) as site:
            yield Board(github, site, alice, bob)


def test_different_rights_are_different_boards(board: Board) -> None:
    alice, bob = (logged_in(board.site, board.github, each) for each in (board.alice, board.bob))
    assert alice.repos() == ["open", "secret", "shared"]
    assert bob.repos() == ["open", "shared"]
    board.post("octo-org/secret", 5)
    for path in ("runs", "runs/5", "claims", "rewind", "overview", "workflows", "report", "report.csv", "doctor"):
        assert alice.status(f"/api/repos/secret/{path}") == 200, path
        forbidden, unknown = bob.http.get(f"/api/repos/secret/{path}"), bob.http.get(f"/api/repos/nowhere/{path}")
        assert forbidden.status_code == unknown.status_code == 404, path
        assert forbidden.json()["error"].replace("secret", "nowhere") == unknown.json()["error"], path
        assert forbidden.json()["code"] == unknown.json()["code"] == "repository-not-found"
    assert bob.http.post("/api/repos/secret/doctor/webhook").status_code == 404
    standing = bob.http.get("/api/github").json()
    assert "secret" not in str(standing)


def test_what_is_the_servers_own_is_for_operators(board: Board) -> None:
    alice = logged_in(board.site, board.github, board.alice)
    findings = alice.http.get("/api/repos/open/doctor").json()["findings"]
    assert not any("database" in str(each).lower() for each in findings)
    answer = alice.http.post("/api/repos/open/doctor/webhook")
    assert (answer.status_code, answer.json()["code"]) == (403, "operators-only")


async def test_on_a_socket_forbidden_and_unknown_look_the_same(board: Board) -> None:
    bob = logged_in(board.site, board.github, board.bob)
    async with connected(board.site.url, headers=bob.cookies) as browser:
        assert (await browser.subscribe("shared"))["ok"] is True
        refused = await browser.subscribe("secret")
        assert refused == await browser.subscribe("nowhere")
        assert refused["code"] == "repository-not-found"
        board.post("octo-org/secret", 1)
        board.post("octo-org/shared", 2)
        await browser.updates(1)
        await browser.flushed()
        assert [each["repoSlug"] for each in browser.received] == ["shared"]


async def test_nobody_connects_without_a_login(board: Board) -> None:
    client = socketio.AsyncClient(reconnection=False)
    said: list[Any] = []
    client.on("connect_error", said.append)
    for headers in ({}, {"Cookie": "omnilens=guessed"}, {"Authorization": "Bearer olt_guessed"}):
        with pytest.raises(socketio.exceptions.ConnectionError):
            await client.connect(board.site.url, transports=["websocket"], headers=headers)
    assert [each["data"]["code"] for each in said] == ["not-logged-in"] * 3
    assert board.site.count("omnilens_authentication_failures_total", **{"with": "session"}) == 1
    assert board.site.count("omnilens_authentication_failures_total", **{"with": "token"}) == 1


async def test_a_right_that_is_withdrawn_closes_the_room(board: Board) -> None:
    alice = logged_in(board.site, board.github, board.alice)
    async with connected(board.site.url, headers=alice.cookies) as browser:
        revoked: list[Any] = []
        browser.client.on("access-revoked", revoked.append)
        assert (await browser.subscribe("secret"))["ok"] is True
        assert (await browser.subscribe("shared"))["ok"] is True
        assert board.alice.reads is not None
        board.alice.reads.discard("octo-org/secret")
        await eventually_async(lambda: revoked, patience=3)
        assert revoked == [{"slug": "secret"}]
        board.post("octo-org/secret", 1)
        board.post("octo-org/shared", 2)
        await browser.updates(1)
        assert [each["repoSlug"] for each in browser.received] == ["shared"]
        assert (await browser.subscribe("secret"))["code"] == "repository-not-found"
        assert alice.repos() == ["open", "shared"]
        assert board.site.count("omnilens_access_revoked_total") == 1


async def test_logging_out_closes_the_sockets_of_that_browser_only(board: Board) -> None:
    laptop, phone = (logged_in(board.site, board.github, board.alice) for _ in range(2))
    async with (
        connected(board.site.url, headers=laptop.cookies) as first,
        connected(board.site.url, headers=phone.cookies) as second,
    ):
        assert (await second.subscribe("secret"))["ok"] is True
        await asyncio.to_thread(laptop.http.post, "/auth/logout", json={})
        await eventually_async(lambda: not first.client.connected)
        assert (await second.subscribe("shared"))["ok"] is True
        await asyncio.to_thread(phone.http.post, "/auth/logout", json={"everywhere": True})
        await eventually_async(lambda: not second.client.connected)


async def test_the_eleventh_connection_of_a_user_is_told_why(board: Board) -> None:
    with with_login(board.github, repositories="octo-org/open") as site:
        alice, bob = (logged_in(site, board.github, each) for each in (board.alice, board.bob))
        clients = [socketio.AsyncClient(reconnection=False) for _ in range(12)]
        said: list[Any] = []
        for client in clients[:10]:
            await client.connect(site.url, transports=["websocket"], headers=alice.cookies)
        clients[10].on("connect_error", said.append)
        with pytest.raises(socketio.exceptions.ConnectionError):
            await clients[10].connect(site.url, transports=["websocket"], headers=alice.cookies)
        assert said[0]["data"]["code"] == "too-many-connections-of-user"
        assert "10" in said[0]["message"]
        await clients[11].connect(site.url, transports=["websocket"], headers=bob.cookies)  # from the same address
        for client in clients:
            await client.disconnect()


async def test_no_event_ever_reaches_somebody_who_may_not_see_it_whatever_they_try(board: Board) -> None:
    """Connecting, subscribing, resuming and leaving, again and again, while events flow and another one's rights
    come and go: what a user without the right gets is nothing, and what one gets whose right has ended is nothing."""
    alice, bob = (logged_in(board.site, board.github, each) for each in (board.alice, board.bob))
    assert board.alice.reads is not None
    over = asyncio.Event()
    heard: list[str] = []

    def listen(browser: Browser) -> None:
        for event in ("workflow-update", "job-update"):
            browser.client.on(event, lambda update: heard.append(update["repoSlug"]))

    async def hammer(visitor: Visitor, wanted: Any) -> None:
        while not over.is_set():
            async with connected(board.site.url, headers=visitor.cookies) as browser:
                listen(browser)
                asks = [asyncio.create_task(browser.subscribe(each)) for each in (wanted, "shared", wanted)]
                answers = await asyncio.gather(*asks)
                assert [each["ok"] for each in answers] == [False, True, False]
                await browser.flushed()

    async def come_and_go() -> None:
        async with connected(board.site.url, headers=alice.cookies) as browser:
            for number in range(12):
                assert board.alice.reads is not None
                (board.alice.reads.discard if number % 2 else board.alice.reads.add)("octo-org/secret")
                await _until_told(browser, "secret", allowed=not number % 2)

    async def keep_posting() -> None:
        number = 100
        while not over.is_set():
            number += 1
            await asyncio.to_thread(board.post, "octo-org/secret", number)

    place = {"slug": "secret", "since": 0, "epoch": alice.http.get("/api/repos").json()["epoch"]}
    work = [hammer(bob, "secret"), hammer(bob, place), hammer(bob, "SECRET"), keep_posting()]
    tasks = [asyncio.create_task(each) for each in work]
    await come_and_go()
    over.set()
    await asyncio.gather(*tasks)
    assert "secret" not in heard

    async with connected(board.site.url, headers=alice.cookies) as browser:  # whose right has ended by now
        board.alice.reads.discard("octo-org/secret")
        await _until_told(browser, "secret", allowed=False)
        browser.received.clear()
        board.post("octo-org/secret", 9999)
        await browser.flushed()
        assert browser.received == []


async def _until_told(browser: Browser, slug: str, *, allowed: bool) -> None:
    """Ask again and again for a repository, until the answer is this."""
    async with asyncio.timeout(10):
        while (await browser.subscribe(slug))["ok"] is not allowed:
            await browser.flushed()


def test_nothing_on_the_way_keeps_what_is_for_one_of_them(board: Board) -> None:
    alice, bob = (logged_in(board.site, board.github, each) for each in (board.alice, board.bob))
    board.post("octo-org/shared", 5)
    for path in ("/api/me", "/api/tokens", "/api/notifications", "/api/repos/shared/runs/5", "/api/me/export"):
        assert alice.http.get(path).headers["cache-control"] == "no-store", path
    for path in ("/api/repos", "/api/repos/shared/runs"):
        assert alice.http.get(path).headers["cache-control"] == "private, no-cache", path
    tag = alice.http.get("/api/repos").headers["etag"]
    assert alice.http.get("/api/repos", headers={"if-none-match": tag}).status_code == 304
    assert bob.http.get("/api/repos", headers={"if-none-match": tag}).status_code == 200
