"""Subscriptions over a real socket: who listens gets everything, exactly once, and nobody else anything."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import socketio

from omnilens.realtime import replay, rooms
from support.payloads import job_payload, run_payload
from support.server import LiveServer
from support.sockets import Browser, connected
from support.waiting import eventually_async

pytestmark = pytest.mark.anyio


@pytest.fixture
async def browser(server: LiveServer) -> AsyncIterator[Browser]:
    async with connected(server.url) as browser:
        yield browser


def put_on_board(server: LiveServer, *slugs: str) -> None:
    for number, slug in enumerate(slugs):
        payload = {**run_payload(id=9000 + number), "repository": {"full_name": f"octo-org/{slug}"}}
        assert server.post("workflow_run", payload).status_code == 200


async def test_an_update_has_the_fields_of_the_contract(server: LiveServer, browser: Browser) -> None:
    put_on_board(server, "octo-repo")
    assert (await browser.subscribe("octo-repo"))["ok"] is True
    server.post("workflow_run", run_payload(id=5, name="Build", conclusion="failure"))
    (update,) = await browser.updates(1)
    assert {
        name: update[name] for name in ("type", "repoSlug", "workflowId", "workflowName", "status", "conclusion")
    } == {
        "type": "workflow_failed",
        "repoSlug": "octo-repo",
        "workflowId": 5,
        "workflowName": "Build",
        "status": "completed",
        "conclusion": "failure",
    }
    assert update["timestamp"].endswith("Z")
    assert (update["seq"], update["prev"]) == (2, 1)
    run = update["runData"]
    assert (run["id"], run["name"], run["status"], run["conclusion"]) == (5, "Build", "completed", "failure")
    assert run["html_url"] == "https://github.com/octo-org/octo-repo/actions/runs/5"
    assert run["run_started_at"] < run["updated_at"]


async def test_jobs_come_with_their_steps(server: LiveServer, browser: Browser) -> None:
    put_on_board(server, "octo-repo")
    assert (await browser.subscribe("octo-repo"))["ok"]
    step = {"number": 1, "name": "Run tests", "status": "in_progress", "started_at": "2026-11-22T17:00:00Z"}
    server.post("workflow_job", job_payload("in_progress", run_id=5, steps=[step]))
    (update,) = await browser.updates(1)
    assert (update["type"], update["workflowId"], update["runData"]["status"]) == ("job_started", 5, "in_progress")
    assert update["jobData"]["steps"][0]["name"] == "Run tests"


async def test_a_slug_alone_is_a_fresh_subscription(server: LiveServer, browser: Browser) -> None:
    put_on_board(server, "octo-repo")
    answer = await browser.subscribe("octo-repo")
    epoch = server.get("/api/repos")["epoch"]
    assert answer == {"ok": True, "slug": "octo-repo", "seq": 1, "epoch": epoch, "updates": []}
    assert await browser.subscribe("OCTO-REPO") == answer  # and again, which changes nothing
    server.post("workflow_run", run_payload(id=5))
    await browser.updates(1)
    await browser.flushed()
    assert len(browser.received) == 1


async def test_what_was_missed_is_told_in_order(server: LiveServer, browser: Browser) -> None:
    put_on_board(server, "octo-repo")
    at = server.get("/api/repos/octo-repo/runs")
    for number in range(1, 4):
        server.post("workflow_run", run_payload(id=number))
    server.post("workflow_job", job_payload("queued", run_id=3))
    answer = await browser.subscribe({"slug": "octo-repo", "since": at["seq"], "epoch": at["epoch"]})
    assert [update["workflowId"] for update in answer["updates"]] == [1, 2, 3, 3]
    assert [update["seq"] for update in answer["updates"]] == [2, 3, 4, 5]
    assert [update["prev"] for update in answer["updates"]] == [1, 2, 3, 4]
    assert answer["updates"][-1]["type"] == "job_queued"
    assert answer["seq"] == 5


@pytest.mark.parametrize(
    "place", [{"since": 1, "epoch": "another"}, {"since": 99}, {"since": 1}, {"since": 99, "epoch": "same"}]
)
async def test_a_place_that_is_not_known_means_to_begin_anew(
    server: LiveServer, browser: Browser, place: dict[str, Any]
) -> None:
    put_on_board(server, "octo-repo")
    epoch = server.get("/api/repos")["epoch"]
    if place.get("epoch") == "same":
        place = {**place, "epoch": epoch}
    answer = await browser.subscribe({"slug": "octo-repo", **place})
    assert answer == {"ok": True, "slug": "octo-repo", "seq": 1, "epoch": epoch, "reset": True}


async def test_who_missed_too_much_is_served_faster_by_a_snapshot(
    server: LiveServer, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replay, "MAX_UPDATES", 2)
    for number in range(1, 5):
        server.post("workflow_run", run_payload(id=number))
    epoch = server.get("/api/repos")["epoch"]
    assert "reset" in await browser.subscribe({"slug": "octo-repo", "since": 1, "epoch": epoch})
    assert len((await browser.subscribe({"slug": "octo-repo", "since": 2, "epoch": epoch}))["updates"]) == 2


async def test_nothing_comes_before_subscribing_nor_after_leaving(server: LiveServer, browser: Browser) -> None:
    put_on_board(server, "octo-repo", "other")
    assert (await browser.subscribe("other"))["ok"]
    server.post("workflow_run", run_payload(id=5))
    await browser.flushed()
    assert browser.received == []
    assert (await browser.subscribe("octo-repo"))["ok"]
    assert await browser.call("unsubscribe-repo", "octo-repo") == {"ok": True, "slug": "octo-repo"}
    server.post("workflow_run", run_payload(id=6))
    await browser.flushed()
    assert browser.received == []


@pytest.mark.parametrize(
    "wanted", [None, 5, [], {}, {"slug": 5}, {"slug": "a", "since": -1}, {"slug": "a", "since": "1"}, "x" * 10_000]
)
async def test_what_is_no_subscription_is_refused(browser: Browser, wanted: Any) -> None:
    answer = await browser.subscribe(wanted)
    assert (answer["ok"], answer["code"]) == (False, "invalid-parameter")


async def test_unknown_repositories_are_refused(browser: Browser) -> None:
    for wanted in ("nothing", "repo:octo-repo", "../x", browser.client.get_sid() or ""):
        answer = await browser.subscribe(wanted)
        assert (answer["ok"], answer["code"]) == (False, "repository-not-found")
    assert (await browser.call("unsubscribe-repo", "nothing"))["code"] == "repository-not-found"


async def test_one_connection_cannot_watch_everything(
    server: LiveServer, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rooms, "MAX_SUBSCRIPTIONS", 2)
    put_on_board(server, "a", "b", "c")
    assert (await browser.subscribe("a"))["ok"]
    assert (await browser.subscribe("b"))["ok"]
    assert (await browser.subscribe("b"))["ok"]
    assert (await browser.subscribe("c"))["code"] == "too-many-subscriptions"
    await browser.call("unsubscribe-repo", "a")
    assert (await browser.subscribe("c"))["ok"]


async def test_who_is_gone_is_forgotten(server: LiveServer) -> None:
    put_on_board(server, "octo-repo")
    async with connected(server.url) as browser:
        assert (await browser.subscribe("octo-repo"))["ok"]
        assert server.omnilens.sockets.room_size("repo:octo-repo") == 1
    await eventually_async(lambda: server.omnilens.sockets.room_size("repo:octo-repo") == 0)


async def test_clients_are_told_before_the_server_goes(server: LiveServer) -> None:
    told: list[Any] = []
    client = socketio.AsyncClient(reconnection=False)
    client.on("server-draining", told.append)
    await client.connect(server.url, transports=["websocket"])
    server.stop()
    await client.wait()
    assert told == [{}]
    await client.disconnect()
