"""Servers that share a database: an alert says which of them it is about, and their operators hear of it on any."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from omnilens.oncall import elsewhere, reports
from omnilens.operations.alerts import watch
from support.payloads import run_payload
from support.postgres import Postgres
from support.process import free_port, served
from support.server import LiveServer
from support.sockets import Browser, connected
from support.waiting import eventually, eventually_async

pytestmark = pytest.mark.anyio

FORGED = {"user_agent": "GitHub-Hookshot/1", "x_hub_signature_256": "sha256=00"}


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    url: str = f"sqlite:///{tmp_path}/db"
    return request.getfixturevalue("postgres").database() if request.param == "postgresql" else url


@pytest.fixture
def two(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[LiveServer]]:
    for module, name in ((watch, "EVERY"), (reports, "COUNT_EVERY"), (elsewhere, "LOOK_EVERY")):
        monkeypatch.setattr(module, name, 0.02)
    shared = {"database_url": database, "data_dir": tmp_path, "alerts": "rollback-reports=1"}
    with ExitStack() as running:
        names = ("one", "two")
        yield [running.enter_context(LiveServer(server_name=name, **shared)) for name in names]


async def listening(browser: Browser) -> list[Any]:
    told: list[Any] = []
    browser.client.on("alert", told.append)
    assert (await browser.call("watch-operations", {}))["ok"] is True
    return told


def report(server: LiveServer) -> None:
    headers = {"origin": server.url, "x-forwarded-for": "10.0.0.1"}
    assert server.http.post("/api/reports", json={"said": "slow"}, headers=headers).status_code == 204


async def test_what_all_measure_is_told_once_and_acted_upon_once(two: list[LiveServer]) -> None:
    async with connected(two[0].url) as here, connected(two[1].url) as there:
        heard = [await listening(here), await listening(there)]
        problems: list[Any] = []
        there.client.on("operations-changed", problems.append)
        await there.call("watch-operations", {"figures": True})
        for server in two:  # each counts one of its own users
            await asyncio.to_thread(report, server)
        await eventually_async(lambda: all(heard))
        await eventually_async(lambda: {"what": "problems"} in problems)
        for server in two:
            firing = lambda server=server: server.count("omnilens_alert", name="rollback-reports")  # noqa: E731
            await eventually_async(firing)
        await eventually_async(lambda: (two[1].get("/api/flags")["everywhere"] or {}).get("live") == "off")
        log = two[0].get("/api/alerts")["log"]
        assert [(each["name"], each["turn"], each["outcome"]) for each in log] == [
            ("rollback-reports", "fired", "switched-off")
        ]
        await asyncio.gather(here.flushed(), there.flushed())
        assert [[(said["alert"]["name"], said["alert"]["server"]) for said in told] for told in heard] == [
            [("rollback-reports", None)]
        ] * 2
        assert len(two[0].get("/api/flags")["changes"]) == 1
        assert sum(server.count("omnilens_rollbacks_total", outcome="switched-off") for server in two) == 1


async def test_what_one_measures_says_which(two: list[LiveServer]) -> None:
    async with connected(two[0].url) as here, connected(two[1].url) as there:
        heard = [await listening(here), await listening(there)]
        await asyncio.to_thread(two[0].post, "workflow_run", run_payload(id=1), **FORGED)
        await eventually_async(lambda: all(heard))
        for (said,) in heard:
            assert (said["turn"], said["alert"]["name"], said["alert"]["server"]) == (
                "fired",
                "invalid-signatures",
                "one",
            )
        assert {key: heard[1][0]["alert"][key] for key in ("title", "to_do", "level")} == {
            key: heard[0][0]["alert"][key] for key in ("title", "to_do", "level")
        }
        answer = two[1].get("/api/alerts")
        assert (answer["server"], [each["server"] for each in answer["log"]]) == ("two", ["one"])
        assert all(alert["state"] == "quiet" for alert in answer["alerts"])  # there, nothing is wrong


async def test_another_process_tells_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "EVERY", 0.02)
    url = f"sqlite:///{tmp_path}/db"
    there = served(free_port(), tmp_path, OMNILENS_REPOSITORIES="*/*", OMNILENS_DATABASE_URL=url)
    with there as process, LiveServer(server_name="one", database_url=url, data_dir=tmp_path) as here:
        async with connected(process.url) as browser:
            told = await listening(browser)
            await asyncio.to_thread(here.post, "workflow_run", run_payload(id=1), **FORGED)
            await eventually_async(lambda: told)
            assert (told[0]["alert"]["name"], told[0]["alert"]["server"]) == ("invalid-signatures", "one")


def test_how_everything_is_can_be_asked_while_the_database_is_away(postgres: Postgres) -> None:
    with LiveServer(database_url=postgres.database()) as server:
        names = {alert["name"] for alert in server.get("/api/alerts")["alerts"]}
        postgres.stop()
        try:
            answer = server.get("/api/alerts")
            assert ({alert["name"] for alert in answer["alerts"]}, answer["log"]) == (names, None)
            parts = {part["name"]: part["status"] for part in server.get("/api/health")["parts"]}
            assert (parts["database"], parts["deliveries"], parts["alerts"]) == ("degraded", "degraded", "ok")
        finally:
            postgres.start()
        assert eventually(lambda: server.get("/api/alerts")["log"] == [])
