"""A signed delivery that fails is answered as ever, kept, tried again, and in the end on the board."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from omnilens import upkeep
from omnilens.pipeline import failure, flow
from omnilens.pipeline.normalise import normalise
from support.payloads import ago, run_payload
from support.server import LiveServer
from support.waiting import eventually


@pytest.fixture
def database(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/db"


@pytest.fixture
def server(database: str) -> Iterator[LiveServer]:
    with LiveServer(database_url=database, repositories="octo-org/octo-repo") as live:
        yield live


def broken(*_: Any) -> None:
    raise RuntimeError("a bug")


def kept(server: LiveServer) -> int:
    count: int = server.get("/api/health")["failed_deliveries"]
    return count


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", "malformed-payload"),
        (b"\xff\x00", "malformed-payload"),
        (b"[" * 600_000, "malformed-payload"),
        (b'{"action":"completed"}', "incomplete-payload"),
    ],
)
def test_what_cannot_be_read_is_kept(server: LiveServer, body: bytes, code: str) -> None:
    for delivery_id in ("one", "two"):  # the same body again is the same delivery
        answer = server.post("workflow_run", body, delivery_id)
        assert (answer.status_code, answer.json()["code"]) == (400, code)
        assert kept(server) == 1
    assert server.count("omnilens_dead_letters") == 1
    assert server.count("omnilens_dead_letters_kept_total", code=code) == 2


def test_what_is_refused_on_purpose_is_not_kept(server: LiveServer) -> None:
    body = b"{"
    server.post("workflow_run", body, x_hub_signature_256="")
    server.post("workflow_run", body, x_hub_signature_256="sha256=" + "0" * 64)
    server.post("workflow_run", body, x_github_event="")
    server.post("Workflow Run!", body)
    server.post("star", body)
    server.post("workflow_run", body, content_type="text/plain")
    server.post("workflow_run", run_payload(updated_at=ago(4000)))
    server.post("workflow_run", {**run_payload(), "repository": {"full_name": "else/where"}})
    assert kept(server) == 0
    server.call(server.omnilens.drain())
    assert server.post("workflow_run", run_payload()).status_code == 503
    assert kept(server) == 0


def test_it_is_a_warning_and_the_server_stays_ready(server: LiveServer) -> None:
    assert {"name": "deliveries", "status": "ok", "detail": "none that failed is kept"} in server.get("/api/health")[
        "parts"
    ]
    server.post("workflow_run", b"{")
    health = server.get("/api/health")
    (part,) = [part for part in health["parts"] if part["name"] == "deliveries"]
    assert (health["status"], part["status"]) == ("degraded", "degraded")
    assert part["detail"].startswith("1 failed, the first at 2")
    assert 0 <= health["oldest_failed_delivery_seconds"] < 60
    assert server.http.get("/readyz").status_code == 200


def test_a_bug_of_ours_costs_no_delivery(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upkeep, "RETRY_EVERY", 0.02)
    monkeypatch.setattr(failure, "FIRST_WAIT", timedelta(0))
    payload = run_payload(id=7)
    with LiveServer(database_url=database, repositories="octo-org/octo-repo") as server:
        monkeypatch.setattr(flow, "normalise", broken)
        assert server.post("workflow_run", payload, "one").status_code == 500
        eventually(lambda: server.count("omnilens_dead_letters_retried_total", result="internal-error"))
        monkeypatch.setattr(flow, "normalise", normalise)
        eventually(lambda: server.runs("octo-repo"))
        eventually(lambda: kept(server) == 0)
        eventually(lambda: server.count("omnilens_dead_letters") == 0)
        again = server.post("workflow_run", payload, "one").json()  # sent again by hand, as well
        assert (again["duplicate"], again["seq"]) == (True, 1)
        assert server.count("omnilens_dead_letters_retried_total", result="taken") == 1


def test_what_was_sent_again_and_taken_meanwhile_does_no_harm(
    server: LiveServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    payload = run_payload()
    with monkeypatch.context() as patch:
        patch.setattr(flow, "normalise", broken)
        server.post("workflow_run", payload, "one")
    assert server.post("workflow_run", payload, "one").json()["duplicate"] is False
    letters = server.omnilens.storage.dead_letters
    assert letters
    server.call(letters.retry_due(server.omnilens.flow.take, datetime.now(UTC) + timedelta(minutes=1)))
    assert kept(server) == 0
    assert server.count("omnilens_dead_letters_retried_total", result="taken") == 1
    assert server.post("workflow_run", payload, "one").json()["seq"] == 1
    assert server.omnilens.journal.last_seq == 1


def test_the_secret_may_have_changed_when_it_is_tried_again(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(failure, "FIRST_WAIT", timedelta(0))
    with monkeypatch.context() as patch, LiveServer(database_url=database, repositories="octo-org/octo-repo") as server:
        patch.setattr(flow, "normalise", broken)
        assert server.post("workflow_run", run_payload(), "one").status_code == 500
    with LiveServer(database_url=database, repositories="octo-org/octo-repo", webhook_secrets=("another",)) as server:
        eventually(lambda: server.runs("octo-repo"))
        eventually(lambda: kept(server) == 0)


def test_a_database_that_cannot_be_written_does_not_change_the_answer(server: LiveServer, database: str) -> None:
    engine = create_engine(database)
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE dead_letters RENAME TO elsewhere"))
    answer = server.post("workflow_run", b"{")
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed-payload")
    assert server.count("omnilens_dead_letters_lost_total", reason="database") == 1
    health = server.get("/api/health")
    assert health["failed_deliveries"] is None
    assert {part["name"]: part["status"] for part in health["parts"]}["deliveries"] == "degraded"
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE elsewhere RENAME TO dead_letters"))
    engine.dispose()
    assert server.post("workflow_run", b"{").status_code == 400
    assert kept(server) == 1


def test_in_memory_nothing_is_kept_and_the_log_says_so(capfd: pytest.CaptureFixture[str]) -> None:
    with LiveServer() as server:
        assert server.post("workflow_run", b"{", "one").status_code == 400
        assert server.count("omnilens_dead_letters_lost_total", reason="memory") == 1
        assert server.get("/api/health")["failed_deliveries"] is None
    written = "".join(capfd.readouterr())
    (line,) = [line for line in written.splitlines() if "delivery.not_kept" in line]
    assert "OMNILENS_DATABASE_URL=memory" in line
