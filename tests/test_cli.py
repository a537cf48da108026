"""The command line, as a user runs it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from omnilens import __version__
from omnilens.serve import GRACE
from support.process import free_port, omnilens, served
from support.server import SECRET, LiveServer
from support.waiting import eventually


def test_version() -> None:
    assert omnilens("--version").stdout == f"{__version__}\n"
    assert omnilens("version").stdout == f"{__version__}\n"


@pytest.mark.parametrize(
    "command", ["serve", "demo", "send", "check-config", "default-env", "openapi", "version", "backfill"]
)
def test_every_command_says_what_it_does(command: str) -> None:
    assert command in omnilens("--help").stdout
    assert "Usage" in omnilens(command, "--help").stdout


@pytest.mark.parametrize("command", ["serve", "check-config", "send"])
def test_a_bad_configuration_is_exit_code_2_with_every_error(command: str, tmp_path: Path) -> None:
    result = omnilens(command, "--env-file", str(tmp_path / "none"), OMNILENS_PORT="x", OMNILENS_MAX_BODY="y")
    assert result.returncode == 2
    for name in ("GITHUB_WEBHOOK_SECRET", "OMNILENS_PORT", "OMNILENS_MAX_BODY"):
        assert name in result.stderr
    assert "Traceback" not in result.stderr


def test_check_config_shows_what_the_settings_come_to(tmp_path: Path) -> None:
    result = omnilens(
        "check-config",
        "--env-file",
        str(tmp_path / "none"),
        GITHUB_WEBHOOK_SECRET="hunter2",
        OMNILENS_REPOSITORIES="acme/api=backend",
        OMNILENS_REPOSITORYS="x",
    )
    assert result.returncode == 0
    assert "acme/api=backend" in result.stdout
    assert "30m" in result.stdout
    assert "hunter2" not in result.stdout + result.stderr
    assert "is OMNILENS_REPOSITORIES meant?" in result.stderr


def test_a_port_that_is_taken_is_exit_code_3(server: LiveServer) -> None:
    result = omnilens("serve", "--port", str(server.port), GITHUB_WEBHOOK_SECRET="x")
    assert result.returncode == 3
    assert f"Cannot listen on 127.0.0.1:{server.port}" in result.stderr
    assert "Traceback" not in result.stderr


def test_send_posts_a_signed_example(server: LiveServer) -> None:
    def send(*args: str) -> dict[str, object]:
        result = omnilens("send", *args, "--url", server.url, GITHUB_WEBHOOK_SECRET=SECRET)
        assert result.returncode == 0, result.stdout + result.stderr
        status, _, body = result.stdout.partition(" ")
        assert status == "200"
        answer: dict[str, object] = json.loads(body)
        return answer

    assert send("ping")["ignored"] == "ping"
    assert send("star", "created")["ignored"] == "unknown-event"
    for action in ("requested", "in_progress", "completed"):
        assert send("workflow_run", action, "--run-id", "77")["runId"] == 77
    for action in ("queued", "waiting", "in_progress", "completed"):
        assert send("workflow_job", action, "--run-id", "77", "--conclusion", "failure")["duplicate"] is False
    run = eventually(lambda: [run for run in server.runs("octo-repo") if run["jobs"]])[0]
    assert (run["status"], run["conclusion"]) == ("completed", "success")
    eventually(lambda: server.runs("octo-repo")[0]["jobs"][0]["conclusion"] == "failure")


def test_send_says_what_is_wrong(server: LiveServer) -> None:
    nobody = omnilens("send", "--url", "http://127.0.0.1:9", GITHUB_WEBHOOK_SECRET=SECRET)
    assert nobody.returncode == 1
    assert "omnilens serve" in nobody.stderr
    wrong = omnilens("send", "--url", server.url, GITHUB_WEBHOOK_SECRET="wrong")
    assert wrong.returncode == 1
    assert "invalid-signature" in wrong.stdout


def test_send_is_about_your_first_repository() -> None:
    environment = {"GITHUB_WEBHOOK_SECRET": "x", "OMNILENS_REPOSITORIES": "*/*,acme/api,acme/web"}
    assert json.loads(omnilens("send", "--show", **environment).stdout)["repository"]["full_name"] == "acme/api"


def test_send_can_show_instead() -> None:
    shown = json.loads(omnilens("send", "workflow_job", "--show", GITHUB_WEBHOOK_SECRET="x").stdout)
    assert shown["workflow_job"]["status"] == "completed"


def test_a_second_interrupt_waits_for_nobody(tmp_path: Path) -> None:
    with served(free_port(), tmp_path, OMNILENS_REPOSITORIES="*/*") as server:
        address = ("127.0.0.1", int(server.url.rpartition(":")[2]))
        with socket.create_connection(address) as unending:
            unending.sendall(b"POST /api/repos HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{")
            began = time.monotonic()
            server.signal(signal.SIGINT)
            eventually(lambda: "Shutting down" in server.log.read_text())
            server.signal(signal.SIGINT)
            assert server.ended() == 0
        assert time.monotonic() - began < GRACE


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_in_good_order(number: signal.Signals, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with log.open("w") as stderr:
        process = subprocess.Popen(
            [sys.executable, "-m", "omnilens", "serve", "--port", "0"],
            stderr=stderr,
            env={**os.environ, "GITHUB_WEBHOOK_SECRET": "hunter2", "OMNILENS_LOG_FORMAT": "json"}
            | {"OMNILENS_DATA_DIR": str(tmp_path / "data")},
            cwd=tmp_path,
        )
    try:
        eventually(lambda: "server.ready" in log.read_text())
        process.send_signal(number)
        assert process.wait(timeout=10) == 0
    finally:
        process.kill()
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert "server.stopped" in [line["event"] for line in lines]
    assert "hunter2" not in log.read_text()
