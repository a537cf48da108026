"""Badges and CCTray: what they say, what of strangers' text gets into them, and who may see them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from omnilens.api.badge_drawing import drawing
from support.github import FakeGitHub
from support.payloads import REPOSITORY, ago, run_payload
from support.server import LiveServer
from support.visitors import Visitor, logged_in, with_login

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def board() -> Iterator[LiveServer]:
    with LiveServer(repositories="*/*") as live:
        post(live, 1, 11, "CI", "success", age=90, path=".github/workflows/ci.yml")
        post(live, 2, 11, "CI", "cancelled", age=80, path=".github/workflows/ci.yml")
        post(live, 3, 12, "Deploy", "failure", age=70)
        post(live, 4, 11, "CI", "failure", age=60, head_branch="feature", path=".github/workflows/ci.yml")
        post(live, 5, 13, 'Lint <&> "x"', "timed_out", age=50)
        post(live, 6, 14, "Nightly", None, age=40, action="in_progress")
        fork = {"event": "pull_request", "actor": {"login": "mallory"}, "pull_requests": []}
        post(live, 7, 11, "CI", "failure", age=30, path=".github/workflows/ci.yml", **fork)
        yield live


def post(live: LiveServer, run: int, workflow: int, name: str, conclusion: str | None, age: float, **rest: Any) -> None:
    action = rest.pop("action", "completed")
    payload = run_payload(
        action, id=run, workflow_id=workflow, name=name, conclusion=conclusion, run_started_at=ago(age), **rest
    )
    payload["repository"] = {**REPOSITORY, "default_branch": "main", "private": False}
    assert live.post("workflow_run", payload).status_code == 200


def title(svg: str) -> str:
    found = ET.fromstring(svg).find(f"{SVG}title")  # noqa: S314 - our own
    assert found is not None
    return str(found.text)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", "octo-repo: 2 of 3 failing"),
        ("?workflow=CI", "CI: passing"),  # neither the cancelled run nor a fork's main says otherwise
        ("?workflow=ci.yml", "CI: passing"),
        ("?workflow=CI&branch=feature", "CI: failing"),
        ("?workflow=deploy", "Deploy: failing"),
        ("?workflow=nightly", "Nightly: no runs"),
        ("?workflow=Nothing", "Nothing: no runs"),
        ("?workflow=" + "%3Cscript%3E", "<script>: no runs"),
    ],
)
def test_what_a_badge_says(board: LiveServer, query: str, expected: str) -> None:
    answer = board.http.get(f"/badge/octo-repo.svg{query}")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("image/svg+xml")
    assert title(answer.text) == expected


def test_image_proxies_ask_again_and_get_it_only_when_it_has_changed(board: LiveServer) -> None:
    first = board.http.get("/badge/octo-repo.svg")
    assert "no-cache" in first.headers["cache-control"]
    again = board.http.get("/badge/octo-repo.svg", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = board.http.get("/badge/octo-repo.svg?workflow=CI", headers={"if-none-match": first.headers["etag"]})
    assert other.status_code == 200


def test_an_update_changes_the_badge(server: LiveServer) -> None:
    post(server, 1, 11, "CI", "failure", age=90)
    assert title(server.http.get("/badge/octo-repo.svg").text) == "octo-repo: failing"
    post(server, 2, 11, "CI", "success", age=10)
    assert title(server.http.get("/badge/octo-repo.svg").text) == "octo-repo: passing"


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>&\"'", "]]><x/>", "\x00\x1b\u202e\ufffe", "🚀" * 300, "", "a" * 5000]
)
def test_nothing_breaks_out_of_a_drawing(name: str) -> None:
    svg = ET.fromstring(drawing(name, "passing", "passed"))  # noqa: S314
    assert {each.tag.removeprefix(SVG) for each in svg.iter()} <= {"svg", "title", "clipPath", "rect", "g", "text"}
    assert svg.attrib["role"] == "img"
    assert int(svg.attrib["width"]) < 800


def test_cctray_has_a_project_for_each_workflow(board: LiveServer) -> None:
    answer = board.http.get("/cctray.xml?repo=octo-repo")
    assert answer.headers["content-type"].startswith("application/xml")
    projects = {each.attrib["name"]: each.attrib for each in ET.fromstring(answer.text)}  # noqa: S314
    assert {name: (each["activity"], each["lastBuildStatus"]) for name, each in projects.items()} == {
        "octo-org/octo-repo / CI": ("Sleeping", "Success"),
        "octo-org/octo-repo / Deploy": ("Sleeping", "Failure"),
        'octo-org/octo-repo / Lint <&> "x"': ("Sleeping", "Failure"),
        "octo-org/octo-repo / Nightly": ("Building", "Unknown"),
    }
    assert projects["octo-org/octo-repo / CI"]["webUrl"] == "https://github.com/octo-org/octo-repo/actions/runs/2"
    assert projects["octo-org/octo-repo / CI"]["lastBuildLabel"] == "1"


def test_what_is_not_there(board: LiveServer) -> None:
    for path in ("/badge/nothing.svg", "/cctray.xml?repo=nothing"):
        answer = board.http.get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, "repository-not-found")


def test_what_has_not_run_lately_is_in_the_history(tmp_path: Any) -> None:
    settings = {"database_url": f"sqlite:///{tmp_path}/omnilens.db"}
    with LiveServer(**settings) as live:
        post(live, 1, 11, "CI", "failure", age=90)
    with LiveServer(**settings) as live:
        assert title(live.http.get("/badge/octo-repo.svg").text) == "octo-repo: failing"


PATHS = ("/badge/{}.svg", "/cctray.xml?repo={}")


@pytest.fixture(params=[False, True], ids=["for those who may", "public ones for all"])
def guarded(request: pytest.FixtureRequest) -> Iterator[tuple[LiveServer, FakeGitHub, bool]]:
    with FakeGitHub() as github:
        github.add_repository("octo-org/open")
        github.add_repository("octo-org/secret", private=True)
        repositories = "octo-org/open,octo-org/secret,octo-org/unsaid"
        with with_login(github, repositories=repositories, public_badges=request.param) as site:
            for name, private in (("open", False), ("secret", True)):
                payload = {**run_payload(), "repository": {"full_name": f"octo-org/{name}", "private": private}}
                assert site.post("workflow_run", payload).status_code == 200
            yield site, github, request.param


@pytest.mark.node
def test_who_sees_a_badge(guarded: tuple[LiveServer, FakeGitHub, bool]) -> None:
    site, github, public = guarded
    secret = next(each for each in github.state.repositories if each.full_name == "octo-org/secret")
    alice = logged_in(site, github, github.add_user("alice", secret))
    bob = logged_in(site, github, github.add_user("bob"))
    nobody = Visitor(site)
    for path in PATHS:
        assert nobody.status(path.format("open")) == (200 if public else 401)
        for hidden in ("secret", "unsaid", "nowhere"):  # a repository that nobody has called public is not
            assert nobody.status(path.format(hidden)) == 401, (path, hidden)
        assert bob.status(path.format("open")) == alice.status(path.format("open")) == 200
        assert alice.status(path.format("secret")) == 200
        assert bob.status(path.format("secret")) == bob.status(path.format("nowhere")) == 404
    assert "secret" in alice.http.get("/cctray.xml").text
    assert "secret" not in bob.http.get("/cctray.xml").text
    answer = nobody.http.get("/cctray.xml")
    assert answer.status_code == (200 if public else 401)
    assert "secret" not in answer.text


@pytest.mark.node
def test_an_access_token_sees_what_it_is_for(guarded: tuple[LiveServer, FakeGitHub, bool]) -> None:
    site, github, public = guarded
    secret = next(each for each in github.state.repositories if each.full_name == "octo-org/secret")
    alice = logged_in(site, github, github.add_user("alice", secret))
    made = alice.http.post("/api/tokens", json={"name": "hallway", "repos": ["secret"], "days": 1})
    headers = {"authorization": f"Bearer {made.json()['token']}"}
    nobody = Visitor(site)
    assert nobody.http.get("/badge/secret.svg", headers=headers).status_code == 200
    assert nobody.http.get("/badge/open.svg", headers=headers).status_code == (200 if public else 404)
    assert nobody.http.get(f"/badge/secret.svg?token={made.json()['token']}").status_code == 401
