"""Going back by itself: what follows from a trigger, and that everybody who watches follows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from omnilens.errors import StorageUnavailable
from omnilens.flags import EVERYWHERE, Rule, Rules
from omnilens.oncall import reports, rollback
from omnilens.oncall.rollback import decided
from omnilens.operations.alerts import watch
from omnilens.settings import EVERYBODY, NOBODY, Share
from support.changes import at
from support.named import BY_NAME, HEADER
from support.payloads import run_payload
from support.server import LiveServer
from support.sockets import connected
from support.waiting import eventually, eventually_async

pytestmark = pytest.mark.anyio

COOLDOWN = timedelta(minutes=30)


def rule(share: Share, by: str, minute: int) -> Rule:
    return Rule(share, "because", by, at(60 * minute))


@pytest.mark.parametrize(
    ("mode", "everywhere", "default", "outcome"),
    [
        ("auto", None, EVERYBODY, "switched-off"),
        ("auto", None, Share.of("25%"), "switched-off"),
        ("dry-run", None, EVERYBODY, "dry-run"),
        ("auto", None, NOBODY, "off-already"),
        ("dry-run", rule(NOBODY, "rollback", 10), EVERYBODY, "off-already"),
        ("auto", rule(NOBODY, "ada", 10), EVERYBODY, "off-already"),
        ("auto", rule(EVERYBODY, "ada", 31), EVERYBODY, "cooling-down"),
        ("auto", rule(EVERYBODY, "command line", 30), NOBODY, "switched-off"),
        ("dry-run", rule(EVERYBODY, "ada", 5), NOBODY, "dry-run"),
    ],
)
def test_what_follows(mode: Any, everywhere: Rule | None, default: Share, outcome: str) -> None:
    by_hand_at = everywhere.at if everywhere and everywhere.by != "rollback" else None
    rules = Rules(default, {EVERYWHERE: everywhere} if everywhere else {}, by_hand_at)
    assert decided(mode, rules, COOLDOWN, at(3600)) == outcome


def test_taking_back_a_rollback_is_a_decision_by_hand_too() -> None:
    assert decided("auto", Rules(by_hand_at=at(60 * 31)), COOLDOWN, at(3600)) == "cooling-down"
    assert decided("auto", Rules(by_hand_at=at(60 * 30)), COOLDOWN, at(3600)) == "switched-off"


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "EVERY", 0.02)
    monkeypatch.setattr(reports, "COUNT_EVERY", 0.02)
    monkeypatch.setattr(rollback, "AGAIN_AFTER", 0.02)


@pytest.fixture
def board(often: None) -> Iterator[LiveServer]:
    settings = {"operators": "ada", "alerts": "rollback-reports=1", **BY_NAME}
    with LiveServer(repositories="octo-org/octo-repo", **settings) as server:
        server.post("workflow_run", run_payload(id=1))
        yield server


def report(server: LiveServer, user: str, **said: Any) -> int:
    headers = {"origin": server.url, HEADER: user}
    return server.http.post("/api/reports", json={"said": "It stands still.", **said}, headers=headers).status_code


def asked(server: LiveServer, path: str, user: str = "ada") -> Any:
    return server.http.get(path, headers={HEADER: user}).json()


async def test_what_people_report_switches_live_updates_off_and_a_person_switches_them_on(board: LiveServer) -> None:
    async with connected(board.url, headers={HEADER: "bob"}) as browser:
        told: list[tuple[str, Any]] = []
        browser.client.on("realtime-disabled", lambda said: told.append(("off", said["reason"])))
        browser.client.on("realtime-enabled", lambda said: told.append(("on", said["slug"])))
        assert (await browser.subscribe("octo-repo"))["ok"] is True
        assert [report(board, "bob", repo="octo-repo"), report(board, "bob")] == [204, 204]  # who counts once
        assert report(board, "cyd") == 204
        await eventually_async(lambda: told)
        why = "Many people report a problem: 2 in an hour, and 1 is too much."
        assert told == [("off", f"Live updates were switched off by themselves: {why}")]
        wish = {"live": None, "why": "It was the proxy."}
        assert board.http.put("/api/flags", json=wish, headers={"origin": board.url, HEADER: "ada"}).status_code == 200
        await eventually_async(lambda: len(told) == 2)
    assert board.omnilens.flags.rules.by_hand_at is not None  # so that the cool-down has begun
    said = asked(board, "/api/alerts")
    assert said["rollback"] == "auto"
    (fired,) = said["log"]
    assert (fired["name"], fired["turn"], fired["outcome"]) == ("rollback-reports", "fired", "switched-off")
    assert (fired["value"], fired["threshold"]) == (2, 1)
    changes = asked(board, "/api/flags")["changes"]
    assert [(change["by"], change["live"]) for change in changes] == [("ada", None), ("rollback", "off")]
    assert board.omnilens.metrics.value("omnilens_rollbacks_total") == 1


def test_a_dry_run_only_says_so(often: None) -> None:
    settings = {"rollback": "dry-run", "alerts": "rollback-reports=0", **BY_NAME}
    with LiveServer(repositories="octo-org/octo-repo", operators="ada", **settings) as server:
        assert report(server, "bob") == 204
        (fired,) = eventually(lambda: [each for each in asked(server, "/api/alerts")["log"] if each["outcome"]])
        assert fired["outcome"] == "dry-run"
        assert asked(server, "/api/flags")["everywhere"] is None


def test_a_report_says_what_is_wrong_and_not_who_is_there(board: LiveServer) -> None:
    page = {"phase": "failed", "cause": "The server has stopped answering.", "latency": 12.5, "seq": 7, "epoch": "e1"}
    assert report(board, "bob", said="It <b>stands</b>\u202e still", repo="octo-repo", page=page) == 204
    (found,) = asked(board, "/api/reports")["problems"]
    assert (found["said"], found["repo"]) == ("It stands still", "octo-repo")
    assert found["page"].items() >= page.items()
    assert "bob" not in str(found)
    assert asked(board, "/api/reports", "bob")["code"] == "operators-only"


def test_what_is_no_report(board: LiveServer) -> None:
    assert report(board, "bob", said="x" * 501) == 400
    assert report(board, "bob", page={"who": "bob"}) == 400
    assert report(board, "bob", repo="nowhere") == 404
    assert [report(board, "bob") for _ in range(6)] == [204] * 5 + [429]
    elsewhere = board.http.post("/api/reports", json={}, headers={"origin": "https://evil.example", HEADER: "bob"})
    assert elsewhere.status_code == 403


def test_what_could_not_be_written_is_done_when_it_can_be(board: LiveServer, monkeypatch: pytest.MonkeyPatch) -> None:
    away = 3
    change = board.omnilens.flags.change

    async def change_later(*args: Any) -> None:
        nonlocal away
        away -= 1
        if away > 0:
            raise StorageUnavailable("no answer") if away == 2 else RuntimeError("a bug")
        await change(*args)

    monkeypatch.setattr(board.omnilens.flags, "change", change_later)
    assert [report(board, user) for user in ("ada", "bob")] == [204, 204]
    eventually(lambda: asked(board, "/api/flags")["changes"])
    assert away == 0
    (fired,) = eventually(
        lambda: [each for each in asked(board, "/api/alerts")["log"] if each["outcome"] == "switched-off"]
    )
    assert fired["name"] == "rollback-reports"
    assert board.omnilens.metrics.value("omnilens_rollbacks_total") == 2  # that it failed, and that it was done
