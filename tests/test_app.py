"""The whole server as it is put together."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from typing import Any

import pytest

from omnilens import following, upkeep
from support.payloads import run_payload
from support.server import LiveServer
from support.waiting import eventually


class Failing:
    """Fails with a bug of ours at first, and does its work from then on."""

    def __init__(self, work: Any, times: int) -> None:
        self._work = work
        self._times = times

    def __call__(self, *given: Any) -> Any:
        self._times -= 1
        if self._times >= 0:
            raise RuntimeError("a bug of ours")
        return self._work(*given)


def test_what_is_older_than_the_retention_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upkeep, "TIDY_EVERY", 0.02)
    with LiveServer(event_retention=timedelta(seconds=2)) as server:
        payload = run_payload(updated_at=None)
        assert server.post("workflow_run", payload, "one").json()["duplicate"] is False
        assert server.post("workflow_run", payload, "one").json()["duplicate"] is True
        # Clients that saw nothing of it can no longer be told, and the same delivery would be a new one.
        eventually(lambda: server.omnilens.store.since("octo-repo", 0) is None)
        eventually(lambda: server.post("workflow_run", payload, "one").json()["duplicate"] is False)
        assert [run["id"] for run in server.runs("octo-repo")] == [1]


def test_a_server_that_stops_takes_no_more(server: LiveServer) -> None:
    assert server.http.get("/readyz").status_code == 200
    server.call(server.omnilens.drain())
    assert server.http.get("/readyz").status_code == 503
    refused = server.post("workflow_run", run_payload())
    assert (refused.status_code, refused.json()["code"]) == (503, "draining")
    assert server.get("/api/health")["status"] == "degraded"


def test_no_bug_stops_the_board(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "AGAIN_AFTER", 0.01)
    with LiveServer() as server:
        omnilens = server.omnilens
        audience = omnilens.flow._audience
        monkeypatch.setattr(audience, "ready", Failing(audience.ready, 1))
        monkeypatch.setattr(omnilens.storage, "past", Failing(omnilens.storage.past, 3))
        for number in (1, 2, 3):
            assert server.post("workflow_run", run_payload(id=number)).status_code == 200
            eventually(lambda number=number: number in {run["id"] for run in server.runs("octo-repo")})  # type: ignore[misc]


def test_what_cannot_be_tidied_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upkeep, "TIDY_EVERY", 0.02)
    with LiveServer(event_retention=timedelta(seconds=1)) as server:
        storage = server.omnilens.storage
        monkeypatch.setattr(storage, "archive", Failing(storage.archive, 3))
        payload = run_payload(updated_at=None)
        assert server.post("workflow_run", payload, "one").json()["duplicate"] is False
        eventually(lambda: server.post("workflow_run", payload, "one").json()["duplicate"] is False)


def test_what_nobody_needs_yet_is_not_loaded() -> None:
    # What asks GitHub and pushes to browsers takes a fifth of the memory of a server.
    started = """
import sys, omnilens.serve
from omnilens.app import OmniLens
from omnilens.settings import load
OmniLens(load())
print(sorted({"httpx2", "joserfc", "cryptography", "pywebpush", "redis", "alembic"} & sys.modules.keys()))
"""
    env = os.environ | {
        "GITHUB_WEBHOOK_SECRET": "s" * 32,
        "OMNILENS_REPOSITORIES": "a/b",
        "OMNILENS_DATABASE_URL": "memory",
    }
    done = subprocess.run([sys.executable, "-c", started], capture_output=True, text=True, check=True, env=env)
    assert done.stdout.strip() == "[]"
