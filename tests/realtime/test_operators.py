"""Operators are told live: alerts in every page, figures where they look at them; and nobody else is."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from omnilens.operations.alerts import watch
from support.named import BY_NAME, HEADER
from support.payloads import run_payload
from support.server import LiveServer
from support.sockets import Browser, connected
from support.waiting import eventually_async

pytestmark = pytest.mark.anyio


@pytest.fixture
def board(monkeypatch: pytest.MonkeyPatch) -> Iterator[LiveServer]:
    monkeypatch.setattr(watch, "EVERY", 0.02)
    settings = {"operators": "ada", "alerts": "invalid-signatures=0", **BY_NAME}
    with LiveServer(repositories="octo-org/octo-repo", rollback="off", **settings) as server:
        yield server


def heard(browser: Browser, event: str) -> list[Any]:
    told: list[Any] = []
    browser.client.on(event, told.append)
    return told


async def test_an_alert_is_told_to_operators_at_once_and_to_nobody_else(board: LiveServer) -> None:
    async with (
        connected(board.url, headers={HEADER: "ada"}) as operator,
        connected(board.url, headers={HEADER: "bob"}) as other,
    ):
        told, figures, not_told = heard(operator, "alert"), heard(operator, "operations"), heard(other, "alert")
        watching = await operator.call("watch-operations", {})
        assert watching["ok"] is True
        assert {alert["state"] for alert in watching["alerts"]} == {"quiet"}
        assert {alert["server"] for alert in watching["alerts"]} == {watching["server"], None}
        assert (await other.call("watch-operations", {}))["code"] == "operators-only"
        assert (await operator.call("watch-operations", {"figure": True}))["code"] == "invalid-parameter"
        forged = {"user_agent": "GitHub-Hookshot/1", "x_hub_signature_256": "sha256=00"}
        await asyncio.to_thread(board.post, "workflow_run", run_payload(id=1), **forged)
        await eventually_async(lambda: told)
        (said,) = told
        assert (said["turn"], said["alert"]["name"], said["alert"]["value"]) == ("fired", "invalid-signatures", 1)
        await other.flushed()
        assert (not_told, figures) == ([], [])


async def test_figures_come_while_somebody_looks_at_them(board: LiveServer) -> None:
    async with connected(board.url, headers={HEADER: "ada"}) as operator:
        figures, changed = heard(operator, "operations"), heard(operator, "operations-changed")
        await operator.call("watch-operations", {"figures": True})
        await eventually_async(lambda: len(figures) >= 2)
        assert {alert["name"] for alert in figures[0]["alerts"]} >= {"latency", "rollback-errors"}
        headers = {"origin": board.url, HEADER: "ada"}
        wish = {"live": "50%", "why": "step by step", "repo": "octo-repo"}
        await asyncio.to_thread(board.http.put, "/api/flags", json=wish, headers=headers)
        await eventually_async(lambda: {"what": "flags"} in changed)
        await asyncio.to_thread(board.http.post, "/api/reports", json={"said": "slow"}, headers=headers)
        await eventually_async(lambda: {"what": "problems"} in changed)
        await operator.call("watch-operations", {})
        await operator.flushed()
        count = len(figures)
        looks = board.omnilens.oncall.alerts.history.times
        await eventually_async(lambda: board.omnilens.metrics.value("omnilens_watching") == 1)
        await operator.flushed()
        assert len(figures) == count
    history = board.http.get("/api/operations/history", headers={HEADER: "ada"}).json()
    assert history["times"] == looks
    by_name = {each["name"]: each for each in history["series"]}
    assert (by_name["latency"]["threshold"], by_name["latency"]["wrong_below"]) == (2, False)
    assert (by_name["webhook-success"]["threshold"], by_name["webhook-success"]["wrong_below"]) == (99, True)
    assert all(len(each["points"]) == len(history["times"]) for each in history["series"])
    assert board.http.get("/api/operations/history", headers={HEADER: "bob"}).json()["code"] == "operators-only"


async def test_the_numbers_are_there_for_programs(board: LiveServer) -> None:
    async with connected(board.url, headers={HEADER: "ada"}) as browser:
        await browser.subscribe("octo-repo")
        for _ in range(10):
            wrong = {"authorization": "Bearer olt_wrong"}
            await asyncio.to_thread(board.http.get, "/api/repos", headers=wrong)
        await eventually_async(lambda: board.omnilens.metrics.value("omnilens_watched_seconds_total") > 0)
        await eventually_async(lambda: board.omnilens.metrics.value("omnilens_suspicious_addresses") == 1)
        answer = await asyncio.to_thread(board.http.get, "/api/metrics", headers={HEADER: "ada"})
    numbers = answer.json()
    assert numbers["watching"] == 1
    assert numbers["suspiciousAddresses"] == 1
    assert numbers["timeOnDashboard"] > 0
    assert numbers["cpuSeconds"] > 0
    assert numbers["memoryBytes"] > 10_000_000
    assert numbers["browserLatency"] is None
