"""kill -9 while a day of the past is being fetched: nothing is lost, and nothing is taken for fetched that is not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from support.github import FakeGitHub
from support.past import fill
from support.process import Served, free_port, served
from support.waiting import eventually

pytestmark = pytest.mark.node

NAME = "octo-org/octo-repo"
DAY = datetime.now(UTC).date() - timedelta(days=5)


@pytest.fixture
def github() -> Iterator[FakeGitHub]:
    with FakeGitHub() as running:
        yield running
    assert running.too_early == []


def answer(server: Served) -> dict[str, Any]:
    found: dict[str, Any] = server.get(f"/api/repos/octo-repo/runs?date={DAY}")
    return found


def test_a_day_is_whole_whenever_it_was_killed(github: FakeGitHub, tmp_path: Path) -> None:
    expected = set(fill(github.add_repository(NAME), DAY, 1500))
    environment = {
        "GITHUB_API_URL": github.url,
        "GITHUB_TOKEN": github.token,
        "OMNILENS_REPOSITORIES": NAME,
        "OMNILENS_BACKFILL": "0d",
        "NO_PROXY": "*",
    }
    for pages in (1, 4, 9):
        before = len(github.asked("/actions/runs"))
        with served(free_port(), tmp_path, **environment) as server:
            assert answer(server)["history"]["state"] == "fetching"
            eventually(lambda: len(github.asked("/actions/runs")) - before > pages)  # noqa: B023
            server.kill()
    with served(free_port(), tmp_path, **environment) as server:
        there = answer(server)
        assert there["history"]["state"] == "fetching"
        assert there["runs"]  # what came before is kept
        eventually(lambda: answer(server)["history"]["state"] == "complete")
        assert {run["id"] for run in answer(server)["runs"]} == expected
    again = len(github.asked("/actions/runs"))
    with served(free_port(), tmp_path, **environment) as server:
        there = answer(server)
        assert (there["history"]["state"], len(there["runs"])) == ("complete", 1500)
    assert not [seen for seen in github.requests[again:] if seen.query.get("page")]
