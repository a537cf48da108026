"""What a viewer does about workflows for themselves: reviewed, pinned, hidden, by category; kept in the browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from support.payloads import run_payload
from support.server import LiveServer

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(90)]

BOARD = "/dashboard/octo-repo"
NAMES = ("Alpha", "Beta", "Gamma tests")


@pytest.fixture
def board() -> Iterator[LiveServer]:
    with LiveServer(repositories="octo-org/octo-repo") as server:
        for number, name in enumerate(NAMES, start=1):
            server.post("workflow_run", run_payload(id=number, workflow_id=number, name=name, conclusion="failure"))
        server.post("workflow_run", run_payload(id=4, workflow_id=4, name="Delta"))
        yield server


def opened(page: Page, server: LiveServer) -> Page:
    page.goto(server.url + BOARD)
    expect(page.locator("[data-testid=connection-state]").first).to_contain_text("Live")
    return page


def marked(page: Page, name: str) -> Locator:
    """The open popover of a workflow."""
    page.get_by_role("button", name=f"Mark {name}").press("Enter")
    popover = page.get_by_test_id("marks")
    expect(popover).to_be_visible()
    return popover


def cards(page: Page) -> Locator:
    return page.locator("[data-testid=workflow-card] h3")


def test_what_was_reviewed_goes_down_until_it_runs_again(board: LiveServer, page: Page, chromium: Browser) -> None:
    opened(page, board)
    marked(page, "Alpha").get_by_label("Reviewed").check()
    page.keyboard.press("Escape")
    expect(cards(page)).to_have_text(["Beta", "Gamma tests", "Alpha", "Delta"])
    expect(page.locator("[data-reviewed]")).to_contain_text("reviewed")
    page.reload()
    expect(cards(page)).to_have_text(["Beta", "Gamma tests", "Alpha", "Delta"])
    board.post("workflow_run", run_payload(id=9, workflow_id=1, name="Alpha", conclusion="failure"))
    expect(cards(page)).to_have_text(["Alpha", "Beta", "Gamma tests", "Delta"])
    with chromium.new_context() as other:  # it is nobody else's
        expect(cards(opened(other.new_page(), board))).to_have_text(["Alpha", "Beta", "Gamma tests", "Delta"])


def test_pinned_hidden_and_by_category(board: LiveServer, page: Page) -> None:
    tab = opened(page.context.new_page(), board)
    opened(page, board)
    marked(page, "Gamma tests").get_by_label("Pinned").check()
    page.keyboard.press("Escape")
    marked(page, "Beta").get_by_role("button", name="Hide").click()
    expect(cards(page)).to_have_text(["Gamma tests", "Alpha", "Delta"])
    expect(cards(tab)).to_have_text(["Gamma tests", "Alpha", "Delta"])  # in another tab of the same browser too
    page.get_by_role("button", name="Show Beta again").click()
    expect(cards(page)).to_have_text(["Gamma tests", "Alpha", "Beta", "Delta"])
    marked(page, "Delta").get_by_label("Category").select_option("Trigger")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Group by category").click()
    section = page.get_by_test_id("section-trigger")
    expect(section).to_contain_text("Delta")
    heading = section.get_by_role("button", name="Trigger 1")
    heading.press("Enter")
    expect(heading).to_have_attribute("aria-expanded", "false")
    expect(section).not_to_contain_text("Delta")
    page.reload()
    expect(section).not_to_contain_text("Delta")
    page.set_viewport_size({"width": 360, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
