"""Who is on it, seen in two browsers at once: made in one, seen in the other, ended by the run that fixes it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from support.payloads import job_payload, run_payload
from support.server import LiveServer

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(90)]

ON_IT = "[data-testid=on-it]"
LIVE = "[data-testid=connection-state]"
BOARD = "/dashboard/octo-repo"


@pytest.fixture
def board() -> Iterator[LiveServer]:
    with LiveServer(repositories="octo-org/octo-repo") as server:
        server.post("workflow_run", run_payload(id=5, conclusion="failure"))
        server.post("workflow_job", job_payload(run_id=5, conclusion="failure"))
        yield server


@pytest.fixture
def other(chromium: Browser) -> Iterator[Page]:
    """Somebody else's browser."""
    with chromium.new_context(viewport={"width": 390, "height": 844}, reduced_motion="reduce") as context:
        yield context.new_page()


def opened(page: Page, server: LiveServer, path: str = BOARD) -> Page:
    page.goto(server.url + path)
    expect(page.locator(LIVE).first).to_contain_text("Live")
    return page


def test_two_people_see_at_once_who_is_on_it_until_it_is_fixed(board: LiveServer, page: Page, other: Page) -> None:
    mine, theirs = opened(page, board), opened(other, board, f"{BOARD}/runs/5")
    button = mine.get_by_role("button", name="I'm on it: CI")
    button.focus()
    mine.keyboard.press("Enter")
    expect(mine.get_by_label("Your name")).to_be_focused()
    mine.keyboard.type("Maria")
    mine.keyboard.press("Enter")
    for page_ in (mine, theirs):
        expect(page_.locator(ON_IT)).to_contain_text("Maria is on it · ")
    expect(mine.locator(ON_IT)).to_be_focused()  # where whoever pressed it was
    expect(theirs.get_by_text("CI: Maria is on it")).to_have_attribute("role", "status")
    theirs.locator(ON_IT).click()
    theirs.get_by_label("Your name").fill("Tom")
    theirs.get_by_role("button", name="Take over").click()
    expect(mine.locator(ON_IT)).to_contain_text("Tom is on it · ")
    for path in ("/", f"{BOARD}?kiosk=1"):
        opened(theirs, board, path)
        expect(theirs.locator(ON_IT)).to_contain_text("Tom is on it")
    board.post("workflow_run", run_payload("in_progress", id=6))
    expect(mine.locator("[data-state=in_progress] h3")).to_be_visible()
    expect(mine.locator(ON_IT)).to_contain_text("Tom is on it · ")  # it is not fixed yet
    board.post("workflow_run", run_payload(id=6))
    for page_ in (mine, theirs):
        expect(page_.locator("[data-state=success] h3")).to_be_visible()
        expect(page_.locator(ON_IT)).to_have_count(0)
    board.post("workflow_run", run_payload(id=7, conclusion="failure"))
    again = mine.get_by_role("button", name="I'm on it: CI")
    again.click()  # by a name that is known by now
    expect(mine.locator(ON_IT)).to_contain_text("Maria is on it · ")


def test_somebody_sees_to_what_waits_for_an_approval(board: LiveServer, page: Page, other: Page) -> None:
    """On the card, on the run's page, at home and on the wall; until it has passed, or is called off."""
    deploy: dict[str, Any] = {"name": "Deploy", "workflow_id": 12}
    gate: dict[str, Any] = {"id": 22, "run_id": 8, "name": "production", "workflow_name": "Deploy"}
    board.post("workflow_run", run_payload("in_progress", id=8, **deploy))
    board.post("workflow_job", job_payload("waiting", **gate))
    mine, theirs = opened(page, board), opened(other, board, f"{BOARD}/runs/8")
    card = mine.get_by_test_id("workflow-card").filter(has_text="Waits for approval of production")
    card.get_by_role("button", name="I'm on it: Deploy").click()
    popover = mine.get_by_test_id("claim")
    expect(popover).to_contain_text("It ends by itself when it has passed, or is called off.")
    popover.get_by_label("Your name").fill("Maria")
    popover.get_by_role("button", name="I'm on it").click()
    for shown in (card.locator(ON_IT), theirs.locator(ON_IT)):
        expect(shown).to_contain_text("Maria is on it · ")
    for path in ("/", f"{BOARD}?kiosk=1"):
        opened(theirs, board, path)
        expect(theirs.locator(ON_IT).filter(has_text="Maria is on it")).to_have_count(1)
    board.post("workflow_job", job_payload("in_progress", **gate))
    running = mine.get_by_test_id("workflow-card").filter(has_text="Deploy")
    expect(running).to_have_attribute("data-state", "in_progress")
    expect(running.locator(ON_IT)).to_contain_text("Maria is on it · ")  # approved, and not through yet
    board.post("workflow_run", run_payload(id=8, **deploy))
    expect(running).to_have_attribute("data-state", "success")
    expect(running.locator(ON_IT)).to_have_count(0)
    board.post("workflow_run", run_payload("requested", status="waiting", id=9, **deploy))
    expect(running).to_have_attribute("data-state", "waiting")
    running.get_by_role("button", name="I'm on it: Deploy").click()
    expect(theirs.locator(ON_IT)).to_contain_text("Maria is on it")
    board.post("workflow_run", run_payload(id=9, conclusion="cancelled", **deploy))
    expect(running).to_have_attribute("data-state", "cancelled")
    assert board.get("/api/repos/octo-repo/claims")["claims"] == []


def test_it_is_taken_back(board: LiveServer, page: Page, other: Page) -> None:
    mine, theirs = opened(page, board), opened(other, board)
    mine.locator(ON_IT).click()
    mine.get_by_test_id("claim").get_by_role("button", name="I'm on it").click()
    expect(theirs.locator(ON_IT)).to_contain_text("Someone is on it · ")
    mine.locator(ON_IT).click()
    mine.get_by_role("button", name="Take back").click()
    for page_ in (mine, theirs):
        expect(page_.locator(ON_IT)).to_have_text("I'm on it")
    mine.set_viewport_size({"width": 360, "height": 800})
    assert mine.evaluate("document.documentElement.scrollWidth") <= 360
