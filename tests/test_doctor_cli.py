"""``omnilens doctor``, as whoever runs the server uses it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from omnilens import cli
from support.github import FakeGitHub, Repository
from support.process import omnilens
from support.server import SECRET

URL = "http://127.0.0.1:9"


@pytest.fixture
def github() -> Iterator[FakeGitHub]:
    with FakeGitHub() as running:
        yield running


@pytest.fixture
def repository(github: FakeGitHub) -> Repository:
    return github.add_repository("acme/api")


def called(github: FakeGitHub | None, command: str, *args: str, **settings: str) -> subprocess.CompletedProcess[str]:
    asked = {"GITHUB_API_URL": github.url, "GITHUB_TOKEN": github.token} if github else {}
    given = {
        "GITHUB_WEBHOOK_SECRET": SECRET,
        "OMNILENS_REPOSITORIES": "acme/api",
        "OMNILENS_PUBLIC_URL": URL,
        "OMNILENS_DATABASE_URL": "memory",
        **asked,
        **settings,
    }
    result = omnilens(*command.split(), *args, "--env-file", "/dev/null", **given)
    assert "Traceback" not in result.stderr
    assert SECRET not in result.stdout + result.stderr
    return result


@pytest.mark.node
def test_ill_repaired_and_well(github: FakeGitHub, repository: Repository) -> None:
    ill = called(github, "doctor")
    assert ill.returncode == 1
    assert ill.stdout.startswith(
        "acme/api\n  ✗ acme/api has no webhook: there is none.\n    → Call omnilens hooks sync.\n"
    )
    assert "\nthis server\n  ✓ GitHub is to deliver to http://127.0.0.1:9/api/webhooks/github.\n" in ill.stdout
    assert called(github, "hooks sync").returncode == 0
    repository.hooks[0].deliveries.clear()  # the ping, which nobody answers in this test
    well = called(github, "doctor")
    assert (well.returncode, "✗" in well.stdout) == (0, False)
    assert f"✓ Webhook {repository.hooks[0].id} of acme/api is as it should be." in well.stdout


@pytest.mark.node
def test_for_programs(github: FakeGitHub, repository: Repository) -> None:
    result = called(github, "doctor", "--json", OMNILENS_REPOSITORIES="octo/*,acme/api,*/*")
    report = json.loads(result.stdout)
    assert (result.returncode, report["level"]) == (1, "problem")
    assert [each["name"] for each in report["examined"]] == ["octo/*", "acme/api", "this server"]
    assert report["examined"][0]["findings"][0]["do"] == "Call omnilens hooks sync."
    named = json.loads(called(github, "doctor", "acme/api", "--json", OMNILENS_REPOSITORIES="octo/*").stdout)
    assert [each["name"] for each in named["examined"]] == ["acme/api", "this server"]


def test_without_a_token_the_server_alone_is_examined(tmp_path: Path) -> None:
    database = tmp_path / "omnilens.db"
    result = called(None, "doctor", OMNILENS_DATABASE_URL=f"sqlite:///{database}")
    assert result.returncode == 0
    assert "acme/api\n    nothing was asked\n" in result.stdout
    assert "There is no database" in result.stdout
    assert not database.exists()


def test_what_is_no_repository() -> None:
    result = CliRunner().invoke(cli.app, ["doctor", "acme"], env={"GITHUB_WEBHOOK_SECRET": SECRET})
    assert (result.exit_code, "owner/name" in result.stderr) == (2, True)
    assert "Usage" in CliRunner().invoke(cli.app, ["doctor", "--help"]).stdout
