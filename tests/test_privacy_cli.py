"""``omnilens privacy``, beside a running server and without one."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from omnilens.people.users import Profile
from support.payloads import run_payload
from support.process import omnilens
from support.server import LiveServer
from support.waiting import eventually

LOGIN = "zaphod-beeblebrox"


def command(folder: Path, *args: str) -> subprocess.CompletedProcess[str]:
    settings = {
        "GITHUB_WEBHOOK_SECRET": "another",
        "OMNILENS_DATABASE_URL": f"sqlite:///{folder}/omnilens.db",
        "OMNILENS_REPOSITORIES": "octo-org/octo-repo",
    }
    result = omnilens("privacy", *args, "--env-file", "/dev/null", **settings)
    assert "Traceback" not in result.stderr
    return result


def serving(folder: Path) -> LiveServer:
    return LiveServer(repositories="octo-org/octo-repo", database_url=f"sqlite:///{folder}/omnilens.db")


def with_a_user(server: LiveServer, *profiles: Profile) -> None:
    for profile in profiles:
        server.call(_enter(server, profile))
    run = run_payload(id=1, actor={"login": LOGIN})
    assert server.post("workflow_run", run).status_code == 200


async def _enter(server: LiveServer, profile: Profile) -> None:
    await server.omnilens.people.users.enter(profile)


def is_in(folder: Path) -> bool:
    return any(LOGIN.encode() in path.read_bytes() for path in folder.iterdir())


@pytest.mark.timeout(90)
def test_export_and_forget(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        with_a_user(server, Profile("github", "42", LOGIN))
        said = json.loads(command(tmp_path, "export", LOGIN).stdout)
        assert said["tables"]["users"][0]["subject"] == "42"
        assert [row["run_id"] for row in said["tables"]["journal"]] == [1]
        assert is_in(tmp_path)
        forgotten = command(tmp_path, "forget", "github:" + LOGIN, "--yes")
        assert (forgotten.returncode, forgotten.stderr.strip()[:10]) == (0, "Forgotten.")
        eventually(lambda: not is_in(tmp_path))
        assert server.runs("octo-repo")[0]["actor"] is None
        assert server.post("workflow_run", run_payload(id=2)).json()["seq"] == 2
    assert not is_in(tmp_path)
    again = command(tmp_path, "forget", LOGIN, "--yes")
    assert (again.returncode, again.stderr.strip()) == (1, f"There is no user '{LOGIN}'.")


@pytest.mark.timeout(90)
def test_without_a_server(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        with_a_user(server, Profile("github", "42", LOGIN))
    assert is_in(tmp_path)
    assert command(tmp_path, "forget", LOGIN, "--yes").returncode == 0
    assert not is_in(tmp_path)
    with serving(tmp_path) as server:
        assert [run["actor"] for run in server.runs("octo-repo")] == [None]


def test_several_of_that_name_and_second_thoughts(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        with_a_user(server, Profile("github", "42", LOGIN), Profile("proxy", LOGIN, LOGIN))
        several = command(tmp_path, "export", LOGIN)
        assert several.returncode == 1
        assert f"github:{LOGIN}, or " in several.stderr
        assert command(tmp_path, "export", f"proxy:{LOGIN}").returncode == 0
        assert command(tmp_path, "forget", f"proxy:{LOGIN}").returncode == 1  # nobody said yes
        assert command(tmp_path, "export", f"proxy:{LOGIN}").returncode == 0
