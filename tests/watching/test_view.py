"""A client's view: the same as the server's, whatever was missed, doubled or delivered twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace
from rich.console import Console
from rich.text import Text

from omnilens.model import Conclusion, Job, Repository, RunDetail, Status
from omnilens.watching import screen
from omnilens.watching.view import (
    Section,
    Snapshot,
    View,
    applied,
    claimed,
    link,
    place_of,
    read_update,
    view_of,
    workflows_of,
)
from support.payloads import ago, job_payload, run_payload
from support.server import LiveServer
from support.sockets import connected

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
REPOSITORY = Repository(slug="api", full_name="acme/api")


def run(run_id: int, minutes: float = 10, took: float = 5, **fields: Any) -> RunDetail:
    started = NOW - timedelta(minutes=minutes)
    defaults: dict[str, Any] = {
        "id": run_id,
        "name": "CI",
        "workflow_id": 11,
        "status": Status.COMPLETED,
        "conclusion": Conclusion.SUCCESS,
        "run_started_at": started,
        "updated_at": started + timedelta(minutes=took),
    }
    return RunDetail(**{**defaults, **fields})


def view(*runs: RunDetail) -> View:
    return view_of([Snapshot(repo=REPOSITORY, runs=runs, seq=5, epoch="e")])


def test_somebody_is_on_it_until_a_later_run_passes() -> None:
    failed: dict[str, Any] = {"conclusion": Conclusion.FAILURE, "head_branch": "main"}
    broken = view(run(5, **failed), run(4, 20, head_branch="main"))
    said = {"workflow_id": 11, "branch": "main", "run_id": 5, "name": "Maria", "at": NOW}
    mine = claimed(broken, {"repoSlug": "api", "workflow_id": 11, "branch": "main", "claim": said})
    on_it = workflows_of(mine)[0].claim
    assert on_it is not None
    assert on_it.name == "Maria"
    shown = Console(file=StringIO(), width=120)
    shown.print(screen.board(mine, Text(), NOW + timedelta(minutes=4)))
    assert "Maria is on it · 4 min" in shown.file.getvalue()  # type: ignore[attr-defined]
    other = view(run(6, 5, **{**failed, "head_branch": "fix"}), run(5, **failed))
    assert workflows_of(replace(other, claims=mine.claims))[0].claim is None
    again = view(run(7, 1, **failed), run(6, 5, head_branch="main"), run(5, **failed))
    assert workflows_of(replace(again, claims=mine.claims))[0].claim is None
    assert claimed(mine, {"workflow_id": 11, "branch": "main", "claim": None}).claims == ()


def test_somebody_is_on_what_waits_for_an_approval() -> None:
    held = Job(id=1, run_id=5, name="production", status=Status.WAITING)
    waits = view(run(5, status=Status.IN_PROGRESS, conclusion=None, head_branch="main", jobs=(held,)))
    said = {"workflow_id": 11, "branch": "main", "run_id": 5, "name": "Maria", "at": NOW}
    mine = claimed(waits, {"repoSlug": "api", "workflow_id": 11, "branch": "main", "claim": said})
    shown = Console(file=StringIO(), width=120)
    shown.print(screen.board(mine, Text(), NOW + timedelta(minutes=4)))
    text = shown.file.getvalue()  # type: ignore[attr-defined]
    assert "waiting" in text
    assert "Maria is on it · 4 min · production" in text


def test_workflows_stand_by_what_they_need() -> None:
    going: dict[str, Any] = {"status": Status.IN_PROGRESS, "conclusion": None}
    held = Job(id=1, run_id=3, name="deploy", status=Status.WAITING)
    found = workflows_of(
        view(
            run(1),
            run(2, workflow_id=12, name="Docs", **going),
            run(3, workflow_id=13, name="Deploy", jobs=(held,), **going),
            run(4, workflow_id=14, name="Lint", conclusion=Conclusion.TIMED_OUT),
            run(5, workflow_id=15, name="Old", conclusion=Conclusion.CANCELLED),
        )
    )
    assert [(each.latest.name, each.section) for each in found] == [
        ("Deploy", Section.BROKEN),
        ("Lint", Section.BROKEN),
        ("Docs", Section.RUNNING),
        ("CI", Section.REST),
        ("Old", Section.REST),
    ]
    assert place_of(found[0].latest) == "deploy"


def test_trouble_began_with_the_first_failure_and_only_passing_ends_it() -> None:
    failed: dict[str, Any] = {"conclusion": Conclusion.FAILURE}
    rows = (run(5, 10, **failed), run(4, 20, conclusion=Conclusion.CANCELLED), run(3, 30, **failed), run(2, 40))
    (only,) = workflows_of(view(*rows, run(1, 50, **failed)))
    assert only.since == NOW - timedelta(minutes=25)


def test_what_is_usual_takes_two_runs_that_passed() -> None:
    going: dict[str, Any] = {"status": Status.IN_PROGRESS, "conclusion": None}
    assert workflows_of(view(run(1), run(2, 1, **going)))[0].usual is None
    usual = workflows_of(view(run(1, 60, took=5), run(2, 30, took=9), run(3, 1, **going)))[0].usual
    assert usual == timedelta(minutes=9)


def test_several_days_go_on_from_the_oldest() -> None:
    days = [Snapshot(repo=REPOSITORY, runs=(run(id_),), seq=seq, epoch="e") for id_, seq in ((1, 7), (2, 5))]
    both = view_of(days)
    assert (sorted(both.runs), both.seq) == ([1, 2], 5)


def test_what_is_no_update_is_said_to_be_none() -> None:
    nonsense: tuple[Any, ...] = (None, [], "x", {"seq": 1}, {"jobData": {}})
    for wrong in nonsense:
        with pytest.raises(msgspec.ValidationError):
            read_update(wrong)


@pytest.mark.anyio
async def test_applying_updates_gives_what_the_server_would_answer(server: LiveServer) -> None:
    """Runs, jobs and a re-run, over the real socket, against the real answer."""

    def snapshot() -> Snapshot:
        return msgspec.json.decode(server.http.get("/api/repos/octo-repo/runs").content, type=Snapshot)

    server.post("workflow_run", run_payload("in_progress", id=1))
    known = view_of([snapshot()])
    async with connected(server.url) as browser:
        await browser.subscribe("octo-repo")
        step = {"number": 1, "name": "pytest", "status": "completed", "conclusion": "failure"}
        server.post("workflow_job", job_payload(id=21, run_id=1, conclusion="failure", steps=[step]))
        server.post("workflow_job", job_payload("in_progress", id=22, run_id=1, created_at=ago(99)))
        server.post("workflow_run", run_payload(id=1, conclusion="failure"))
        server.post("workflow_run", run_payload("in_progress", id=2, workflow_id=12))
        server.post("workflow_run", run_payload("in_progress", id=1, run_attempt=2, updated_at=ago(-1)))
        updates = [read_update(each) for each in await browser.updates(5)]
    for update in updates:
        assert link(known, update) == "next"
        known = applied(known, update)
        assert link(known, update) == "known"
    expected = snapshot()
    assert known.seq == expected.seq
    assert dict(known.runs) == {each.id: each for each in expected.runs}


def test_the_screen_says_it_in_words_and_shows_no_markup() -> None:
    job = Job(id=1, run_id=1, name="unit", status=Status.COMPLETED, conclusion=Conclusion.FAILURE)
    named = run(1, name="[red]CI[/]", conclusion=Conclusion.FAILURE, jobs=(job,), head_branch="main")
    console = Console(width=120, record=True, file=StringIO())
    console.print(screen.board(view(named), screen.down("The server went away.", NOW, NOW), NOW))
    shown = console.export_text()
    for words in ("acme/api", "✗ not live", "The server went away.", "✗ failed", "[red]CI[/]", "unit", "main", "5 min"):
        assert words in shown
    console.print(screen.board(view(), Text(""), NOW))
    assert "No workflow has run since yesterday." in console.export_text()


def test_ages_are_coarse() -> None:
    spans = (0, 59, 60, 3599, 3600, 86_400, 172_800)
    assert [screen.age(timedelta(seconds=each)) for each in spans] == [
        "0 s",
        "59 s",
        "1 min",
        "59 min",
        "1 h",
        "24 h",
        "2 d",
    ]
    assert screen.age(timedelta(seconds=-5)) == "0 s"
