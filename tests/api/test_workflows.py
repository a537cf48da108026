"""What a day is compared with, over real HTTP: from the history, from memory, and from both."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from omnilens.model import Conclusion
from support.payloads import ago, run_payload
from support.remembered import past_job, past_run, remember, state
from support.server import LiveServer
from support.waiting import eventually

TODAY = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
PATH = "/api/repos/octo-repo/workflows"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[LiveServer]:
    with LiveServer(repositories="octo-org/octo-repo", database_url=f"sqlite:///{tmp_path}/db") as live:
        yield live


def days_ago(number: float) -> datetime:
    return TODAY - timedelta(days=number)


def by_name(answer: dict[str, Any]) -> dict[str, Any]:
    return {each["name"]: each for each in answer["workflows"]}


def test_the_history_knows_what_did_not_run_today(server: LiveServer) -> None:
    ci = [past_run(number, days_ago(number) + timedelta(hours=3), 100 + number) for number in range(3, 13)]
    nightly = past_run(99, days_ago(20), workflow_id=12, name="Nightly", conclusion=Conclusion.FAILURE)
    forgotten = past_run(98, days_ago(31), workflow_id=13, name="Forgotten")
    remember(server, [state(each, past_job(each.id, each)) for each in (*ci, nightly, forgotten)])
    answer = server.get(PATH)
    assert (answer["from_history"], answer["date"]) == (True, TODAY.date().isoformat())
    assert answer["since"] == f"{days_ago(30):%Y-%m-%dT%H:%M:%SZ}"
    assert list(by_name(answer)) == ["CI", "Nightly"]
    assert by_name(answer)["CI"]["usual"] == {"runs": 10, "median": 107, "p95": 112}
    assert by_name(answer)["CI"]["last_run"]["id"] == 3
    assert by_name(answer)["Nightly"]["last_run"]["conclusion"] == "failure"
    assert by_name(answer)["Nightly"]["usual"] is None
    assert by_name(server.get(f"{PATH}?date={days_ago(12).date()}"))["CI"]["last_run"] is None


def test_the_day_before_is_the_viewers(server: LiveServer) -> None:
    ended = days_ago(5) + timedelta(hours=20)  # on the next day already in Tokyo
    remember(server, [state(past_run(1, ended - timedelta(minutes=1), conclusion=Conclusion.FAILURE))])
    day = days_ago(4).date()
    assert by_name(server.get(f"{PATH}?date={day}&tz=UTC"))["CI"]["before"] == "failed"
    assert by_name(server.get(f"{PATH}?date={day}&tz=Asia/Tokyo"))["CI"]["before"] is None
    after = day + timedelta(days=1)
    assert by_name(server.get(f"{PATH}?date={after}&tz=Asia/Tokyo"))["CI"]["before"] == "failed"


def test_what_is_in_memory_counts_instead_of_an_older_state_of_it(server: LiveServer) -> None:
    remember(server, [state(past_run(7, days_ago(9)))])
    assert by_name(server.get(PATH))["CI"]["last_run"]["id"] == 7
    server.post("workflow_run", run_payload("in_progress", id=7, run_attempt=2, run_started_at=ago(5)))
    # Its one run is today's now.
    assert eventually(lambda: by_name(server.get(PATH))["CI"]["last_run"] is None)


def test_it_is_the_same_answer_until_something_changes(server: LiveServer) -> None:
    remember(server, [state(past_run(7, days_ago(9)))])
    tag = server.http.get(PATH).headers["etag"]
    assert server.http.get(PATH, headers={"if-none-match": tag}).status_code == 304


def test_without_a_database_it_says_so() -> None:
    with LiveServer() as server:
        server.post("workflow_run", run_payload(id=1, run_started_at=ago(100), updated_at=ago(40)))
        server.post("workflow_run", run_payload(id=2, run_started_at=ago(90), updated_at=ago(40)))
        answer = server.get(PATH)
        assert answer["from_history"] is False
        assert by_name(answer)["CI"]["usual"] is not None


@pytest.mark.parametrize("date", ["0001-01-01", "0001-01-20", "9999-12-31"])
def test_the_calendar_has_ends(server: LiveServer, date: str) -> None:
    answer = server.http.get(f"{PATH}?date={date}")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid-parameter")


def test_only_of_what_is_on_the_board(server: LiveServer) -> None:
    answer = server.http.get("/api/repos/nowhere/workflows")
    assert (answer.status_code, answer.json()["code"]) == (404, "repository-not-found")
