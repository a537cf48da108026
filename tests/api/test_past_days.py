"""A past day over real HTTP: answered at once, fetched behind the answer, and told over the socket when it is here."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from omnilens.pipeline.fetched_days import start_of
from support import github as fake
from support.github import FakeGitHub, Fault
from support.github.fake import Seen
from support.past import fill
from support.payloads import run_payload
from support.server import LiveServer
from support.sockets import connected
from support.waiting import eventually

pytestmark = pytest.mark.node

NAME = "octo-org/octo-repo"


@pytest.fixture
def github() -> Iterator[FakeGitHub]:
    with FakeGitHub() as running:
        yield running
    assert running.too_early == []


@pytest.fixture
def there(github: FakeGitHub) -> fake.Repository:
    return github.add_repository(NAME)


@pytest.fixture
def server(github: FakeGitHub, tmp_path: Path) -> Iterator[LiveServer]:
    with serving(github, tmp_path) as live:
        # The comparison of the start would find what a test adds now.
        eventually(lambda: live.get("/api/github")["repos"][0]["compared_at"])
        yield live


def serving(github: FakeGitHub, folder: Path, **settings: Any) -> LiveServer:
    given = {"repositories": NAME, "api_url": github.url, "github_token": github.token, "backfill": "0d"}
    return LiveServer(**{**given, "database_url": f"sqlite:///{folder}/omnilens.db", **settings})


def days_ago(number: int) -> date:
    return datetime.now(UTC).date() - timedelta(days=number)


DAY = days_ago(5)


def path_of(day: date, tz: str = "UTC") -> str:
    return f"/api/repos/octo-repo/runs?date={day}&tz={tz}"


def whole(server: LiveServer, day: date, tz: str = "UTC") -> dict[str, Any]:
    """The answer, once all of it is here."""

    def answer() -> dict[str, Any] | None:
        found: dict[str, Any] = server.get(path_of(day, tz))
        return found if found["history"]["state"] == "complete" else None

    found = eventually(answer)
    assert found is not None
    return found


def searches(github: FakeGitHub, day: date) -> list[Seen]:
    return [seen for seen in github.requests if seen.query.get("created", "").startswith(day.isoformat())]


def test_a_day_of_2500_runs(github: FakeGitHub, there: fake.Repository, server: LiveServer) -> None:
    expected = fill(there, DAY, 2500)
    first = server.get(path_of(DAY))
    assert first["history"]["state"] == "fetching"
    assert len(first["runs"]) < 2500
    answer = whole(server, DAY)
    assert {run["id"] for run in answer["runs"]} == set(expected)
    assert (answer["history"]["done"], answer["history"]["total"]) == (2500, 2500)
    assert answer["history"]["days"] == [{"date": DAY.isoformat(), "state": "complete", "done": 2500, "total": 2500}]
    assert len(searches(github, DAY)) <= 35


def test_opening_it_again_costs_one_call_that_does_not_count(
    github: FakeGitHub, there: fake.Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(there, DAY, 150)
    with serving(github, tmp_path) as server:
        whole(server, DAY)
        behind_it(server)
        tag = server.http.get(path_of(DAY)).headers["etag"]
        assert server.http.get(path_of(DAY), headers={"if-none-match": tag}).status_code == 304
        assert len(searches(github, DAY)) == 2
    monkeypatch.setattr("omnilens.sync.day_plan.FRESH", timedelta(0))
    with serving(github, tmp_path) as server:
        answer = server.get(path_of(DAY))
        assert (answer["history"]["state"], len(answer["runs"])) == ("complete", 150)
        eventually(lambda: len(searches(github, DAY)) == 3)
    again = searches(github, DAY)[2]
    assert (again.status, again.counted) == (304, False)


def test_the_end_is_told_to_those_who_watch(there: fake.Repository, server: LiveServer) -> None:
    fill(there, DAY, 150)

    async def watch() -> list[dict[str, Any]]:
        said: list[dict[str, Any]] = []
        ended = asyncio.Event()

        def hear(progress: dict[str, Any]) -> None:
            said.append(progress)
            if progress["state"] != "fetching":
                ended.set()

        async with connected(server.url) as client:
            client.client.on("history-progress", hear)
            assert (await client.call("subscribe-repo", "octo-repo"))["ok"]
            await asyncio.to_thread(server.get, path_of(DAY))
            async with asyncio.timeout(20):
                await ended.wait()
        return said

    said = asyncio.run(watch())
    assert said[-1] == {
        "repoSlug": "octo-repo",
        "date": DAY.isoformat(),
        "state": "complete",
        "done": 150,
        "total": 150,
        "touched": [],
    }
    assert [each["done"] for each in said] == [100, 150, 150]
    answer = server.get(path_of(DAY))
    assert (answer["history"]["state"], len(answer["runs"])) == ("complete", 150)


def test_two_viewers_in_two_time_zones_cost_one_fetch(
    github: FakeGitHub, there: fake.Repository, server: LiveServer
) -> None:
    late = there.add_run(start_of(DAY) + timedelta(hours=23, minutes=30))
    for tz in ("Asia/Tokyo", "America/New_York", "Asia/Tokyo"):
        server.get(path_of(DAY, tz))
    tokyo, york = whole(server, days_ago(4), "Asia/Tokyo"), whole(server, DAY, "America/New_York")
    assert [run["id"] for run in tokyo["runs"]] == [late.id]  # it is tomorrow there already
    assert [run["id"] for run in york["runs"]] == [late.id]
    assert whole(server, DAY, "Asia/Tokyo")["runs"] == []
    assert len(searches(github, DAY)) == 1


def test_an_older_run_that_was_run_again_comes_into_the_answer(
    github: FakeGitHub, there: fake.Repository, server: LiveServer
) -> None:
    older = there.add_run(start_of(days_ago(12)), conclusion="failure")
    older.rerun(start_of(DAY) + timedelta(hours=9), status="completed", conclusion="success")
    assert server.get(path_of(DAY))["runs"] == []
    runs = eventually(lambda: server.get(path_of(DAY))["runs"])
    assert [(run["id"], run["run_attempt"], run["conclusion"]) for run in runs] == [(older.id, 2, "success")]


def test_with_the_limit_used_up_the_answer_says_until_when(
    github: FakeGitHub, there: fake.Repository, tmp_path: Path
) -> None:
    fill(there, DAY, 3)
    github.exhaust(resets_in=3600)
    with serving(github, tmp_path) as server:
        history = eventually(lambda: _of_state(server, "failed"))
        until = datetime.fromisoformat(history["retryAt"])
        assert timedelta(minutes=55) < until - datetime.now(UTC) < timedelta(minutes=65)
        assert "rate limit is reached" in history["reason"]
        assert server.post("workflow_run", run_payload(id=77)).status_code == 200  # live updates go on
        eventually(lambda: any(run["id"] == 77 for run in server.runs("octo-repo")))
        asked = len(github.requests)
        for _ in range(3):
            server.get(path_of(DAY))
        assert len(github.requests) == asked


def test_a_github_that_fails_is_explained(github: FakeGitHub, there: fake.Repository, server: LiveServer) -> None:
    github.fail(*[Fault.json(b'{"message":"Bad credentials"}', 401)] * 3, path="actions/runs")
    history = eventually(lambda: _of_state(server, "failed"))
    assert "does not accept GITHUB_TOKEN" in history["reason"]
    assert history["retryAt"] is None


@pytest.mark.parametrize(
    ("settings", "hint"),
    [
        ({"github_token": None}, "With GITHUB_TOKEN or a GitHub App"),
        ({"database_url": "memory"}, "OMNILENS_DATABASE_URL=memory"),
    ],
)
def test_where_nothing_can_be_fetched_it_says_why(
    github: FakeGitHub, there: fake.Repository, tmp_path: Path, settings: dict[str, Any], hint: str
) -> None:
    fill(there, DAY, 3)
    with serving(github, tmp_path, **settings) as server:
        answer = server.get(path_of(DAY))
        assert (answer["history"]["state"], answer["runs"]) == ("none", [])
        assert hint in answer["history"]["reason"]
        assert server.get("/api/repos/octo-repo/runs")["history"] is None
    assert searches(github, DAY) == []


def test_a_new_repository_is_filled_in_the_background(
    github: FakeGitHub, there: fake.Repository, tmp_path: Path
) -> None:
    expected = {number: fill(there, days_ago(number), 2) for number in range(3, 8)}
    with serving(github, tmp_path, backfill="7d") as server:
        assert server.omnilens.asking.backfill
        filling = server.omnilens.asking.backfill.filling
        eventually(lambda: filling("octo-repo").done == 8)
        eventually(lambda: server.get("/api/github")["repos"][0]["past"]["day"] is None)
        (standing,) = server.get("/api/github")["repos"]
        nothing = {"day": None, "waiting_until": None, "problem": None}
        assert standing["past"] == {"done": 8, "total": 8, **nothing}
        asked = len(github.requests)
        for number, ids in expected.items():
            answer = server.get(path_of(days_ago(number)))
            assert (answer["history"]["state"], [run["id"] for run in answer["runs"]]) == ("complete", ids[::-1])
        assert not [seen for number in expected for seen in searches(github, days_ago(number))[1:]]
        assert len(github.requests) >= asked


def behind_it(server: LiveServer) -> None:
    """Wait until the days behind the one that was opened are here, of which each may make it another."""
    assert server.omnilens.asking.backfill
    filling = server.omnilens.asking.backfill.filling
    eventually(lambda: filling("octo-repo").done == 30 and filling("octo-repo").day is None)


def _of_state(server: LiveServer, state: str) -> dict[str, Any]:
    history: dict[str, Any] = server.get(path_of(DAY))["history"]
    return history if history["state"] == state else {}
