"""``omnilens hooks``, as whoever runs the server uses it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from omnilens import cli
from omnilens.hooks_cli import after_rotation
from omnilens.settings import load
from support.github import FakeGitHub, Repository
from support.process import omnilens
from support.server import SECRET, LiveServer

URL = "http://127.0.0.1:9"
HOOK = f"{URL}/api/webhooks/github"


@pytest.fixture
def github() -> Iterator[FakeGitHub]:
    with FakeGitHub() as running:
        yield running


@pytest.fixture
def repository(github: FakeGitHub) -> Repository:
    return github.add_repository("acme/api")


def hooks(github: FakeGitHub, *args: str, **settings: str) -> subprocess.CompletedProcess[str]:
    given = {
        "GITHUB_WEBHOOK_SECRET": SECRET,
        "GITHUB_API_URL": github.url,
        "GITHUB_TOKEN": github.token,
        "OMNILENS_REPOSITORIES": "acme/api",
        "OMNILENS_PUBLIC_URL": URL,
        **settings,
    }
    result = omnilens("hooks", *args, "--env-file", "/dev/null", **given)
    assert "Traceback" not in result.stderr
    assert SECRET not in result.stdout + result.stderr
    return result


@pytest.mark.node
def test_from_nothing_to_all_well_and_back(github: FakeGitHub, repository: Repository) -> None:
    nothing = hooks(github, "list")
    assert (nothing.returncode, "there is none" in nothing.stdout) == (1, True)

    dry = hooks(github, "sync", "--dry-run")
    assert dry.returncode == 0
    assert dry.stdout.splitlines()[1].split() == ["acme/api", "create", "there", "is", "none"]
    assert repository.hooks == []

    made = hooks(github, "sync")
    (hook,) = repository.hooks
    assert (made.returncode, made.stdout) == (0, f"acme/api (webhook {hook.id}): made\n")
    asked = len(github.requests)
    again = hooks(github, "sync")
    assert (again.returncode, again.stdout.splitlines()[1].split()[2]) == (0, "keep")
    assert {seen.method for seen in github.requests[asked:]} == {"GET"}
    assert hooks(github, "list").returncode == 0

    assert hooks(github, "pause").stdout == f"acme/api (webhook {hook.id}): paused\n"
    paused = hooks(github, "list")
    assert (paused.returncode, "state: paused → active" in paused.stdout) == (1, True)
    assert hooks(github, "resume").stdout == f"acme/api (webhook {hook.id}): active\n"
    rewritten = hooks(github, "sync", "--write-secret", GITHUB_WEBHOOK_SECRET="another")
    assert (rewritten.stdout, hook.secret) == (f"acme/api (webhook {hook.id}): repaired (secret)\n", "another")
    assert hooks(github, "remove", "--yes").stdout == f"acme/api (webhook {hook.id}): removed\n"
    assert repository.hooks == []
    for command in (["pause"], ["resume"], ["remove", "--yes"]):
        result = hooks(github, *command)
        assert (result.returncode, result.stdout) == (0, f"None of the webhooks leads to {HOOK}.\n")


@pytest.mark.node
def test_others_are_shown_only_where_they_may_be_an_earlier_address(github: FakeGitHub, repository: Repository) -> None:
    repository.add_hook("https://old.example.com/api/webhooks/github")
    repository.add_hook("https://ci.example.com/jenkins")
    listed = hooks(github, "list").stdout
    assert "leads elsewhere: https://old.example.com/api/webhooks/github" in listed
    assert "jenkins" not in listed
    moved = hooks(github, "remove", "--yes", OMNILENS_PUBLIC_URL="https://old.example.com")
    assert moved.stdout.endswith("removed\n")
    assert [hook.url for hook in repository.hooks] == ["https://ci.example.com/jenkins"]


@pytest.mark.node
def test_rotation_says_when_the_old_one_may_be_dropped(github: FakeGitHub, repository: Repository) -> None:
    with LiveServer(webhook_secrets=("new", "old"), repositories="acme/api") as server:
        hook = repository.add_hook(f"{server.url}/api/webhooks/github", "old")
        both = {"GITHUB_WEBHOOK_SECRET": "new,old", "OMNILENS_PUBLIC_URL": server.url}
        result = hooks(github, "rotate", **both)
    assert (result.returncode, hook.secret) == (0, "new")
    first, last = result.stdout.splitlines()
    assert first == f"acme/api (webhook {hook.id}): written, and its ping was answered"
    assert last.startswith("From 20")


def test_what_is_left_after_a_rotation_is_stale() -> None:
    settings = load(None, webhook_secrets=("new", "old"))
    now = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)
    assert after_rotation(True, now, settings).startswith("From 2026-11-22 17:30 UTC on")
    assert after_rotation(False, now, settings).startswith("Keep both secrets")


@pytest.mark.node
def test_what_may_not_be_looked_at_is_not_passed_over(github: FakeGitHub, repository: Repository) -> None:
    github.account.permissions = {"metadata": "read"}
    for command in (["pause"], ["rotate"], ["sync"], ["list"]):
        result = hooks(github, *command, GITHUB_WEBHOOK_SECRET="new,old")
        assert result.returncode == 1
        assert "Needed: repository_hooks=read." in result.stdout


@pytest.mark.node
def test_a_token_that_github_does_not_know(github: FakeGitHub, repository: Repository) -> None:
    result = hooks(github, "sync", GITHUB_TOKEN="github_pat_revoked")
    assert (result.returncode, result.stdout) == (1, "")
    assert "GitHub does not accept GITHUB_TOKEN" in result.stderr


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"GITHUB_TOKEN": ""}, "set GITHUB_TOKEN"),
        ({"OMNILENS_REPOSITORIES": ""}, "OMNILENS_REPOSITORIES is empty"),
        ({}, "GITHUB_WEBHOOK_SECRET has one secret"),
    ],
)
def test_what_must_be_set_first(settings: dict[str, str], expected: str) -> None:
    given = {"GITHUB_WEBHOOK_SECRET": SECRET, "GITHUB_TOKEN": "t", "OMNILENS_REPOSITORIES": "acme/api", **settings}
    result = CliRunner().invoke(cli.app, ["hooks", "rotate"], env=given)
    assert (result.exit_code, result.stdout) == (2, "")
    assert expected in result.stderr


@pytest.mark.parametrize("command", ["list", "sync", "pause", "resume", "remove", "rotate"])
def test_every_command_says_what_it_does(command: str) -> None:
    assert command in CliRunner().invoke(cli.app, ["hooks", "--help"]).stdout
    assert "Usage" in CliRunner().invoke(cli.app, ["hooks", command, "--help"]).stdout


def test_removing_asks_first() -> None:
    result = CliRunner().invoke(cli.app, ["hooks", "remove"], input="n\n", env={"GITHUB_WEBHOOK_SECRET": SECRET})
    assert result.exit_code == 1
    assert "Go on?" in result.stdout


@pytest.mark.node
def test_what_users_have_added_has_webhooks_too(github: FakeGitHub, repository: Repository, tmp_path: Path) -> None:
    github.add_repository("acme/added")
    kept = {"OMNILENS_DATABASE_URL": f"sqlite:///{tmp_path}/db"}
    assert "acme/added" not in hooks(github, "list", **kept).stdout
    assert not (tmp_path / "db").exists()
    with LiveServer(
        database_url=kept["OMNILENS_DATABASE_URL"],
        repositories="acme/api",
        api_url=github.url,
        github_token=github.token,
        backfill="0d",
    ) as server:
        said = {"repository": "acme/added"}
        assert server.http.post("/api/repos", json=said, headers={"origin": server.url}).status_code == 201
    listed = hooks(github, "list", **kept).stdout
    assert "acme/api" in listed
    assert "acme/added" in listed
    assert hooks(github, "sync", **kept).returncode == 0
    assert [len(each.hooks) for each in github.state.repositories] == [1, 1]
