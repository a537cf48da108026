"""Months of a repository in numbers, over real HTTP."""

from __future__ import annotations

import csv
import io
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from omnilens.model import Conclusion
from support.payloads import ago, job_payload, run_payload
from support.remembered import past_job, past_run, remember, state
from support.server import LiveServer
from support.waiting import eventually

TODAY = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
PATH = "/api/repos/octo-repo/report"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[LiveServer]:
    with LiveServer(repositories="octo-org/octo-repo", database_url=f"sqlite:///{tmp_path}/db") as live:
        yield live


def days_ago(number: float) -> datetime:
    return TODAY - timedelta(days=number)


def test_the_history_and_what_is_in_memory_are_counted_once(server: LiveServer) -> None:
    old = past_run(1, days_ago(20), 100)
    failed = past_run(2, days_ago(3), 100, conclusion=Conclusion.FAILURE, head_sha="abc")
    remember(
        server, [state(old, past_job(11, old)), state(failed, past_job(21, failed)), state(past_run(9, days_ago(60)))]
    )
    server.post("workflow_run", run_payload(id=2, run_attempt=2, run_started_at=ago(30), updated_at=ago(10)))
    server.post("workflow_job", job_payload(id=22, run_id=2, run_attempt=2, labels=["ubuntu-latest"]))
    answer = eventually(lambda: _of(server, runs=2, with_jobs=2))
    assert answer is not None
    assert (answer["from_history"], answer["since"]) == (True, f"{days_ago(20):%Y-%m-%dT%H:%M:%SZ}")
    assert (answer["total"]["passed"], answer["total"]["failed"], answer["total"]["success_rate"]) == (2, 0, 1.0)
    assert len(answer["by_day"]) == 30
    assert answer["by_day"][9]["runs"] == 1
    assert server.get(f"{PATH}?days=90")["total"]["runs"] == 3


def _of(server: LiveServer, runs: int, with_jobs: int) -> dict[str, Any] | None:
    answer: dict[str, Any] = server.get(PATH)
    return answer if (answer["total"]["runs"], answer["runs_with_jobs"]) == (runs, with_jobs) else None


def test_days_are_the_viewers(server: LiveServer) -> None:
    remember(server, [state(past_run(1, days_ago(5) + timedelta(hours=20)))])

    def day_of(tz: str) -> list[str]:
        return [day["date"] for day in server.get(f"{PATH}?tz={tz}")["by_day"] if day["runs"]]

    assert day_of("UTC") == [f"{days_ago(5):%Y-%m-%d}"]
    assert day_of("Asia/Tokyo") == [f"{days_ago(4):%Y-%m-%d}"]


def test_the_same_numbers_for_a_spreadsheet(server: LiveServer) -> None:
    remember(server, [state(past_run(1, days_ago(2), name="=CMD()"))])
    answer = server.http.get(f"{PATH}.csv?table=workflows&days=90")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/csv; charset=utf-8")
    assert answer.headers["content-disposition"].startswith('attachment; filename="octo-repo-workflows-20')
    assert answer.headers["cache-control"] == "no-store"
    head, row = csv.reader(io.StringIO(answer.text))
    assert (head[0], row[0], row[1]) == ("workflow", "'=CMD()", "1")
    assert server.http.get(f"{PATH}.csv").text.startswith("date,runs,passed,failed,other,success_rate\r\n")


@pytest.mark.parametrize("query", ["days=0", "days=367", "days=x", "tz=Nowhere", "table=secrets"])
def test_what_there_is_not(server: LiveServer, query: str) -> None:
    answer = server.http.get(f"{PATH}.csv?{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid-parameter")


def test_without_a_database_it_says_so() -> None:
    with LiveServer() as server:
        server.post("workflow_run", run_payload(id=1, run_started_at=ago(100), updated_at=ago(40)))
        answer = server.get(PATH)
        assert (answer["from_history"], answer["total"]["runs"]) == (False, 1)


def test_deliveries_do_not_wait_for_it(server: LiveServer) -> None:
    """As many runs as take a while to count, and deliveries that are answered meanwhile."""
    runs = [past_run(number, days_ago(1 + number % 28)) for number in range(1, 8001)]
    remember(server, [state(run, *(past_job(4 * run.id + each, run) for each in range(4))) for run in runs])
    done = threading.Event()

    def ask() -> None:
        assert server.http.get(PATH, timeout=60).json()["total"]["runs"] >= len(runs)
        done.set()

    asking = threading.Thread(target=ask)
    asking.start()
    answered: list[float] = []
    while not done.is_set() and asking.is_alive():
        began = time.monotonic()
        number = 100_000 + len(answered)
        assert server.post("workflow_run", run_payload("in_progress", id=number)).status_code == 200
        answered.append(time.monotonic() - began)
    asking.join()
    assert done.is_set()
    assert len(answered) > 3
    assert sorted(answered)[len(answered) // 2] < 0.5
