"""``omnilens deliveries``, as whoever runs the server uses it: beside a running server, and without one."""

from __future__ import annotations

import asyncio
import json
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from omnilens import cli, upkeep
from omnilens.deliveries_cli import readable, span, told
from omnilens.demo.sender import body_of
from omnilens.github.deliveries import Delivery
from omnilens.operations.metrics import Metrics
from omnilens.pipeline import flow
from omnilens.pipeline.dead_letters import DeadLetters
from omnilens.pipeline.failure import Failure
from omnilens.pipeline.receipt import Receipt
from support.journals import database_at
from support.payloads import run_payload
from support.postgres import Postgres
from support.process import free_port, omnilens, served
from support.server import SECRET, LiveServer
from support.waiting import eventually

BOARD = "octo-org/octo-repo"


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/omnilens.db"


def deliveries(url: str, *args: str) -> subprocess.CompletedProcess[str]:
    """The command, with another secret than the one that the deliveries were signed with."""
    settings = {"GITHUB_WEBHOOK_SECRET": "another", "OMNILENS_DATABASE_URL": url, "OMNILENS_REPOSITORIES": BOARD}
    result = omnilens("deliveries", *args, "--env-file", "/dev/null", **settings)
    assert "Traceback" not in result.stderr
    return result


def listed(url: str) -> list[dict[str, Any]]:
    result = deliveries(url, "list", "--json")
    assert result.returncode == 0, result.stderr
    letters: list[dict[str, Any]] = json.loads(result.stdout)
    return letters


def keep(url: str, *kept: Delivery) -> None:
    """What a server with a bug would have kept."""

    async def run() -> None:
        async with database_at(url) as database:
            for delivery in kept:
                await DeadLetters(database, Metrics()).keep(delivery, RuntimeError("a bug"))

    asyncio.run(run())


def delivery(number: int, age: timedelta = timedelta(0)) -> Delivery:
    body = body_of(run_payload(id=number, updated_at=None))
    return Delivery(f"d{number}", "workflow_run", body, f"s{number}", datetime.now(UTC) - age)


def test_what_a_server_could_not_read_can_be_looked_at_and_dropped(url: str, tmp_path: Path) -> None:
    with served(free_port(), tmp_path, OMNILENS_DATABASE_URL=url) as server:
        answer = server.post_body("workflow_run", b'{"name": "\x9b\xc3\xa9', "one")
        assert (answer.status_code, answer.json()["code"]) == (400, "malformed-payload")
        assert server.post_body("workflow_run", b'{"action":"completed"}', "two").json()["code"] == "incomplete-payload"
        assert server.get("/api/health")["failed_deliveries"] == 2

        table = deliveries(url, "list")
        assert (table.returncode, table.stderr) == (0, "")
        for expected in ("one", "two", "malformed-payload", "workflow_run is missing.", " 5"):
            assert expected in table.stdout

        shown = deliveries(url, "show", "two")
        assert shown.returncode == 0
        assert shown.stdout.startswith("X-GitHub-Event: workflow_run\nX-GitHub-Delivery: two\nX-Hub-Signature-256: sha")
        assert shown.stdout.endswith('workflow_run is missing.\n\n{\n  "action": "completed"\n}\n')
        assert '{"name": "\\x9bé' in deliveries(url, "show", "one").stdout

        replayed = deliveries(url, "replay", "one", "two", "three")
        assert replayed.returncode == 1
        assert [line.partition(".")[0] for line in replayed.stdout.splitlines()] == [
            "one: failed: malformed-payload: The body is not a JSON object",
            "two: failed: incomplete-payload: workflow_run is missing",
            "three: is not kept; omnilens deliveries list shows those that are",
        ]

        assert deliveries(url, "drop", "one", "three").returncode == 1
        assert [(letter["delivery_id"], letter["attempts"]) for letter in listed(url)] == [("two", 2)]
        assert deliveries(url, "drop", "--all").stdout == "two: dropped\n"
        assert server.get("/api/health")["failed_deliveries"] == 0
        log = [json.loads(line) for line in server.log.read_text().splitlines() if "delivery." in line]
    assert [line["event"] for line in log] == ["delivery.kept", "delivery.refused"] * 2
    assert SECRET not in str(log)


