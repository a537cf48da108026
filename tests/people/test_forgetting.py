"""Being forgotten leaves no trace: in the answers, in the database, in any file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, insert, select

from omnilens.database.privacy_schema import forget_requests, forgettings
from omnilens.demo.sender import body_of
from omnilens.people import privacy
from support.github import FakeGitHub
from support.payloads import ago, job_payload, run_payload
from support.server import LiveServer
from support.sockets import connected
from support.visitors import Visitor, logged_in, with_login
from support.waiting import eventually, eventually_async

pytestmark = pytest.mark.node

LOGIN = "zaphod-beeblebrox"
AVATAR = "https://avatars.githubusercontent.com/u/424242"


@pytest.fixture(autouse=True)
def _hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(privacy, "OTHERS_KNOW_AFTER", 0.05)


@pytest.fixture
def github() -> Iterator[FakeGitHub]:
    with FakeGitHub() as running:
        running.add_repository("octo-org/octo-repo")
        running.add_repository("octo-org/tool")
        yield running


def serving(github: FakeGitHub, folder: Path, **settings: Any) -> LiveServer:
    given = {
        "repositories": "octo-org/octo-repo",
        "data_dir": folder,
        "database_url": f"sqlite:///{folder}/omnilens.db",
    }
    return with_login(github, **{**given, "history_retention": "90d", **settings})


def by(github: FakeGitHub, login: str, **run: Any) -> dict[str, Any]:
    there = github.state.repositories[0]
    payload = run_payload(actor={"login": login, "avatar_url": AVATAR if login == LOGIN else None}, **run)
    return {**payload, "repository": {"id": there.id, "full_name": there.full_name}}


def triggered(server: LiveServer, github: FakeGitHub) -> None:
    """Runs of the person and of others: of now, of two days, and of long ago; and what cannot be read."""
    about = by(github, LOGIN)["repository"]
    assert server.post("workflow_run", by(github, LOGIN, id=1)).status_code == 200
    assert server.post("workflow_run", by(github, "trillian", id=2)).status_code == 200
    assert server.post("workflow_job", {**job_payload(id=21, run_id=1), "repository": about}).status_code == 200
    assert server.post("workflow_run", by(github, LOGIN, id=6, conclusion="failure")).status_code == 200
    fork = by(github, LOGIN, id=7, conclusion="failure", event="pull_request", head_branch="fix", workflow_id=12)
    assert server.post("workflow_run", fork).status_code == 200
    broken = {**run_payload(id=3), "sender": {"login": LOGIN}}
    del broken["workflow_run"]["id"]
    assert server.post_raw(*_signed(server, broken)).status_code == 400
    assert server.post("workflow_run", {"workflow_run": {"id": 5}, "action": "completed"}).status_code == 400


def _signed(server: LiveServer, payload: Any) -> tuple[bytes, dict[str, str]]:
    from omnilens.demo.sender import headers_of
    from support.server import SECRET

    body = body_of(payload)
    return body, headers_of("workflow_run", body, SECRET.encode())


def traces(folder: Path) -> list[str]:
    """Files in which the person still is."""
    found = []
    for path in folder.rglob("*"):
        if path.is_file():
            data = path.read_bytes().lower()
            found += [f"{path.name}: {word}" for word in (LOGIN, AVATAR) if word.encode() in data]
    return found


def test_nothing_is_left_in_answers_database_and_files(github: FakeGitHub, tmp_path: Path) -> None:
    person, other = github.add_user(LOGIN), github.add_user("trillian")
    with ExitStack() as stack:
        server = stack.enter_context(serving(github, tmp_path))
        visitor, witness = logged_in(server, github, person), logged_in(server, github, other)
        assert visitor.http.post("/api/repos", json={"repository": "octo-org/tool"}).status_code == 201
        triggered(server, github)
        assert server.omnilens.storage.database is not None
        eventually(lambda: traces(tmp_path))
        eventually(lambda: len(witness.http.get("/api/notifications").json()["notifications"]) == 2)
        export = visitor.http.get("/api/me/export").json()
        assert export["tables"]["users"][0]["login"] == LOGIN
        assert [row["slug"] for row in export["tables"]["listed_repositories"]] == ["tool"]
        assert [row["run_id"] for row in export["tables"]["journal"]] == [1, 6, 7]
        assert len(export["tables"]["dead_letters"]) == 1

        assert visitor.http.post("/api/me/forget").status_code == 204
        assert visitor.status("/api/repos") == 401
        runs = witness.http.get("/api/repos/octo-repo/runs").json()["runs"]
        assert {run["id"]: run["actor"] and run["actor"]["login"] for run in runs} == {
            1: None,
            2: "trillian",
            6: None,
            7: None,
        }
        told = witness.http.get("/api/notifications").json()
        assert LOGIN not in str(told)
        assert "octo-org/octo-repo" in str(told)
        assert "tool" not in witness.repos()
        assert traces(tmp_path) == []

        async def look() -> None:
            database = server.omnilens.storage.people
            done = await database.read(
                lambda each: each.execute(select(func.count()).select_from(forgettings)).scalar()
            )
            asked = await database.read(
                lambda each: each.execute(select(func.count()).select_from(forget_requests)).scalar()
            )
            assert (done, asked) == (1, 0)

        server.call(look())
    assert traces(tmp_path) == []
    with serving(github, tmp_path) as again:
        watcher = logged_in(again, github, other)
        runs = watcher.http.get("/api/repos/octo-repo/runs").json()["runs"]
        assert {run["id"] for run in runs} == {1, 2, 6, 7}
    assert traces(tmp_path) == []


def test_runs_of_the_history_are_found_and_stripped(github: FakeGitHub, tmp_path: Path) -> None:
    person = github.add_user(LOGIN)
    with serving(github, tmp_path, event_retention="100d", stale_deliveries="history") as server:
        visitor = logged_in(server, github, person)
        for number in range(1, 4):
            old = ago(86400 * 3 * number)
            server.post("workflow_run", by(github, LOGIN, id=number, run_started_at=old, updated_at=old))
        assert visitor.http.post("/api/me/forget").status_code == 204
        assert traces(tmp_path) == []


def test_other_servers_let_go_of_it_too(github: FakeGitHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(privacy, "OTHERS_KNOW_AFTER", 3.0)
    person, other = github.add_user(LOGIN), github.add_user("trillian")
    with serving(github, tmp_path) as one, serving(github, tmp_path) as two:
        visitor, witness = logged_in(one, github, person), logged_in(two, github, other)
        one.post("workflow_run", by(github, LOGIN, id=1))
        eventually(lambda: two.omnilens.store.run("octo-repo", 1))
        assert visitor.http.post("/api/me/forget").status_code == 204
        (run,) = witness.http.get("/api/repos/octo-repo/runs").json()["runs"]
        assert run["actor"] is None
        assert traces(tmp_path) == []


def test_what_was_interrupted_is_finished(github: FakeGitHub, tmp_path: Path) -> None:
    person = github.add_user(LOGIN)
    with serving(github, tmp_path) as server:
        visitor = logged_in(server, github, person)
        server.post("workflow_run", by(github, LOGIN, id=1))
        users = server.omnilens.people.users

        async def interrupted() -> None:
            (user,) = [each for each in await users.all() if each.profile.login == LOGIN]
            row = {"user_id": user.id, "login": LOGIN, "asked_at": 0}
            await server.omnilens.storage.people.write(lambda each: each.execute(insert(forget_requests).values(row)))
            await server.omnilens.privacy.finish_late()

        server.call(interrupted())
        server.omnilens.people.sessions._recent.forget(lambda *_: True)
        assert visitor.status("/api/repos") == 401
        assert traces(tmp_path) == []


@pytest.mark.anyio
async def test_their_pages_are_closed(github: FakeGitHub, tmp_path: Path) -> None:
    person = github.add_user(LOGIN)
    with serving(github, tmp_path) as server:
        visitor = logged_in(server, github, person)
        async with connected(server.url, headers={**visitor.cookies, "origin": server.url}) as browser:
            assert browser.client.connected
            assert visitor.http.post("/api/me/forget").status_code == 204
            await eventually_async(lambda: not browser.client.connected)


def test_only_from_our_page_and_only_people(github: FakeGitHub, tmp_path: Path) -> None:
    person = github.add_user(LOGIN)
    with serving(github, tmp_path) as server:
        visitor = logged_in(server, github, person)
        refused = visitor.http.post("/api/me/forget", headers={"origin": "https://evil.example"})
        assert (refused.status_code, refused.json()["code"]) == (403, "forbidden-origin")
        assert Visitor(server).http.post("/api/me/forget").status_code == 401
        assert Visitor(server).http.get("/api/me/export").status_code == 401
        export = visitor.http.get("/api/me/export")
        assert "github_token" not in export.text
        assert "key" not in export.json()["tables"]["sessions"][0]


def test_without_a_login_the_list_is_forgotten_and_everybody_goes_on(tmp_path: Path) -> None:
    with LiveServer(repositories="acme/web", database_url=f"sqlite:///{tmp_path}/db") as server:
        origin = {"origin": server.url}
        assert server.http.post("/api/repos", json={"repository": "acme/tool"}, headers=origin).status_code == 201
        assert server.http.post("/api/me/forget", headers=origin).status_code == 204
        assert [repo["slug"] for repo in server.get("/api/repos")["repos"]] == ["web"]
        assert server.http.post("/api/repos", json={"repository": "acme/tool"}, headers=origin).status_code == 201


def test_an_export_is_json_for_people(github: FakeGitHub, tmp_path: Path) -> None:
    person = github.add_user(LOGIN)
    with serving(github, tmp_path) as server:
        answer = logged_in(server, github, person).http.get("/api/me/export")
        assert answer.headers["content-disposition"].startswith("attachment")
        assert answer.headers["cache-control"] == "no-store"
        assert json.loads(answer.text)["format"] == "omnilens-export-1"
        assert answer.text.count("\n") > 10
