"""Live updates that an operator switches off: the page says so, asks instead, and is live again without a reload."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from omnilens.realtime import switch
from support.payloads import run_payload
from support.server import LiveServer

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(60)]

CARD = "[data-testid=workflow-card]"
LIVE = "[data-testid=connection-state]"


@pytest.fixture
def board(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[LiveServer]:
    monkeypatch.setattr(switch, "POLL_EVERY", 1)
    with LiveServer(repositories="octo-org/octo-repo") as server:
        server.post("workflow_run", run_payload(id=1, name="CI"))
        yield server


def decide(server: LiveServer, live: str) -> None:
    wish = {"live": live, "why": "The proxy drops it"}
    assert server.http.put("/api/flags", json=wish, headers={"origin": server.url}).status_code == 200


def test_a_page_without_live_updates_says_so_and_asks(page: Page, board: LiveServer) -> None:
    page.goto(f"{board.url}/dashboard/octo-repo")
    expect(page.locator(LIVE)).to_contain_text("Live")
    expect(page.locator(CARD)).to_have_count(1)

    decide(board, "off")
    expect(page.locator(LIVE)).to_contain_text("Asks every 1 s", timeout=1000)
    expect(page.get_by_role("status").filter(has_text="Not live: octo-repo.")).to_contain_text(
        "An operator has switched live updates off: The proxy drops it. This page asks every 1 seconds instead."
    )
    board.post("workflow_run", run_payload(id=2, name="Deploy", workflow_id=12))
    expect(page.locator(CARD)).to_have_count(2)
    page.reload()
    expect(page.locator(LIVE)).to_contain_text("Asks every 1 s")

    decide(board, "on")
    expect(page.locator(LIVE)).to_contain_text("Live", timeout=1000)
    expect(page.get_by_text("Not live")).to_have_count(0)
    board.post("workflow_run", run_payload(id=3, name="Release", workflow_id=13))
    expect(page.locator(CARD)).to_have_count(3)


def test_the_home_page_asks_too(page: Page, board: LiveServer) -> None:
    decide(board, "off")
    page.goto(board.url)
    expect(page.locator(LIVE)).to_contain_text("Asks every 1 s")
    board.post("workflow_run", run_payload(id=2, name="Deploy", conclusion="failure"))
    expect(page.get_by_text("Deploy")).to_be_visible()