def test_what_failed_by_a_bug_is_on_the_board_after_the_fix(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("a bug")

    with LiveServer(database_url=url, repositories=BOARD) as server:
        monkeypatch.setattr(flow, "normalise", broken)  # in this process; the command's is the fixed release
        for number in (1, 2):
            assert server.post("workflow_run", run_payload(id=number), f"d{number}").status_code == 500
        assert [(letter["code"], letter["reason"]) for letter in listed(url)] == [
            ("internal-error", "RuntimeError: a bug")
        ] * 2
        replayed = deliveries(url, "replay", "--all")
        assert (replayed.returncode, replayed.stdout) == (
            0,
            "d1: taken: run 1 of octo-repo\nd2: taken: run 2 of octo-repo\n",
        )
        eventually(lambda: {run["id"] for run in server.runs("octo-repo")} == {1, 2})
        monkeypatch.undo()
        again = server.post("workflow_run", run_payload(id=1), "d1").json()
        assert (again["duplicate"], again["seq"]) == (True, 1)
        assert listed(url) == []


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_replaying_without_a_server_is_seen_by_the_next(
    kind: str, url: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if kind == "postgresql":
        postgres: Postgres = request.getfixturevalue("postgres")
        url = postgres.database()
    keep(url, delivery(1), delivery(2))
    assert deliveries(url, "replay", "d2").stdout == "d2: taken: run 2 of octo-repo\n"
    assert [letter["delivery_id"] for letter in listed(url)] == ["d1"]
    keep(url, delivery(2))  # as when GitHub sent it again before that
    assert deliveries(url, "replay", "d2").stdout == "d2: was taken before: run 2 of octo-repo\n"
    with served(free_port(), tmp_path, OMNILENS_DATABASE_URL=url, OMNILENS_REPOSITORIES=BOARD) as server:
        assert [run["id"] for run in server.get("/api/repos/octo-repo/runs")["runs"]] == [2]


def test_what_is_old_already_is_on_the_board_before_the_journal_forgets_it(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep, "TIDY_EVERY", 0.001)
    monkeypatch.setattr(upkeep, "RETRY_EVERY", 3600)
    with LiveServer(database_url=url, repositories=BOARD) as server:
        keep(url, *(delivery(number, age=timedelta(minutes=40)) for number in range(1, 6)))
        assert deliveries(url, "replay", "--all").returncode == 0
        views = server.omnilens.store
        eventually(lambda: all(views.run("octo-repo", number) for number in range(1, 6)))


def test_nothing_to_do_is_said(url: str) -> None:
    for command in (["list"], ["replay", "--all"]):
        result = deliveries(url, *command)
        assert (result.returncode, result.stdout) == (0, "No failed delivery is kept.\n")
    nothing = deliveries(url, "show", "d1")
    assert (nothing.returncode, nothing.stdout) == (1, "")
    assert "omnilens deliveries list" in nothing.stderr


@pytest.mark.parametrize("command", ["replay", "drop"])
@pytest.mark.parametrize("args", [[], ["d1", "--all"]])
def test_either_some_or_all(command: str, args: list[str]) -> None:
    result = CliRunner().invoke(cli.app, ["deliveries", command, *args])
    assert result.exit_code == 2
    assert "--all" in result.stderr


@pytest.mark.parametrize("args", [["list"], ["show", "d1"], ["replay", "--all"], ["drop", "d1"]])
def test_without_a_database_there_is_nothing_to_ask(args: list[str]) -> None:
    environment = {"GITHUB_WEBHOOK_SECRET": SECRET, "OMNILENS_DATABASE_URL": "memory", "COLUMNS": "40"}
    result = CliRunner().invoke(cli.app, ["deliveries", *args], env=environment)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.count("\n") == 1
    assert "OMNILENS_DATABASE_URL=memory" in result.stderr


def test_a_database_that_is_not_to_be_had_is_exit_code_3() -> None:
    result = deliveries("sqlite:////dev/null/db", "list")
    assert result.returncode == 3
    assert "/dev/null/db cannot be used" in result.stderr


@pytest.mark.parametrize("command", ["list", "show", "replay", "drop"])
def test_every_command_says_what_it_does(command: str) -> None:
    assert command in CliRunner().invoke(cli.app, ["deliveries", "--help"]).stdout
    assert "Usage" in CliRunner().invoke(cli.app, ["deliveries", command, "--help"]).stdout


@given(body=st.binary() | st.recursive(st.text() | st.integers(), st.lists).map(lambda each: json.dumps(each).encode()))
def test_a_terminal_is_given_nothing_to_obey(body: bytes) -> None:
    assert all(each.isprintable() or each in "\n\t" for each in readable(body))


def test_outcomes_are_told_in_a_line() -> None:
    receipt = Receipt(delivery_id="d1", event="workflow_run", repo_slug="api", run_id=7, seq=3)
    assert told("d1", receipt) == "d1: taken: run 7 of api"
    ignored = Receipt(delivery_id="d1", event="ping", ignored="unmapped-repository")
    assert told("d1", ignored) == "d1: taken, but it changes nothing: unmapped-repository"
    assert told("d1", Failure("stale-delivery", "Too old.")) == "d1: failed: stale-delivery: Too old."
    assert "\x1b" not in told("\x1b[2J", None)


@pytest.mark.parametrize(
    ("seconds", "expected"), [(-1, "0 s"), (59, "59 s"), (150, "2 min"), (7200, "2 h"), (9e5, "10 d")]
)
def test_spans_are_in_their_largest_unit(seconds: float, expected: str) -> None:
    assert span(timedelta(seconds=seconds)) == expected
