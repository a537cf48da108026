"""Earlier attempts of a run over real HTTP: what deliveries told of them, and what GitHub has to be asked for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from support import github as fake
from support.github import FakeGitHub, Fault
from support.payloads import ago, job_payload, run_payload
from support.server import LiveServer
from support.waiting import eventually

pytestmark = pytest.mark.node

NAME = "octo-org/octo-repo"
RUNS = "/api/repos/octo-repo/runs"


@pytest.fixture
def alone() -> Iterator[LiveServer]:
    """A server that has nothing to ask GitHub with."""
    with LiveServer() as live:
        yield live


@pytest.fixture
def github() -> Iterator[FakeGitHub]:
    with FakeGitHub() as running:
        running.add_repository(NAME)
        yield running
    assert running.too_early == []


@pytest.fixture
def run(github: FakeGitHub) -> fake.Run:
    """One that failed and passed before the server started."""
    begun = datetime.now(UTC) - timedelta(minutes=9)
    made = github.state.repositories[0].add_run(begun, conclusion="failure")
    github.state.repositories[0].add_job(made, name="build", conclusion="failure")
    made.rerun(begun + timedelta(minutes=3))
    github.state.repositories[0].add_job(made, name="build")
    made.change(begun + timedelta(minutes=4), status="completed", conclusion="success")
    return made


@pytest.fixture
def server(github: FakeGitHub, run: fake.Run, tmp_path: Path) -> Iterator[LiveServer]:
    given = {"api_url": github.url, "github_token": github.token, "database_url": f"sqlite:///{tmp_path}/omnilens.db"}
    with LiveServer(repositories=NAME, **given) as live:
        eventually(lambda: live.runs("octo-repo"))
        yield live


def attempts(answer: Any) -> list[tuple[int, str | None, int]]:
    return [(each["attempt"], each["conclusion"], each["jobs"]) for each in answer["attempts"]]


def refused(server: LiveServer, path: str) -> tuple[int, str, str]:
    answer = server.http.get(path)
    return answer.status_code, answer.json()["code"], answer.json()["error"]


def rerun(server: LiveServer, *, fails_first: bool = True) -> None:
    first, sha = "failure" if fails_first else "success", {"head_sha": "9c1f0ab"}
    server.post("workflow_job", job_payload(id=21, conclusion=first, started_at=ago(300), completed_at=ago(280)))
    server.post("workflow_run", run_payload(conclusion=first, updated_at=ago(270), **sha))
    server.post("workflow_job", job_payload(id=22, run_attempt=2))
    server.post("workflow_run", run_payload(run_attempt=2, **sha))


def test_what_deliveries_told_of_an_attempt_is_still_there(alone: LiveServer) -> None:
    rerun(alone)
    latest = alone.get(f"{RUNS}/1")
    assert attempts(latest) == [(1, "failure", 1), (2, "success", 1)]
    assert (latest["flaky"], latest["hint"], latest["run"]["run_attempt"]) == ("attempt", None, 2)
    first = alone.get(f"{RUNS}/1?attempt=1")
    assert (first["run"]["run_attempt"], first["run"]["conclusion"]) == (1, "failure")
    assert [job["id"] for job in first["run"]["jobs"]] == [21]
    assert attempts(first) == attempts(latest)
    assert alone.get(f"{RUNS}/1?attempt=2")["run"] == latest["run"]
    assert alone.get(RUNS)["failed_before"] == [1]


def test_what_never_failed_is_not_flaky(alone: LiveServer) -> None:
    rerun(alone, fails_first=False)
    assert alone.get(f"{RUNS}/1")["flaky"] is None
    assert alone.get(RUNS)["failed_before"] == []


def test_another_run_of_the_same_commit_shows_it_too(alone: LiveServer) -> None:
    alone.post("workflow_run", run_payload(id=1, conclusion="failure", head_sha="9c1f0ab", updated_at=ago(90)))
    alone.post("workflow_run", run_payload(id=2, head_sha="9c1f0ab"))
    assert alone.get(f"{RUNS}/2")["flaky"] == "run"


def test_without_a_token_it_is_said_what_one_would_add(alone: LiveServer) -> None:
    alone.post("workflow_run", run_payload(run_attempt=3))
    latest = alone.get(f"{RUNS}/1")
    assert attempts(latest) == [(1, None, 0), (2, None, 0), (3, "success", 0)]
    assert "GITHUB_TOKEN" in latest["hint"]
    status, code, sentence = refused(alone, f"{RUNS}/1?attempt=1")
    assert (status, code) == (404, "attempt-not-found")
    assert "GITHUB_TOKEN" in sentence
    assert refused(alone, f"{RUNS}/1?attempt=4")[:2] == (404, "attempt-not-found")
    assert refused(alone, f"{RUNS}/1?attempt=0")[:2] == (400, "invalid-parameter")
    assert refused(alone, f"{RUNS}/2?attempt=1")[:2] == (404, "run-not-found")


def test_with_a_token_github_is_asked_once_for_what_is_not_known(
    github: FakeGitHub, run: fake.Run, server: LiveServer
) -> None:
    latest = server.get(f"{RUNS}/{run.id}")
    assert attempts(latest) == [(1, None, 0), (2, "success", 1)]
    assert latest["hint"] is None
    first, *_ = [server.get(f"{RUNS}/{run.id}?attempt=1")["run"] for _ in range(3)]
    assert (first["conclusion"], first["run_attempt"], first["status"]) == ("failure", 1, "completed")
    assert [(job["name"], job["conclusion"], len(job["steps"])) for job in first["jobs"]] == [("build", "failure", 2)]
    assert first["run_started_at"] < latest["run"]["run_started_at"]
    assert [len(github.asked(f"/attempts/1{each}")) for each in ("", "/jobs")] == [1, 1]
    assert server.get(f"{RUNS}/{run.id}")["run"] == latest["run"]


def test_what_github_does_not_tell_now_is_asked_for_again(
    github: FakeGitHub, run: fake.Run, server: LiveServer
) -> None:
    github.fail(Fault.json(b'{"message": "Not Found"}', 404), path="/attempts/1")
    status, code, sentence = refused(server, f"{RUNS}/{run.id}?attempt=1")
    assert (status, code) == (404, "attempt-not-found")
    assert "Try again" in sentence
    assert server.get(f"{RUNS}/{run.id}?attempt=1")["run"]["conclusion"] == "failure"


def test_it_is_still_known_when_it_has_gone_into_the_history(tmp_path: Path) -> None:
    kept: dict[str, Any] = {"database_url": f"sqlite:///{tmp_path}/board.db", "event_retention": "1s"}
    with LiveServer(**kept, stale_deliveries="history") as first:
        rerun(first)
    with LiveServer(**kept) as second:
        assert attempts(second.get(f"{RUNS}/1")) == [(1, "failure", 1), (2, "success", 1)]
        assert second.get(f"{RUNS}/1?attempt=1")["run"]["conclusion"] == "failure"
