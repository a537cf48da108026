"""Access tokens: for a script, a socket, and the browser of a wallboard."""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import socketio

from support.github import FakeGitHub
from support.payloads import run_payload
from support.server import LiveServer
from support.sockets import connected
from support.visitors import Visitor, logged_in, with_login
from support.waiting import eventually, eventually_async

pytestmark = [pytest.mark.node, pytest.mark.anyio]


@pytest.fixture
def github() -> Iterator[FakeGitHub]:
    with FakeGitHub() as github:
        github.add_repository("octo-org/open")
        yield github


@pytest.fixture
def site(github: FakeGitHub, tmp_path: Path) -> Iterator[LiveServer]:
    url = f"sqlite:///{tmp_path}/db"
    with with_login(
        github, repositories="octo-org/open,octo-org/secret", database_url=url, access_cache="1s", data_dir=tmp_path
    ) as live:
        yield live


def omnilens(tmp_path: Path, *arguments: str) -> tuple[int, str]:
    """Run a command on the database of the server. Returns its exit code and what it printed."""
    settings = {"OMNILENS_DATABASE_URL": f"sqlite:///{tmp_path}/db", "GITHUB_WEBHOOK_SECRET": "secret"}
    done = subprocess.run(
        [sys.executable, "-m", "omnilens", *arguments],
        env={**os.environ, **settings},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


async def created(tmp_path: Path, *options: str) -> str:
    code, said = await asyncio.to_thread(omnilens, tmp_path, "tokens", "create", "hallway", *options)
    assert code == 0, said
    return said.strip()


async def test_what_an_operator_makes_sees_what_it_is_for(site: LiveServer, tmp_path: Path) -> None:
    token = await created(tmp_path, "--repo", "Open")
    assert token.startswith("olt_")
    script = Visitor(site)
    script.http.headers |= {"authorization": f"Bearer {token}"}
    assert script.repos() == ["open"]
    assert script.status("/api/repos/secret/runs") == 404
    assert script.status("/metrics") == 200
    async with connected(site.url, auth={"token": token}) as browser:
        assert (await browser.subscribe("open"))["ok"] is True
        assert (await browser.subscribe("secret"))["code"] == "repository-not-found"
    every = await created(tmp_path, "--all")
    script.http.headers |= {"authorization": f"Bearer {every}"}
    assert script.repos() == ["open", "secret"]
    assert "omnilens" not in script.http.cookies


async def test_a_wallboard_comes_in_by_a_token_and_goes_with_it(site: LiveServer, tmp_path: Path) -> None:
    token = await created(tmp_path, "--repo", "open")
    wall = Visitor(site)
    answer = wall.http.post("/auth/token", json={"token": f" {token}\n"})
    assert answer.status_code == 200
    user = answer.json()["user"]
    assert (user["login"], user["token"], user["operator"]) == ("hallway", True, False)
    assert wall.repos() == ["open"]
    _, listed = await asyncio.to_thread(omnilens, tmp_path, "tokens", "list", "--json")
    (shown,) = json.loads(listed)
    assert (shown["name"], shown["owner"], shown["scope"]) == ("hallway", None, ["open"])
    assert token not in listed
    async with connected(site.url, headers=wall.cookies) as browser:
        assert (await browser.subscribe("open"))["ok"] is True
        assert {each.data.key for each in site.omnilens.sockets.connections} == {f"token:{shown['id']}"}
        code, _ = await asyncio.to_thread(omnilens, tmp_path, "tokens", "revoke", shown["id"])
        assert code == 0
        await eventually_async(lambda: not browser.client.connected)
    eventually(lambda: wall.status("/api/repos") == 401)
    assert (await asyncio.to_thread(omnilens, tmp_path, "tokens", "revoke", shown["id"]))[0] == 1


@pytest.mark.parametrize("token", ["", "olt_wrong", "x" * 150, "olt_" + "é" * 40, "null"])
def test_what_is_no_token(site: LiveServer, token: str) -> None:
    visitor = Visitor(site)
    answer = visitor.http.post("/auth/token", json={"token": token})
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid-access-token")
    assert "omnilens" not in visitor.http.cookies


def test_a_token_that_is_wrong_is_not_made_up_for_by_a_cookie(site: LiveServer, github: FakeGitHub) -> None:
    visitor = logged_in(site, github, github.add_user("alice"))
    assert visitor.http.get("/api/repos", headers={"authorization": "Bearer olt_wrong"}).status_code == 401
    assert visitor.http.get("/api/repos?token=olt_wrong").status_code == 200  # which is looked at nowhere


async def test_a_users_token_sees_no_more_than_the_user(site: LiveServer, github: FakeGitHub) -> None:
    secret = github.add_repository("octo-org/secret", private=True)
    alice, bob = github.add_user("alice", secret), github.add_user("bob")
    visitor, other = logged_in(site, github, alice), logged_in(site, github, bob)
    refused = other.http.post("/api/tokens", json={"name": "wall", "repos": ["secret"]})
    assert refused.status_code == 404
    made = visitor.http.post("/api/tokens", json={"name": "wall", "repos": ["secret", "open"], "days": 7}).json()
    script = Visitor(site)
    script.http.headers |= {"authorization": f"Bearer {made['token']}"}
    assert script.repos() == ["open", "secret"]
    assert script.http.post("/api/tokens", json={"name": "more", "repos": ["open"]}).json()["code"] == "not-for-tokens"
    assert alice.reads is not None
    alice.reads.clear()
    eventually(lambda: script.repos() == ["open"])

    (listed,) = visitor.http.get("/api/tokens").json()["tokens"]
    assert (listed["id"], listed["owner"], listed["scope"]) == (made["id"], "alice", ["open", "secret"])
    assert datetime.fromisoformat(listed["expires_at"]) - datetime.now(UTC) < timedelta(days=7)
    assert other.http.get("/api/tokens").json()["tokens"] == []
    assert other.http.delete(f"/api/tokens/{made['id']}").json()["code"] == "token-not-found"
    async with connected(site.url, auth={"token": made["token"]}) as browser:
        gone = await asyncio.to_thread(visitor.http.delete, f"/api/tokens/{made['id']}")
        assert gone.status_code == 204
        await eventually_async(lambda: not browser.client.connected)
    assert script.status("/api/repos") == 401


async def test_an_expired_token_is_none(site: LiveServer, tmp_path: Path) -> None:
    token = await created(tmp_path, "--all", "--days", "1")
    with sqlite3.connect(tmp_path / "db") as database:
        database.execute("UPDATE access_tokens SET expires_at = 0")
    client = socketio.AsyncClient(reconnection=False)
    said: list[Any] = []
    client.on("connect_error", said.append)
    with pytest.raises(socketio.exceptions.ConnectionError):
        await client.connect(site.url, transports=["websocket"], auth={"token": token})
    assert said[0]["data"]["code"] == "not-logged-in"


@pytest.mark.parametrize("auth", [{"token": 5}, {"token": None}, {"token": {}}, {"token": "olt_" + "x" * 10_000}, {}])
async def test_hostile_words_in_place_of_a_token(site: LiveServer, auth: Any) -> None:
    client = socketio.AsyncClient(reconnection=False)
    said: list[Any] = []
    client.on("connect_error", said.append)
    with pytest.raises(socketio.exceptions.ConnectionError):
        await client.connect(site.url, transports=["websocket"], auth=auth)
    assert said[0]["data"]["code"] == "not-logged-in"
    assert site.count("omnilens_failed_handlers_total") == 0


def test_the_command_wants_to_know_what_a_token_is_for(tmp_path: Path) -> None:
    assert omnilens(tmp_path, "tokens", "create", "hallway")[0] == 2
    assert omnilens(tmp_path, "tokens", "create", "hallway", "--all", "--repo", "x")[0] == 2
    assert omnilens(tmp_path, "tokens", "list")[1].strip() == "There are no access tokens."


def test_without_a_login_there_is_nothing_to_come_in_by(server: LiveServer) -> None:
    assert server.post("workflow_run", run_payload()).status_code == 200
    answer = server.http.post("/auth/token", json={"token": "olt_x"}, headers={"origin": server.url})
    assert answer.json()["code"] == "invalid-access-token"
    assert server.get("/api/me")["user"]["operator"] is True
