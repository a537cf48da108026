"""The server was down while things happened: a start finds them, at GitHub."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from omnilens.demo.sender import PATH
from support import github as fake
from support.github import FakeGitHub
from support.payloads import job_payload, run_payload
from support.server import SECRET, LiveServer
from support.waiting import eventually

pytestmark = pytest.mark.node

NAME = "octo-org/octo-repo"
WITHIN = 30.0
"""Seconds after the start in which the board has to be complete."""


@pytest.fixture
def github() -> Iterator[FakeGitHub]:
    with FakeGitHub() as running:
        yield running
    assert running.too_early == []


def serving(github: FakeGitHub, folder: Path, **settings: Any) -> LiveServer:
    given = {"repositories": NAME, "api_url": github.url, "github_token": github.token, "backfill": "0d"}
    return LiveServer(**{**given, "database_url": f"sqlite:///{folder}/omnilens.db", **settings})


def ago(minutes: float) -> datetime:
    return datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=minutes)


def shown(server: LiveServer) -> set[tuple[int, str, str | None]]:
    runs = server.runs("octo-repo") + server.runs("octo-repo", date=f"{ago(24 * 60):%Y-%m-%d}")
    return {(run["id"], run["status"], run["conclusion"]) for run in runs}


def there_are(repository: fake.Repository) -> set[tuple[int, str, str | None]]:
    newest = [(run.id, run.attempts[-1]) for run in repository.runs.values()]
    return {(run_id, attempt["status"], attempt["conclusion"]) for run_id, attempt in newest}


def events(repository: fake.Repository, count: int, since: float) -> None:
    """So many events within the last `since` minutes, two for each run: it was requested, and completed."""
    for number in range(count // 2):
        at = ago(since * (1 - number / (count / 2)))
        run = repository.add_run(at, status="queued", conclusion=None)
        run.change(
            at + timedelta(seconds=1), status="completed", conclusion="failure" if number % 5 == 0 else "success"
        )


def test_after_ten_minutes_in_which_200_events_were_lost(github: FakeGitHub, tmp_path: Path) -> None:
    repository = github.add_repository(NAME)
    repository.add_run(ago(30))
    with serving(github, tmp_path) as server:
        eventually(lambda: shown(server) == there_are(repository))
    events(repository, 200, since=10)
    asked = len(github.requests)
    with serving(github, tmp_path) as server:
        eventually(lambda: shown(server) == there_are(repository), WITHIN)
        seq = server.omnilens.store.seq("octo-repo")
        assert server.count("omnilens_updates_total", event="workflow-update") == 100  # each run once, as it is now
        assert server.omnilens.journal.last_seq == 101
        assert len([seen for seen in github.requests[asked:] if seen.path.endswith("/actions/runs")]) <= 100 // 100 + 1
        eventually(lambda: server.get("/api/github")["repos"][0]["compared_at"])
        assert server.get("/api/github")["repos"][0]["learned"] == 100
    with serving(github, tmp_path) as server:  # and nothing of it comes again
        eventually(lambda: server.get("/api/github")["repos"][0]["compared_at"])
        assert server.omnilens.store.seq("octo-repo") == seq


def test_what_was_delivered_meanwhile_is_not_taken_twice(github: FakeGitHub, tmp_path: Path) -> None:
    repository = github.add_repository(NAME)
    events(repository, 20, since=5)
    known = next(iter(repository.runs.values()))
    newest = known.attempts[-1]
    with serving(github, tmp_path) as server:
        eventually(lambda: shown(server) == there_are(repository))
        before = server.omnilens.store.seq("octo-repo")
        said = {"id": known.id, "status": "completed", "conclusion": newest["conclusion"]}
        said |= {"updated_at": newest["updated_at"], "run_started_at": newest["run_started_at"]}
        assert server.post("workflow_run", run_payload(**said)).status_code == 200
        assert shown(server) == there_are(repository)
        assert server.omnilens.store.seq("octo-repo") - before <= 1  # it says more than the list does, or nothing


def test_with_the_limit_used_up_live_updates_go_on_and_the_answer_says_until_when(
    github: FakeGitHub, tmp_path: Path
) -> None:
    repository = github.add_repository(NAME)
    repository.add_run(ago(5))
    github.exhaust(resets_in=3600)
    with serving(github, tmp_path) as server:

        def closed() -> list[dict[str, Any]]:
            return [limit for limit in server.get("/api/github")["limits"] if limit["closed_until"]]

        (limits,) = eventually(closed)
        until = datetime.fromisoformat(limits["closed_until"])
        assert timedelta(minutes=55) < until - datetime.now(UTC) < timedelta(minutes=65)
        assert limits["remaining"] == 0
        assert server.get("/api/github")["repos"][0]["comparing"] is True
        assert server.post("workflow_run", run_payload(id=77)).status_code == 200
        eventually(lambda: any(run["id"] == 77 for run in server.runs("octo-repo")))
        assert len(github.requests) == 1  # and that was the one that told


def test_without_a_token_nothing_is_asked_and_the_answer_says_what_one_would_add(
    github: FakeGitHub, tmp_path: Path
) -> None:
    with serving(github, tmp_path, github_token=None) as server:
        said = server.get("/api/github")
        assert said["configured"] is False
        assert "GITHUB_TOKEN" in said["hint"]
        assert server.post("workflow_run", run_payload(id=1)).status_code == 200
        eventually(lambda: server.runs("octo-repo"))
    assert github.requests == []


def test_a_github_that_cannot_be_reached_holds_nothing_up(tmp_path: Path) -> None:
    with LiveServer(api_url="http://127.0.0.1:9", github_token="t", repositories=NAME) as server:
        assert server.post("workflow_run", run_payload(id=1)).status_code == 200
        eventually(lambda: server.runs("octo-repo"))


def test_the_jobs_that_were_lost_are_sent_again_once(github: FakeGitHub, tmp_path: Path) -> None:
    repository = github.add_repository(NAME)
    run = repository.add_run(ago(5), status="in_progress", conclusion=None)
    with serving(github, tmp_path) as server:
        public_url = server.url
        hook = repository.add_hook(f"{public_url}{PATH}", SECRET)
        eventually(lambda: shown(server) == there_are(repository))
    done = repository.add_run(ago(3))
    lost = [job_payload(run_id=done.id, id=number, name=f"job {number}") for number in (1, 2)]
    for payload in lost:
        github.emit(repository, "workflow_job", payload, lost=True)
    github.emit(repository, "workflow_run", run_payload(id=done.id), lost=True)
    with serving(github, tmp_path, port=int(public_url.rpartition(":")[2])) as server:
        eventually(lambda: [run["id"] for run in server.runs("octo-repo") if len(run["jobs"]) == 2] == [done.id])
        assert sum(sent.redelivery for sent in hook.deliveries) == 2
        assert {sent.event for sent in hook.deliveries if sent.redelivery} == {"workflow_job"}
        assert run.id in {found for found, *_ in shown(server)}
