"""A board with more cards than anybody sees at once: those near the window are drawn in full, and nobody notices."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from support.payloads import run_payload
from support.server import LiveServer

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(90)]

BOARD = "/dashboard/octo-repo"
CARDS = 300
CARD = "[data-testid=workflow-card]"
DRAWN = f"{CARD}:not([data-distant])"


@pytest.fixture(scope="module")
def server() -> Iterator[LiveServer]:
    with LiveServer() as running:
        for number in range(1, CARDS + 1):
            name, conclusion = f"Workflow {number:03}", "failure" if number % 3 == 0 else "success"
            running.post("workflow_run", run_payload(id=number, workflow_id=number, name=name, conclusion=conclusion))
        yield running


@pytest.fixture
def board(page: Page, server: LiveServer) -> Page:
    page.goto(server.url + BOARD)
    expect(page.get_by_test_id("connection-state")).to_contain_text("Live")
    expect(page.locator(CARD)).to_have_count(CARDS)
    return page


def link(page: Page, number: int) -> str:
    return f"{CARD} a:has-text('Workflow {number:03}')"


def test_what_nobody_sees_is_not_drawn_but_can_be_found_and_read(board: Page) -> None:
    expect(board.locator(DRAWN)).not_to_have_count(CARDS)
    assert 5 <= board.locator(DRAWN).count() <= CARDS // 3
    distant = board.locator(f"{CARD}[data-distant]").last
    expect(distant.get_by_role("link")).to_have_accessible_name("Workflow 299")
    expect(distant).to_contain_text("Passed")
    assert board.evaluate("name => window.find(name)", "Workflow 299")


def test_what_comes_near_is_drawn(board: Page) -> None:
    """Wherever one scrolls to, every card in the window is whole, and none of them jumps."""
    unseen = """() => [...document.querySelectorAll("[data-testid=workflow-card][data-distant]")].filter(card => {
        const { top, bottom } = card.getBoundingClientRect();
        return bottom > 0 && top < innerHeight;
    }).length"""
    height = board.evaluate("document.documentElement.scrollHeight")
    for part in (1, 0.5, 0.75, 0, 0.25):
        board.evaluate("top => window.scrollTo(0, top)", part * height)
        board.wait_for_function(f"() => ({unseen})() === 0")
    after = board.evaluate("document.documentElement.scrollHeight")
    assert abs(after - height) < height * 0.02


def test_the_keyboard_goes_to_the_last_card_and_stays_on_it(board: Page, server: LiveServer) -> None:
    board.keyboard.press("k")
    last = board.locator(CARD).last
    expect(last).not_to_have_attribute("data-distant", "")
    focused = board.locator("[data-card-link]:focus")
    expect(focused).to_have_count(1)
    name = focused.inner_text()
    assert name == last.get_by_role("heading").inner_text()
    for _ in range(3):
        board.keyboard.press("k")
    expect(board.locator("[data-card-link]:focus")).to_have_count(1)
    board.keyboard.press("Enter")
    expect(board.get_by_test_id("run-facts").or_(board.get_by_role("heading", level=1)).first).to_be_visible()
    assert "/runs/" in board.url


def test_everything_is_printed(board: Page) -> None:
    board.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert board.locator(DRAWN).count() == CARDS
    board.evaluate("window.dispatchEvent(new Event('afterprint'))")
    expect(board.locator(DRAWN)).not_to_have_count(CARDS)
