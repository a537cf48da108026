"""Adding, taking off and ordering repositories over real HTTP, with a GitHub that is asked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx2
import pytest

from support.github import FakeGitHub
from support.github.faults import Fault
from support.payloads import ago, run_payload
from support.server import LiveServer
from support.sockets import connected
from support.waiting import eventually, eventually_async

pytestmark = pytest.mark.node


@pytest.fixture
def github() -> Iterator[FakeGitHub]:
    with FakeGitHub() as running:
        yield running


@pytest.fixture
def server(github: FakeGitHub) -> Iterator[LiveServer]:
    with serving(github) as live:
        yield live


def serving(github: FakeGitHub, **settings: Any) -> LiveServer:
    given = {"repositories": "acme/web", "api_url": github.url, "github_token": github.token, "backfill": "0d"}
    return LiveServer(**{**given, **settings})


def add(server: LiveServer, text: Any, **headers: str) -> httpx2.Response:
    return server.http.post("/api/repos", json={"repository": text}, headers={"origin": server.url, **headers})


def take_off(server: LiveServer, slug: str) -> httpx2.Response:
    return server.http.delete(f"/api/repos/{slug}", headers={"origin": server.url})


def order(server: LiveServer, *slugs: str) -> httpx2.Response:
    return server.http.put("/api/repos/order", json={"slugs": slugs}, headers={"origin": server.url})


def slugs(server: LiveServer) -> list[str]:
    return [repo["slug"] for repo in server.get("/api/repos")["repos"]]


def said(answer: httpx2.Response) -> tuple[int, str, str]:
    return answer.status_code, answer.json()["code"], answer.json()["error"]


def about(full_name: str, repository_id: int, **run: Any) -> dict[str, Any]:
    return {**run_payload(**run), "repository": {"full_name": full_name, "id": repository_id}}


def test_an_added_repository_is_on_the_board_and_its_deliveries_are_taken(
    server: LiveServer, github: FakeGitHub
) -> None:
    there = github.add_repository("Octo-Org/Tool", private=True)
    unmapped = server.post("workflow_run", about("Octo-Org/Tool", there.id, id=1))
    assert unmapped.json()["ignored"] == "unmapped-repository"
    answer = add(server, f"http://{server.settings.github_host}/octo-org/tool/actions")
    card = answer.json()
    assert answer.status_code == 201
    assert (card["slug"], card["full_name"], card["id"]) == ("Tool", "Octo-Org/Tool", there.id)
    assert (card["checked"], card["private"]) == (True, True)
    assert card["overview"]["total_runs"] == 0
    assert slugs(server) == ["web", "Tool"]
    assert server.post("workflow_run", about("Octo-Org/Tool", there.id, id=2)).json()["runId"] == 2
    assert [run["id"] for run in server.runs("tool")] == [2]


def test_a_renamed_repository_is_added_under_its_present_name(server: LiveServer, github: FakeGitHub) -> None:
    github.add_repository("octo-org/tool").rename("octo-org/machine")
    assert add(server, "octo-org/tool").json()["full_name"] == "octo-org/machine"
    assert said(add(server, "octo-org/machine"))[:2] == (409, "repository-already-listed")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "no name",
            (
                400,
                "invalid-repository",
                "Invalid GitHub repository URL or format. Use owner/repo or a full GitHub URL.",
            ),
        ),
        ("octo-org/nothing", (404, "repository-not-found", "Repository not found")),
        ("ACME/Web", (409, "repository-already-listed", "Repository already exists in dashboard")),
    ],
)
def test_errors_have_the_words_that_users_know(
    server: LiveServer, github: FakeGitHub, text: str, expected: tuple[int, str, str]
) -> None:
    github.add_repository("acme/web")
    assert said(add(server, text)) == expected
    assert slugs(server) == ["web"]


def test_who_may_not_is_told_so(server: LiveServer, github: FakeGitHub) -> None:
    github.add_repository("octo-org/tool")
    github.fail(Fault.json(b'{"message":"Resource not accessible"}', 403), path="/repos/octo-org/tool")
    expected = (403, "repository-denied", "Repository access denied. Check your GitHub permissions.")
    assert said(add(server, "octo-org/tool")) == expected


def test_a_github_in_trouble_is_told_of(server: LiveServer, github: FakeGitHub) -> None:
    github.fail(Fault.redirect("https://elsewhere.example/"), path="/repos/octo-org/tool")
    assert said(add(server, "octo-org/tool"))[:2] == (502, "github-refused")


def test_a_used_up_limit_says_when_to_come_back(server: LiveServer, github: FakeGitHub) -> None:
    github.add_repository("octo-org/tool")
    github.exhaust(600)
    answer = add(server, "octo-org/tool")
    assert said(answer)[:2] == (429, "github-limited")
    assert 0 < int(answer.headers["retry-after"]) <= 3600


def test_so_many_and_no_more(github: FakeGitHub) -> None:
    for name in ("one", "two", "three"):
        github.add_repository(f"octo-org/{name}")
    with serving(github, repositories_per_user=2) as server:
        assert [add(server, f"octo-org/{name}").status_code for name in ("one", "two")] == [201, 201]
        code, kind, sentence = said(add(server, "octo-org/three"))
        assert (code, kind) == (400, "too-many-repositories")
        assert sentence.startswith("Maximum repository limit reached")


def test_without_a_token_only_the_form_is_checked() -> None:
    with LiveServer(repositories="") as server:
        answer = add(server, "octo-org/tool")
        assert (answer.status_code, answer.json()["checked"]) == (201, False)
        assert server.post("workflow_run", about("octo-org/tool", 7, id=2)).json()["runId"] == 2
        assert server.get("/api/repos")["repos"][0]["id"] == 7


def test_only_from_our_page_or_with_a_token(server: LiveServer, github: FakeGitHub) -> None:
    github.add_repository("octo-org/tool")
    for headers in ({}, {"origin": "https://evil.example"}, {"authorization": "Basic eDp5"}):
        for answer in (
            server.http.post("/api/repos", json={"repository": "octo-org/tool"}, headers=headers),
            server.http.delete("/api/repos/web", headers=headers),
            server.http.put("/api/repos/order", json={"slugs": ["web"]}, headers=headers),
        ):
            assert said(answer)[:2] == (403, "forbidden-origin")
    bearer = {"authorization": "Bearer x"}
    assert server.http.post("/api/repos", json={"repository": "octo-org/tool"}, headers=bearer).status_code == 201


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b'{"repository": 5}', b"\xff", b'{"repository": "' + b"x" * 3000])
def test_a_body_that_is_none(server: LiveServer, body: bytes) -> None:
    answer = server.http.post("/api/repos", content=body, headers={"origin": server.url})
    assert said(answer)[:2] == (400, "invalid-parameter")


def test_a_body_without_an_end(server: LiveServer) -> None:
    answer = server.http.post("/api/repos", content=b" " * 100_000, headers={"origin": server.url})
    assert said(answer)[:2] == (413, "body-too-large")


def test_taken_off_ordered_and_suggested(server: LiveServer, github: FakeGitHub) -> None:
    for name in ("one", "two"):
        github.add_repository(f"octo-org/{name}")
        add(server, f"octo-org/{name}")
    assert order(server, "two", "web").status_code == 204
    assert slugs(server) == ["two", "web", "one"]
    assert take_off(server, "WEB").status_code == 204
    assert take_off(server, "one").status_code == 204
    assert slugs(server) == ["two"]
    assert [repo["slug"] for repo in server.get("/api/repos/suggestions")["repos"]] == ["web"]
    expected = (404, "repository-not-found", "Repository not found in dashboard")
    assert said(take_off(server, "one")) == said(take_off(server, "x")) == said(order(server, "one")) == expected
    assert server.http.get("/api/repos/one/runs").status_code == 404
    github.add_repository("acme/web")
    assert add(server, "acme/web").status_code == 201
    assert slugs(server) == ["two", "web"]  # where it was


def test_all_of_it_survives_a_restart(github: FakeGitHub, tmp_path: Path) -> None:
    kept = {"database_url": f"sqlite:///{tmp_path}/db"}
    there = github.add_repository("octo-org/tool")
    with serving(github, **kept) as server:
        add(server, "octo-org/tool")
        order(server, "tool", "web")
        server.post("workflow_run", about("octo-org/tool", there.id, id=3))
    with serving(github, **kept) as server:
        assert slugs(server) == ["tool", "web"]
        assert [run["id"] for run in server.runs("tool")] == [3]
        assert server.post("workflow_run", about("octo-org/tool", there.id, id=4)).json()["runId"] == 4
        take_off(server, "tool")
    with serving(github, **kept) as server:
        assert slugs(server) == ["web"]
        ignored = server.post("workflow_run", about("octo-org/tool", there.id, id=5)).json()["ignored"]
        assert ignored == "unmapped-repository"


def test_what_comes_back_has_what_it_had_also_after_a_restart(github: FakeGitHub, tmp_path: Path) -> None:
    kept = {"database_url": f"sqlite:///{tmp_path}/db", "event_retention": "1s", "github_token": None}
    with serving(github, **kept) as server:
        assert add(server, "octo-org/tool").status_code == 201
        assert server.post("workflow_run", about("octo-org/tool", 7, id=3)).json()["seq"] == 1

        async def folded() -> None:
            await server.omnilens.storage.archive(datetime.now(UTC) + timedelta(minutes=1), 1)

        server.call(folded())
        take_off(server, "tool")
    with serving(github, **kept) as server:
        assert server.http.get("/api/repos/tool/runs").status_code == 404
        assert add(server, "octo-org/tool").status_code == 201
        answer = server.get("/api/repos/tool/runs")
        assert ([run["id"] for run in answer["runs"]], answer["seq"]) == ([3], 1)
        assert server.post("workflow_run", about("octo-org/tool", 7, id=4)).json()["seq"] == 2


def test_its_past_is_fetched_as_that_of_a_configured_one(github: FakeGitHub, tmp_path: Path) -> None:
    there = github.add_repository("octo-org/tool")
    run = there.add_run()
    with serving(github, database_url=f"sqlite:///{tmp_path}/db", backfill="1d") as server:
        eventually(lambda: github.asked("/repos/acme/web/actions/runs"))
        add(server, "octo-org/tool")
        eventually(lambda: [each["id"] for each in server.runs("tool")] == [run.id])
        eventually(lambda: _past(server, "tool") is not None)


def _past(server: LiveServer, slug: str) -> Any:
    repos = server.get("/api/github")["repos"]
    return next((each["past"] for each in repos if each["slug"] == slug), None)


def test_its_webhook_can_be_made_from_the_check_page(server: LiveServer, github: FakeGitHub) -> None:
    there = github.add_repository("octo-org/tool")
    add(server, "octo-org/tool")
    done = server.http.post("/api/repos/tool/doctor/webhook", headers={"origin": server.url}).json()["done"]
    assert [each["what"] for each in done] == ["made"]
    assert len(there.hooks) == 1


@pytest.mark.anyio
async def test_other_tabs_learn_it(github: FakeGitHub) -> None:
    for name in ("one", "two"):
        github.add_repository(f"octo-org/{name}")
    with serving(github) as server:
        heard: list[Any] = []
        async with connected(server.url) as browser:
            browser.client.on("repos-changed", heard.append)
            acts = [
                partial(add, server, "octo-org/one"),
                partial(order, server, "one"),
                partial(take_off, server, "one"),
            ]
            for act in acts:
                before = len(heard)
                assert act().is_success
                await eventually_async(lambda before=before: len(heard) == before + 1)  # type: ignore[misc]


@pytest.mark.anyio
async def test_a_delivery_right_after_it_was_added_at_another_server_is_not_lost(
    github: FakeGitHub, tmp_path: Path
) -> None:
    shared = {"database_url": f"sqlite:///{tmp_path}/db"}
    there = github.add_repository("octo-org/tool")
    with serving(github, **shared) as one, serving(github, **shared) as two:
        assert add(one, "octo-org/tool").status_code == 201
        assert two.post("workflow_run", about("octo-org/tool", there.id, id=3)).json()["runId"] == 3
        for server in (one, two):
            eventually(lambda server=server: [run["id"] for run in server.runs("tool")] == [3])  # type: ignore[misc]
            assert slugs(server) == ["web", "tool"]
        assert server.count("omnilens_unmapped_deliveries_total") == 0


@pytest.mark.anyio
async def test_what_another_server_has_accepted_for_it_is_not_lost_either(github: FakeGitHub, tmp_path: Path) -> None:
    shared = {"database_url": f"sqlite:///{tmp_path}/db"}
    there = github.add_repository("octo-org/tool")
    with serving(github, **shared) as one, serving(github, **shared) as two:
        assert add(one, "octo-org/tool").status_code == 201
        sent = [about("octo-org/tool", there.id, id=number, updated_at=ago(1)) for number in range(1, 6)]
        assert [one.post("workflow_run", payload).status_code for payload in sent] == [200] * 5
        eventually(lambda: two.omnilens.flow.applied >= 5)
        assert [run["id"] for run in two.runs("tool")] == [run["id"] for run in one.runs("tool")]
        assert len(two.runs("tool")) == 5
