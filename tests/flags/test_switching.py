"""Live updates that are switched off and on: over real HTTP and sockets, on one server and on several."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from omnilens.flags.rules import includes
from omnilens.settings import Share
from support.named import BY_NAME, HEADER
from support.payloads import run_payload
from support.process import omnilens
from support.server import LiveServer
from support.sockets import Browser, connected
from support.waiting import eventually_async

pytestmark = pytest.mark.anyio

SLUG = "octo-repo"


def decide(server: LiveServer, live: str | None, repo: str | None = None, user: str = "ada", **said: Any) -> Any:
    """Have an operator decide. Returns the answer."""
    wish = {"live": live, "why": "We try it out.", **({"repo": repo} if repo else {}), **said}
    return server.http.put("/api/flags", json=wish, headers={"origin": server.url, HEADER: user})


def put_on_board(server: LiveServer, run_id: int = 1) -> None:
    assert server.post("workflow_run", run_payload(id=run_id)).status_code == 200


class Told:
    """What a browser is told of the switch."""

    def __init__(self, browser: Browser) -> None:
        self.events: list[tuple[str, Any]] = []
        for event in ("realtime-disabled", "realtime-enabled"):
            browser.client.on(event, lambda said, event=event: self.events.append((event, said)))

    async def of(self, count: int) -> list[tuple[str, Any]]:
        await eventually_async(lambda: len(self.events) >= count)
        return self.events


async def test_off_and_on_again_reaches_whoever_watches_and_nothing_is_missed(server: LiveServer) -> None:
    put_on_board(server)
    async with connected(server.url) as browser:
        told = Told(browser)
        subscribed = await browser.subscribe(SLUG)
        assert subscribed["ok"] is True
        answer = decide(server, "off", SLUG)
        assert (answer.status_code, answer.json()["repos"][SLUG]["live"]) == (200, "off")
        ((event, said),) = await told.of(1)
        assert (event, said["slug"], said["pollEvery"]) == ("realtime-disabled", SLUG, 10)
        assert said["reason"] == ("An operator has switched live updates off for this repository: We try it out.")

        put_on_board(server, 2)
        await browser.flushed()
        assert browser.received == []
        refused = await browser.subscribe({"slug": SLUG, "since": subscribed["seq"], "epoch": subscribed["epoch"]})
        assert (refused["ok"], refused["code"], refused["pollEvery"]) == (False, "realtime-disabled", 10)

        assert decide(server, None, SLUG).json()["repos"] == {}
        assert (await told.of(2))[1] == ("realtime-enabled", {"slug": SLUG})
        resumed = await browser.subscribe({"slug": SLUG, "since": subscribed["seq"], "epoch": subscribed["epoch"]})
        assert [update["workflowId"] for update in resumed["updates"]] == [2]
        put_on_board(server, 3)
        assert [update["workflowId"] for update in await browser.updates(1)] == [3]
    assert server.omnilens.metrics.value("omnilens_realtime_switched_total") == 2


async def test_whoever_watches_something_else_notices_nothing(server: LiveServer) -> None:
    put_on_board(server)
    other = {**run_payload(id=9), "repository": {"full_name": "octo-org/other"}}
    assert server.post("workflow_run", other).status_code == 200
    async with connected(server.url) as browser:
        told = Told(browser)
        assert (await browser.subscribe("other"))["ok"] is True
        decide(server, "off", SLUG)
        server.post("workflow_run", {**other, "workflow_run": {**other["workflow_run"], "id": 10}})
        await browser.updates(1)
        assert told.events == []
        assert (await browser.subscribe(SLUG))["code"] == "realtime-disabled"
        await browser.call("unsubscribe-repo", SLUG)
        decide(server, "on", SLUG)
        await browser.flushed()
        assert told.events == []  # it does not wait for it any more


async def test_a_share_is_the_same_users_everywhere() -> None:
    half = Share.of("50%")
    names = [f"user{number}" for number in range(12)]
    with LiveServer(repositories="octo-org/octo-repo,octo-org/other", operators="ada", **BY_NAME) as server:
        put_on_board(server)
        assert decide(server, "50%").status_code == 200
        for name in names:
            async with connected(server.url, headers={HEADER: name}) as browser:
                got = [(await browser.subscribe(slug))["ok"] for slug in (SLUG, "other")]
                (connection,) = server.omnilens.sockets.connections
            await eventually_async(lambda: not server.omnilens.sockets.connections)
            assert got == [includes(half, connection.data.key)] * 2


async def test_the_command_line_reaches_a_running_server_within_a_second(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/db"

    async def flags(*arguments: str) -> tuple[int, str]:
        settings = {"OMNILENS_DATABASE_URL": url, "GITHUB_WEBHOOK_SECRET": "secret"}
        done = await asyncio.to_thread(omnilens, "flags", *arguments, **settings)
        return done.returncode, done.stdout

    with LiveServer(repositories="octo-org/octo-repo", database_url=url, data_dir=tmp_path) as server:
        put_on_board(server)
        async with connected(server.url) as browser:
            told = Told(browser)
            await browser.subscribe(SLUG)
            assert (await flags("set", "off", "--why", "It is slow."))[0] == 0
            await told.of(1)
            listed = json.loads((await flags("list", "--json"))[1])
            assert (listed["settings"], listed["decided"]["*"]["live"]) == ("on", "off")
            assert (await flags("reset", "--why", "It is fast."))[0] == 0
            assert (await told.of(2))[1][0] == "realtime-enabled"
            assert [
                (each["live"], each["by"], each["why"]) for each in json.loads((await flags("log", "--json"))[1])
            ] == [
                (None, "command line", "It is fast."),
                ("off", "command line", "It is slow."),
            ]
        assert "It is fast." in (await flags("log"))[1]
        assert (await flags("set", "sometimes", "--why", "x"))[0] == 2


def test_only_operators_decide_and_see_who_did() -> None:
    with LiveServer(repositories="octo-org/octo-repo", operators="ada", **BY_NAME) as server:
        refused = decide(server, "off", user="bob")
        assert (refused.status_code, refused.json()["code"]) == (403, "operators-only")
        assert decide(server, "off").status_code == 200
        seen = {user: server.http.get("/api/flags", headers={HEADER: user}).json() for user in ("ada", "bob")}
        assert (seen["ada"]["everywhere"]["by"], seen["bob"]["everywhere"]["by"]) == ("ada", None)
        assert seen["bob"]["changes"] is None
        (change,) = seen["ada"]["changes"]
        assert (change["by"], change["live"], change["repo"], change["why"]) == ("ada", "off", None, "We try it out.")
        elsewhere = server.http.put(
            "/api/flags", json={"live": "on", "why": "x"}, headers={"origin": "https://evil.example", HEADER: "ada"}
        )
        assert elsewhere.json()["code"] == "forbidden-origin"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"live": "sometimes"}, "invalid-parameter"),
        ({"live": "off", "why": " "}, "invalid-parameter"),
        ({"live": "off", "repo": "nowhere"}, "repository-not-found"),
        ({"live": "off", "else": 1}, "invalid-parameter"),
    ],
)
def test_what_cannot_be_decided(server: LiveServer, said: dict[str, Any], code: str) -> None:
    put_on_board(server)
    answer = decide(server, **said)
    assert answer.json()["code"] == code
    assert server.http.get("/api/flags").json()["changes"] == []


async def test_the_settings_switch_it_off_from_the_start() -> None:
    with LiveServer(realtime="off") as server:
        put_on_board(server)
        async with connected(server.url) as browser:
            assert (await browser.subscribe(SLUG))["code"] == "realtime-disabled"
        assert server.http.get("/api/flags").json()["live"] == "off"
