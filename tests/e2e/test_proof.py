"""Each repository shows since when its view is free of gaps: proven over a crash, and never merely claimed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, WebSocketRoute, expect

from support.payloads import run_payload
from support.process import Served, free_port, served
from support.server import LiveServer

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(60)]

REPOSITORY = "octo-org/octo-repo"
BOARD = "/dashboard/octo-repo"
PAGES = ("/", BOARD)


def proof_of(page: Page) -> Locator:
    return page.get_by_test_id("proof")


def proven(page: Page) -> str:
    """Since when the view is proven to be free of gaps."""
    expect(proof_of(page)).to_contain_text("Gap-free since")
    since = proof_of(page).locator("time").first.get_attribute("datetime")
    assert since
    return since


def claims_nothing(page: Page) -> str:
    """Since when, while the connection is down."""
    expect(page.get_by_test_id("websocket-error")).to_be_visible()
    expect(proof_of(page)).to_contain_text("Unproven since")
    expect(page.locator("body")).not_to_contain_text("Gap-free")
    since = proof_of(page).locator("time").first.get_attribute("datetime")
    assert since
    return since


def facts(page: Page) -> dict[str, str]:
    """What is told to whoever presses the proof, by term."""
    proof_of(page).press("Enter")
    details = page.get_by_role("dialog", name=f"What is proven of {REPOSITORY}")
    expect(details).to_be_visible()
    told = dict(zip(details.locator("dt").all_text_contents(), details.locator("dd").all_text_contents(), strict=True))
    page.keyboard.press("Escape")
    expect(details).to_have_count(0)
    expect(proof_of(page)).to_be_focused()
    return told


def post(server: Served | LiveServer, number: int, name: str = "CI") -> None:
    server.post("workflow_run", run_payload(id=number, workflow_id=number, name=name))


@pytest.mark.parametrize("path", PAGES)
def test_a_repository_shows_its_proof(page: Page, path: str) -> None:
    with LiveServer(repositories=REPOSITORY) as server:
        page.goto(server.url + path)
        since = proven(page)
        expect(proof_of(page)).to_contain_text("no update yet")
        post(server, 1)
        expect(proof_of(page)).to_contain_text(re.compile(r"last update \d+ s ago"))
        assert proven(page) == since
        told = facts(page)
        assert told["Updates received"] == "1"
        assert told["Stands at"].startswith("seq 1, epoch ")
        assert page.url == server.url + path
        page.reload()
        expect(proof_of(page)).to_contain_text(re.compile(r"last update \d+ s ago"))
        assert facts(page)["Updates received"] == "0"


@pytest.mark.parametrize("path", PAGES)
def test_it_goes_on_where_a_crash_cost_nothing(page: Page, tmp_path: Path, path: str) -> None:
    """kill -9: nothing is claimed while it is away, and what it missed continues what was proven."""
    port = free_port()
    with served(port, tmp_path, OMNILENS_REPOSITORIES=REPOSITORY) as server:
        page.goto(server.url + path)
        since = proven(page)
        post(server, 1)
        expect(proof_of(page)).to_contain_text("last update")
        server.kill()
        claims_nothing(page)
        assert facts(page)["Updates received"] == "1"  # what was proven is still told, as what it was

    with served(port, tmp_path, OMNILENS_REPOSITORIES=REPOSITORY) as successor:
        post(successor, 2, "While away")
        expect(page.get_by_role("main")).to_contain_text("While away")
        assert proven(page) == since
        assert facts(page)["Updates received"] == "2"


@pytest.mark.parametrize("path", PAGES)
def test_it_begins_anew_where_the_server_has_forgotten(page: Page, tmp_path: Path, path: str) -> None:
    port, settings = free_port(), {"OMNILENS_REPOSITORIES": REPOSITORY, "OMNILENS_DATABASE_URL": "memory"}
    with served(port, tmp_path, **settings) as server:
        page.goto(server.url + path)
        since = proven(page)
        epoch = facts(page)["Stands at"]
        server.kill()
        away = claims_nothing(page)

    with served(port, tmp_path, **settings):
        assert since < away < proven(page)
        assert facts(page)["Stands at"] != epoch


def test_it_begins_anew_after_a_gap(page: Page) -> None:
    """An update that never arrives is noticed by the next one, fetched, and not passed over in silence."""

    def lose_one(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()
        server.on_message(lambda message: None if is_lost(str(message)) else socket.send(message))

    def is_lost(message: str) -> bool:
        return "The lost one" in message and "workflow-update" in message

    page.route_web_socket(re.compile("socket.io"), lose_one)
    with LiveServer(repositories=REPOSITORY) as server:
        page.goto(server.url + BOARD)
        since = proven(page)
        post(server, 1, "Before")
        expect(page.get_by_role("heading", level=3, name="Before")).to_be_visible()
        assert proven(page) == since
        post(server, 2, "The lost one")
        post(server, 3, "After")
        expect(page.get_by_role("heading", level=3, name="After")).to_be_visible()
        assert proven(page) > since


def test_each_card_tells_the_way_of_its_last_update(page: Page) -> None:
    with LiveServer() as server:
        post(server, 1)
        page.goto(server.url + BOARD)
        proven(page)
        for name in ("CI", "Deploy"):
            if name == "Deploy":
                post(server, 2, name)
            card = page.get_by_test_id("workflow-card").filter(has_text=name)
            card.get_by_role("button", name=f"how live {name} is").press("Enter")
            told = page.get_by_role("dialog", name=f"How live {name} is")
            expect(told).to_contain_text("Gap-free since")
            if name == "CI":
                expect(told).to_contain_text("No update of it since this page was opened")
            else:
                expect(told).to_contain_text(re.compile(r"At the server\d\d:\d\d:\d\d, at most [\d.]+ s later"))
                expect(told).to_contain_text(re.compile(r"On this page\d\d:\d\d:\d\d, \d+ ms later"))
            page.keyboard.press("Escape")
            expect(told).to_have_count(0)
