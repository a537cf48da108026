"""The whole server as it is put together."""

from __future__ import annotations

from datetime import timedelta

import pytest

from omnilens import app
from support.payloads import run_payload
from support.server import LiveServer
from support.waiting import eventually


def test_what_is_older_than_the_retention_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "TIDY_EVERY", 0.02)
    with LiveServer(event_retention=timedelta(seconds=2)) as server:
        payload = run_payload(updated_at=None)
        assert server.post("workflow_run", payload, "one").json()["duplicate"] is False
        assert server.post("workflow_run", payload, "one").json()["duplicate"] is True
        # Clients that saw nothing of it can no longer be told, and the same delivery would be a new one.
        eventually(lambda: server.omnilens.store.since("octo-repo", 0) is None)
        assert server.post("workflow_run", payload, "one").json()["duplicate"] is False
        assert [run["id"] for run in server.runs("octo-repo")] == [1]


def test_a_server_that_stops_takes_no_more(server: LiveServer) -> None:
    assert server.http.get("/readyz").status_code == 200
    server.call(server.omnilens.drain())
    assert server.http.get("/readyz").status_code == 503
    refused = server.post("workflow_run", run_payload())
    assert (refused.status_code, refused.json()["code"]) == (503, "draining")
    assert server.get("/api/health")["status"] == "degraded"
