"""Logs of the real command: a delivery can be followed by its id, and secrets cannot be found."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx2

from support.payloads import run_payload
from support.process import Served, free_port, served
from support.server import SECRET
from support.waiting import eventually


def lines(log: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]


def test_a_delivery_keeps_its_id_from_webhook_to_broadcast(tmp_path: Path) -> None:
    with served(free_port(), tmp_path, OMNILENS_REPOSITORIES="octo-org/octo-repo") as server:
        server.post("workflow_run", run_payload(id=7), "the-delivery")
        unmapped = {**run_payload(id=8), "repository": {"full_name": "who/ever"}}
        for _ in range(3):
            unmapped["workflow_run"] = {**unmapped["workflow_run"], "id": unmapped["workflow_run"]["id"] + 1}
            server.post("workflow_run", unmapped)
        forged = [(b"x-github-event", b"\xe9vil"), (b"content-type", b"application/json")]
        httpx2.post(f"{server.url}/api/webhooks/github", content=b"{}", headers=forged, trust_env=False)
    said = lines(server.log)
    mine = {line["event"]: line for line in said if line.get("delivery") == "the-delivery"}
    assert set(mine) == {"delivery.accepted", "update.delivered"}
    assert (mine["update.delivered"]["run"], mine["update.delivered"]["seq"]) == (7, mine["delivery.accepted"]["seq"])
    assert [line["repository"] for line in said if line["event"] == "repository.unmapped"] == ["who/ever"]
    assert [line["code"] for line in said if line["event"] == "delivery.refused"] == ["missing-signature"]
    text = server.log.read_text(encoding="utf-8")
    assert SECRET not in text
    assert "sha256=" not in text


def test_a_log_that_cannot_be_written_costs_nothing_else(tmp_path: Path) -> None:
    places = {"OMNILENS_DATA_DIR": str(tmp_path), "OMNILENS_REPOSITORIES": "octo-org/octo-repo"}
    server = Served(free_port(), Path("/dev/full"), before=None, **places)
    try:
        eventually(server.answers)
        for number in range(3):
            server.post("workflow_run", run_payload(id=number))
        listed = httpx2.get(f"{server.url}/api/repos/octo-repo/runs", trust_env=False).json()
        assert listed["seq"] == 3
    finally:
        server.kill()
