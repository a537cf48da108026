"""``omnilens watch`` as a process beside a real server: live, over a lost link and a restart, until a run is done."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from support.github import FakeGitHub
from support.payloads import ago, job_payload, run_payload
from support.process import Served, free_port, served
from support.server import LiveServer
from support.visitors import logged_in, with_login
from support.waiting import eventually

PATIENCE = 20.0


class Watch:
    """A running command, whose lines are read as they come."""

    def __init__(self, *args: str, **environment: str) -> None:
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("OMNILENS_", "GITHUB_"))}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "omnilens", "watch", *args],
            env={**clean, "NO_PROXY": "*", "COLUMNS": "160", **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.out: queue.Queue[str] = queue.Queue()
        self.err: queue.Queue[str] = queue.Queue()
        pairs = ((self.process.stdout, self.out), (self.process.stderr, self.err))
        self.readers = [threading.Thread(target=self._read, args=pair, daemon=True) for pair in pairs]
        for reader in self.readers:
            reader.start()

    @staticmethod
    def _read(stream: Any, lines: queue.Queue[str]) -> None:
        for line in stream:
            lines.put(line.rstrip("\n"))

    def line(self) -> str:
        return self.out.get(timeout=PATIENCE)

    def update(self) -> dict[str, Any]:
        said: dict[str, Any] = json.loads(self.line())
        return said

    def complaint(self) -> str:
        return self.err.get(timeout=PATIENCE)

    def ended(self) -> int:
        return self.process.wait(PATIENCE)

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        for reader in self.readers:
            reader.join()
        for stream in (self.process.stdout, self.process.stderr):
            if stream:
                stream.close()


@contextmanager
def watching(*args: str, **environment: str) -> Iterator[Watch]:
    watch = Watch(*args, **environment)
    try:
        yield watch
    finally:
        watch.close()


def listens(server: LiveServer) -> None:
    """Wait until somebody is in the room."""
    eventually(lambda: any(connection.rooms for connection in server.omnilens.sockets.connections), PATIENCE)


def metrics(server: Served) -> str:
    return httpx2.get(f"{server.url}/metrics", trust_env=False).text


def test_each_update_is_one_line_of_json(server: LiveServer) -> None:
    server.post("workflow_run", run_payload("in_progress", id=1))
    with watching("octo-org/octo-repo", "--json", "--url", server.url) as watch:
        listens(server)
        server.post("workflow_job", job_payload(id=21, run_id=1))
        server.post("workflow_run", run_payload(id=1))
        job, run = watch.update(), watch.update()
    assert (job["type"], job["jobData"]["name"]) == ("job_completed", "build")
    assert (run["type"], run["workflowId"], run["prev"]) == ("workflow_completed", 1, job["seq"])


def test_what_is_no_terminal_gets_a_line_for_each_update(server: LiveServer) -> None:
    server.post("workflow_run", run_payload("in_progress", id=1))
    with watching("octo-repo", OMNILENS_URL=server.url) as watch:
        listens(server)
        server.post("workflow_run", run_payload(id=1, conclusion="failure", run_number=7, actor={"login": "mona"}))
        assert "CI #7 failed  main · mona · Retry idempotent charges" in watch.line()


def test_a_lost_link_is_said_and_what_was_missed_is_made_good(server: LiveServer) -> None:
    server.post("workflow_run", run_payload("in_progress", id=1))
    with watching("octo-repo", "--json", "--url", server.url) as watch:
        listens(server)
        server.cut_connections()
        server.post("workflow_run", run_payload("in_progress", id=2, workflow_id=12))
        assert "Not live" in watch.complaint()
        assert watch.update()["workflowId"] == 2
        assert watch.complaint() == "Live again."
        listens(server)
        server.post("workflow_run", run_payload(id=2, workflow_id=12))
        assert watch.update()["type"] == "workflow_completed"


def test_it_goes_on_over_a_restart_of_the_server(tmp_path: Path) -> None:
    port = free_port()
    with served(port, tmp_path, OMNILENS_REPOSITORIES="*/*") as first:
        first.post("workflow_run", run_payload("in_progress", id=1))
        with watching("octo-repo", "--json", "--url", first.url) as watch:
            eventually(lambda: 'omnilens_subscriptions_total{result="resumed"} 1.0' in metrics(first), PATIENCE)
            first.post("workflow_run", run_payload("in_progress", id=2, workflow_id=12))
            assert watch.update()["workflowId"] == 2
            first.stop()
            assert "Not live" in watch.complaint()
            with served(port, tmp_path, OMNILENS_REPOSITORIES="*/*") as second:
                second.post("workflow_run", run_payload("in_progress", id=3, workflow_id=13))
                assert watch.update()["workflowId"] == 3  # each once, and none before it again


@pytest.mark.parametrize(("conclusion", "code"), [("success", 0), ("skipped", 0), ("failure", 1), ("cancelled", 1)])
def test_until_a_run_is_done(server: LiveServer, conclusion: str, code: int) -> None:
    server.post("workflow_run", run_payload("in_progress", id=1))
    with watching("octo-repo", "--until-done", "1", "--url", server.url) as watch:
        listens(server)
        server.post("workflow_run", run_payload(id=2, workflow_id=12))
        server.post("workflow_run", run_payload(id=1, conclusion=conclusion))
        assert watch.ended() == code
    with watching("octo-repo", "--until-done", "1", "--url", server.url) as watch:  # it is done already
        assert watch.ended() == code


def test_once_shows_how_everything_is(server: LiveServer) -> None:
    server.post("workflow_run", run_payload(id=1, conclusion="failure"))
    server.post("workflow_job", job_payload(id=21, run_id=1, conclusion="failure"))
    server.post("workflow_run", run_payload(id=2, workflow_id=12, name="Docs", run_started_at=ago(90)))
    with watching("octo-repo", "--once", "--url", server.url) as watch:
        assert watch.ended() == 0
        watch.readers[0].join()
        shown = "\n".join(watch.out.queue)
    assert "octo-org/octo-repo" in shown
    assert shown.index("✗ failed") < shown.index("✓ passed")
    assert "build" in shown
    with watching("octo-repo", "--once", "--json", "--url", server.url) as watch:
        assert {watch.update()["id"], watch.update()["id"]} == {1, 2}
        assert watch.ended() == 0


def test_once_shows_who_is_on_it(server: LiveServer) -> None:
    server.post("workflow_run", run_payload(id=1, conclusion="failure"))
    origin = {"origin": server.url}
    claim = server.http.put("/api/repos/octo-repo/claims/11?branch=main", json={"name": "Maria"}, headers=origin)
    assert claim.status_code == 200
    with watching("octo-repo", "--once", "--url", server.url) as watch:
        assert watch.ended() == 0
        watch.readers[0].join()
        assert "Maria is on it · " in "\n".join(watch.out.queue)


def test_what_cannot_be_watched_is_said(server: LiveServer) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"
    cases = [
        (("octo-org/nothing", "--url", server.url), "There is no repository octo-org/nothing on this board"),
        (("nothing", "--url", server.url), "There is no repository 'nothing' on this board."),
        (("nothing", "--once", "--url", nowhere), "cannot be reached"),
    ]
    for args, expected in cases:
        with watching(*args) as watch:
            assert watch.ended() == 3
            assert expected in watch.complaint()


@pytest.mark.node
def test_with_a_login_it_takes_an_access_token() -> None:
    with FakeGitHub() as github:
        github.add_repository("octo-org/octo-repo")
        with with_login(github, repositories="octo-org/octo-repo") as site:
            payload = {**run_payload("in_progress"), "repository": {"full_name": "octo-org/octo-repo"}}
            site.post("workflow_run", payload)
            with watching("octo-org/octo-repo", "--url", site.url) as watch:
                assert watch.ended() == 3
                assert "OMNILENS_TOKEN" in watch.complaint()
            alice = logged_in(site, github, github.add_user("alice"))
            made = alice.http.post("/api/tokens", json={"name": "terminal", "repos": ["octo-repo"]}).json()
            with watching("octo-org/octo-repo", "--url", site.url, OMNILENS_TOKEN=made["token"]) as watch:
                listens(site)
                site.post("workflow_run", {**payload, "action": "completed", **_done(payload)})
                assert "CI passed" in watch.line()


def _done(payload: dict[str, Any]) -> dict[str, Any]:
    run = {**payload["workflow_run"], "status": "completed", "conclusion": "success"}
    return {"workflow_run": run}


def test_where_live_updates_are_switched_off_it_asks_and_says_so() -> None:
    with LiveServer(repositories="octo-org/octo-repo", realtime="off") as server:
        server.post("workflow_run", run_payload("in_progress", id=7, status="in_progress", conclusion=None))
        with watching("octo-repo", "--url", server.url, "--until-done", "7") as watch:
            assert "switched live updates off. Asks every 10 seconds instead." in watch.complaint()
            server.post("workflow_run", run_payload(id=7, conclusion="success"))
            assert watch.ended() == 0
