"""The REST answers over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from omnilens.api.page import BUILT
from omnilens.operations.series import EVERY_SERIES
from support.payloads import ago, job_payload, run_payload
from support.server import LiveServer
from support.waiting import eventually


@pytest.fixture(scope="module")
def board() -> Iterator[LiveServer]:
    """A board with one run of every kind."""
    with LiveServer(repositories="octo-org/octo-repo,acme/quiet") as live:
        step = {"number": 1, "name": "Run tests", "status": "completed", "conclusion": "success"}
        live.post("workflow_run", run_payload(id=1, run_started_at=ago(100), updated_at=ago(40)))
        live.post("workflow_job", job_payload(id=11, run_id=1, steps=[step]))
        live.post("workflow_run", run_payload(id=2, workflow_id=12, conclusion="timed_out", run_started_at=ago(90)))
        live.post("workflow_job", job_payload(id=21, run_id=2, conclusion="failure", steps=[step]))
        live.post("workflow_run", run_payload(id=3, workflow_id=12, conclusion="cancelled", run_started_at=ago(80)))
        live.post("workflow_run", run_payload(id=4, conclusion="skipped", run_started_at=ago(70)))
        live.post("workflow_run", run_payload("in_progress", id=5, run_started_at=ago(60)))
        yield live


def error(answer: Any) -> tuple[int, str]:
    assert set(answer.json()) == {"error", "code"}
    return answer.status_code, answer.json()["code"]


def test_the_numbers_of_a_repository(board: LiveServer) -> None:
    listed = board.get("/api/repos")
    by_slug = {repo["slug"]: repo for repo in listed["repos"]}
    assert list(by_slug) == ["octo-repo", "quiet"]
    numbers = by_slug["octo-repo"]["overview"]
    assert {name: numbers[name] for name in ("workflows", "total_runs", "completed", "in_progress")} == {
        "workflows": 2,
        "total_runs": 5,
        "completed": 4,
        "in_progress": 1,
    }
    assert (numbers["passed"], numbers["failed"], numbers["success_rate"]) == (1, 1, 0.5)
    assert by_slug["quiet"]["overview"]["success_rate"] is None
    assert by_slug["quiet"]["last_event_at"] is None
    assert by_slug["quiet"]["html_url"] == "https://github.com/acme/quiet"
    alone = board.get("/api/repos/octo-repo/overview")
    assert alone["overview"] == numbers
    assert (alone["seq"], alone["epoch"]) == (7, listed["epoch"])


def test_runs_come_newest_first_with_what_matters_of_their_jobs(board: LiveServer) -> None:
    answer = board.get("/api/repos/octo-repo/runs")
    assert [run["id"] for run in answer["runs"]] == [5, 4, 3, 2, 1]
    jobs = {run["id"]: run["jobs"] for run in answer["runs"]}
    assert [step["name"] for step in jobs[2][0]["steps"]] == ["Run tests"]
    assert jobs[1][0]["steps"] == []
    assert (answer["seq"], answer["repo"]["full_name"]) == (7, "octo-org/octo-repo")
    last = {repo["slug"]: repo["last_event_at"] for repo in board.get("/api/repos")["repos"]}
    assert answer["last_event_at"] == last["octo-repo"]
    assert board.get("/api/repos/quiet/runs")["last_event_at"] is None


def test_one_run_has_all_its_steps(board: LiveServer) -> None:
    answer = board.get("/api/repos/OCTO-repo/runs/1")
    assert answer["run"]["jobs"][0]["steps"][0]["name"] == "Run tests"
    assert answer["repo"]["slug"] == "octo-repo"


def test_days_are_the_viewers(board: LiveServer) -> None:
    assert board.runs("octo-repo", date="2001-01-01") == []
    assert board.get("/api/repos/octo-repo/runs?tz=Pacific/Kiritimati")["tz"] == "Pacific/Kiritimati"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/api/repos/nothing/runs", (404, "repository-not-found")),
        ("/api/repos/nothing/overview", (404, "repository-not-found")),
        ("/api/repos/nothing/runs/1", (404, "repository-not-found")),
        ("/api/repos/octo-repo/runs/999", (404, "run-not-found")),
        ("/api/repos/octo-repo/runs/abc", (400, "invalid-parameter")),
        ("/api/repos/octo-repo/runs/-1", (400, "invalid-parameter")),
        ("/api/repos?date=tomorrow", (400, "invalid-parameter")),
        ("/api/repos?date=9999-12-31", (400, "invalid-parameter")),
        ("/api/repos?date=0001-01-01&tz=Asia/Tokyo", (400, "invalid-parameter")),
        ("/api/repos?tz=Mars/Olympus", (400, "invalid-parameter")),
        ("/api/repos?tz=../../etc/passwd", (400, "invalid-parameter")),
        ("/api/repos?tz=", (400, "invalid-parameter")),
        ("/api/nothing", (404, "not-found")),
    ],
)
def test_errors_have_a_sentence_and_a_code(board: LiveServer, path: str, expected: tuple[int, str]) -> None:
    assert error(board.http.get(path)) == expected


def test_another_method(board: LiveServer) -> None:
    assert error(board.http.put("/api/repos")) == (405, "method-not-allowed")


def test_a_bug_of_ours_is_answered_without_its_details(board: LiveServer, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("the secret details")

    monkeypatch.setattr(board.omnilens.store, "seq", broken)
    answer = board.http.get("/api/repos/octo-repo/overview", headers={"connection": "close"})
    assert error(answer) == (500, "internal-error")
    assert "secret" not in answer.text


@pytest.mark.parametrize("path", ["/theme.js", "/favicon-quiet.svg"])
def test_files_of_the_page(board: LiveServer, path: str) -> None:
    answer = board.http.get(path)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-cache")


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [("gzip, deflate, br, zstd", "br"), ("gzip", "gzip"), ("br;q=0, gzip", "gzip"), ("identity", None)],
)
def test_files_of_the_page_come_as_they_were_packed(board: LiveServer, accepted: str, coding: str | None) -> None:
    whole = next((BUILT / "assets").glob("libraries-*.js"))
    head = board.http.head(f"/assets/{whole.name}", headers={"accept-encoding": accepted})
    assert head.headers.get("content-encoding") == coding
    assert head.headers["content-type"].startswith("text/javascript")
    assert "immutable" in head.headers["cache-control"]
    packed = whole.with_name(whole.name + {"br": ".br", "gzip": ".gz", None: ""}[coding])
    assert int(head.headers["content-length"]) == packed.stat().st_size
    assert head.headers.get("vary", "").lower() == ("accept-encoding" if coding else "")


@pytest.mark.parametrize("path", ["/assets/gone.js", "/nothing", "/..%2fpyproject.toml", "/%2e%2e/model.py"])
def test_files_that_are_not_the_pages(board: LiveServer, path: str) -> None:
    assert error(board.http.get(path)) == (404, "not-found")


def test_health(board: LiveServer) -> None:
    health = board.get("/api/health")
    assert (health["status"], health["unhealthyConnections"]) == ("ok", 0)
    assert {part["name"] for part in health["parts"]} == {"journal", "connections", "live-updates", "alerts", "github"}
    assert board.http.get("/healthz").text == "ok\n"
    assert board.http.get("/readyz").text == "ready\n"


def test_metrics(board: LiveServer) -> None:
    numbers = board.get("/api/metrics")
    for name in ("totalConnections", "messagesSent", "messagesReceived", "connectionErrors", "averageLatency"):
        assert name in numbers
    assert eventually(lambda: board.get("/api/metrics")["figures"]).keys() == {each.name for each in EVERY_SERIES}
    accepted = 'omnilens_webhook_deliveries_total{event="workflow_run",result="accepted"} 5.0'
    assert accepted in board.http.get("/metrics").text


def test_the_document_describes_every_route_and_the_updates(board: LiveServer) -> None:
    document = board.get("/openapi.json")
    assert set(document["paths"]) >= {
        "/api/webhooks/github",
        "/api/repos",
        "/api/repos/{slug}/runs",
        "/api/repos/{slug}/runs/{id}",
        "/api/repos/{slug}/overview",
        "/api/health",
        "/api/metrics",
        "/metrics",
        "/healthz",
        "/readyz",
    }
    assert {"WorkflowUpdate", "JobUpdate", "RunDetail", "ErrorAnswer"} <= set(document["components"]["schemas"])
    assert "HTTPValidationError" not in document["components"]["schemas"]


def test_large_answers_are_compressed(board: LiveServer) -> None:
    assert board.http.get("/api/repos/octo-repo/runs").headers["content-encoding"] == "gzip"


@pytest.mark.parametrize("path", ["/", "/dashboard/octo-repo", "/dashboard/octo.repo/runs/5", "/docs"])
def test_pages(board: LiveServer, path: str) -> None:
    answer = board.http.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert "http://" not in answer.text.replace("http://www.w3.org", "")
    assert "https://" not in answer.text
    assert (
        "default-src 'none'; script-src 'self' 'unsafe-eval'; style-src 'self'"
        in answer.headers["content-security-policy"]
    )


def test_socketio_by_long_polling_is_on_its_path(board: LiveServer) -> None:
    assert board.http.get("/socket.io/?EIO=4&transport=polling").text.startswith('0{"sid":')
    refused = board.http.get("/socket.io/?EIO=4&transport=pigeon")
    assert (refused.status_code, refused.json()) == (400, {"code": 0, "message": "Transport unknown"})
