"""``omnilens backfill``, as whoever runs the server uses it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from omnilens.backfill_cli import doing, named, told
from omnilens.pipeline.mapping import RepositoryMap
from omnilens.settings import RepositoryPattern
from omnilens.sync.backfill import Filling
from omnilens.sync.day_history import Progress
from support import github as fake
from support.github import FakeGitHub, Fault
from support.past import fill
from support.process import omnilens
from support.server import SECRET, LiveServer
from support.waiting import eventually

pytestmark = pytest.mark.node

NAME = "octo-org/octo-repo"


@pytest.fixture
def github() -> Iterator[FakeGitHub]:
    with FakeGitHub() as running:
        yield running


@pytest.fixture
def there(github: FakeGitHub) -> fake.Repository:
    return github.add_repository(NAME)


def environment(github: FakeGitHub, folder: Path) -> dict[str, str]:
    return {
        "GITHUB_WEBHOOK_SECRET": SECRET,
        "GITHUB_API_URL": github.url,
        "GITHUB_TOKEN": github.token,
        "OMNILENS_REPOSITORIES": NAME,
        "OMNILENS_DATABASE_URL": f"sqlite:///{folder}/omnilens.db",
        "NO_PROXY": "*",
    }


def run(github: FakeGitHub, folder: Path, *args: str, **other: str) -> subprocess.CompletedProcess[str]:
    result = omnilens("backfill", *args, "--env-file", "/dev/null", **{**environment(github, folder), **other})
    assert "Traceback" not in result.stderr
    return result


def days_ago(number: int) -> date:
    return datetime.now(UTC).date() - timedelta(days=number)


def test_days_are_fetched_once(github: FakeGitHub, there: fake.Repository, tmp_path: Path) -> None:
    for number in range(3, 6):
        fill(there, days_ago(number), 20)
    first = run(github, tmp_path, NAME, "--days", "5")
    assert (first.returncode, first.stdout) == (0, f"{NAME}: 6 days are here, with 60 runs.\n"), first.stderr
    assert len(github.requests) == 6
    again = run(github, tmp_path, "OCTO-repo", "--days", "5")
    assert (again.returncode, again.stdout) == (0, first.stdout)
    assert len(github.requests) == 6
    more = run(github, tmp_path, NAME, "--days", "7")
    assert (more.returncode, len(github.requests)) == (0, 8)


def test_a_running_server_shows_them(github: FakeGitHub, there: fake.Repository, tmp_path: Path) -> None:
    expected = fill(there, days_ago(4), 20)
    given: dict[str, Any] = {"repositories": NAME, "database_url": f"sqlite:///{tmp_path}/omnilens.db"}
    with LiveServer(**given) as server:
        path = f"/api/repos/octo-repo/runs?date={days_ago(4)}"
        assert server.get(path)["history"]["state"] == "none"
        recent = there.add_run(datetime.now(UTC) - timedelta(hours=1))
        assert run(github, tmp_path, NAME, "--days", "4").returncode == 0
        answer = server.get(path)
        assert (answer["history"]["state"], [each["id"] for each in answer["runs"]]) == ("complete", expected[::-1])
        eventually(lambda: server.omnilens.store.run("octo-repo", recent.id))


@pytest.mark.parametrize(
    ("args", "changed", "code", "sentence"),
    [
        (("acme/other",), {}, 1, "acme/other is not on the board: add it to OMNILENS_REPOSITORIES."),
        ((NAME,), {"GITHUB_TOKEN": ""}, 2, "set GITHUB_TOKEN"),
        ((NAME,), {"OMNILENS_DATABASE_URL": "memory"}, 2, "OMNILENS_DATABASE_URL=memory"),
        ((NAME,), {"OMNILENS_DATABASE_URL": "sqlite:////proc/nowhere/db"}, 3, "Not done:"),
        ((NAME, "--days", "-1"), {}, 2, "--days"),
    ],
)
def test_what_cannot_be_done_is_explained(
    github: FakeGitHub, tmp_path: Path, args: tuple[str, ...], changed: dict[str, str], code: int, sentence: str
) -> None:
    result = run(github, tmp_path, *args, **changed)
    assert (result.returncode, sentence in result.stderr) == (code, True), result.stderr
    assert github.requests == []


def test_a_token_that_is_not_accepted(github: FakeGitHub, there: fake.Repository, tmp_path: Path) -> None:
    github.fail(Fault.json(b'{"message":"Bad credentials"}', 401))
    result = run(github, tmp_path, NAME, "--days", "3")
    assert (result.returncode, result.stdout) == (1, f"{NAME}: 0 of 4 days are here, with 0 runs.\n")
    assert "GitHub does not accept GITHUB_TOKEN" in result.stderr


def test_what_the_history_does_not_keep_is_left_out(github: FakeGitHub, there: fake.Repository, tmp_path: Path) -> None:
    result = run(github, tmp_path, NAME, "--days", "9", OMNILENS_HISTORY_RETENTION="5d")
    assert result.stderr.startswith("5 days are left out, which OMNILENS_HISTORY_RETENTION does not keep.")
    assert result.stdout == f"{NAME}: 5 days are here, with 0 runs.\n"


def test_it_can_be_stopped_and_goes_on(github: FakeGitHub, there: fake.Repository, tmp_path: Path) -> None:
    github.exhaust(3600)
    assert github.account.resets_at
    github.account.used = github.account.limit - 1003  # three calls, and then it waits
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("OMNILENS_", "GITHUB_"))}
    with subprocess.Popen(
        [sys.executable, "-m", "omnilens", "backfill", NAME, "--days", "9", "--env-file", "/dev/null"],
        env={**clean, **environment(github, tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        eventually(lambda: len(github.requests) >= 3)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=20)
    assert process.returncode == 1
    assert "the same command goes on from there" in errors
    assert "Traceback" not in errors
    github.account.used = 0
    github.account.resets_at = None
    before = len(github.requests)
    assert run(github, tmp_path, NAME, "--days", "9").returncode == 0
    assert len(github.requests) - before <= 8
    assert github.too_early == []


def test_its_help_says_what_it_costs() -> None:
    page = omnilens("backfill", "--help").stdout
    for word in ("token", "hundred runs", "--days", "goes on from there"):
        assert word in page


def test_a_repository_is_found_by_its_name_or_slug() -> None:
    patterns = [RepositoryPattern("acme", "api", "backend"), RepositoryPattern("octo-org", "*")]
    repositories = RepositoryMap(patterns, "github.com")
    for name in ("acme/api", "ACME/API", "Backend"):
        found = named(name, repositories)
        assert found is not None
        assert (found.slug, found.full_name) == ("backend", "acme/api")
    admitted = named("octo-org/web", repositories)
    assert admitted is not None
    assert repositories.find("web") == admitted
    assert named("acme/other", repositories) is None
    assert named("other", repositories) is None


def test_what_is_being_done_in_a_few_words() -> None:
    day = date(2026, 11, 10)
    assert doing(Filling(), lambda _: None) == ""
    assert doing(Filling(day=day), lambda _: None) == "2026-11-10"
    assert doing(Filling(day=day), lambda _: Progress(1200, 2500)) == "2026-11-10, 1,200 runs"
    waiting = Filling(day=day, waiting_until=datetime(2026, 11, 22, 17, 30, tzinfo=UTC), problem="The limit.")
    assert doing(waiting, lambda _: None).endswith(":30:00: The limit.")
    assert told("acme/api", 31, 31, 1234) == "acme/api: 31 days are here, with 1,234 runs."
