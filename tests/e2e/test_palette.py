"""The command palette: everything by its name, from the keyboard alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from support.accessible import assert_accessible, examined
from support.payloads import run_payload
from support.server import LiveServer

pytestmark = [pytest.mark.e2e, pytest.mark.node, pytest.mark.timeout(90)]


@pytest.fixture
def board() -> Iterator[LiveServer]:
    with LiveServer() as server:
        server.post("workflow_run", run_payload(id=1, run_number=41, conclusion="failure"))
        server.post("workflow_run", run_payload(id=2, workflow_id=2, name="Web deploy", run_number=8))
        server.post("workflow_run", {**run_payload(id=3), "repository": {"full_name": "acme/docs"}})
        yield server


def opened(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.get_by_test_id("connection-state").first).to_contain_text("Live")
    page.wait_for_load_state("networkidle")


def chosen(page: Page, text: str) -> None:
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox")).to_be_focused()
    page.keyboard.type(text)
    expect(page.get_by_role("option").first).to_have_attribute("data-highlighted", "")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("palette")).to_have_count(0)


def test_it_goes_to_repositories_workflows_and_runs(page: Page, board: LiveServer) -> None:
    opened(page, board.url)
    chosen(page, "acme")
    expect(page).to_have_url(f"{board.url}/dashboard/docs")
    expect(page.get_by_test_id("workflow-card")).to_have_count(1)
    chosen(page, "#41")
    expect(page).to_have_url(f"{board.url}/dashboard/octo-repo/runs/1")
    chosen(page, "web dep")
    expect(page).to_have_url(f"{board.url}/dashboard/octo-repo?workflow=Web+deploy")
    expect(page.get_by_test_id("workflow-card")).to_have_count(1)


def test_it_does_what_there_is_to_do(page: Page, board: LiveServer) -> None:
    opened(page, board.url)
    theme = page.evaluate("document.documentElement.dataset.theme")
    chosen(page, "switch light")
    assert page.evaluate("document.documentElement.dataset.theme") != theme
    chosen(page, "search filter")
    expect(page.get_by_role("searchbox")).to_be_focused()
    chosen(page, "add repo")  # also from within a field
    expect(page.get_by_label("Its name, or any address of it at GitHub")).to_be_focused()
    page.keyboard.press("Escape")
    chosen(page, "keyboard")
    expect(page.get_by_role("heading", name="Keyboard")).to_be_visible()
    page.keyboard.press("Escape")
    chosen(page, "wallboard")
    expect(page.get_by_test_id("kiosk")).to_be_visible()
    page.keyboard.press("Escape")
    chosen(page, "notifications")
    expect(page).to_have_url(f"{board.url}/notifications")


def test_it_shows_all_shortcuts_and_says_that_nothing_is_called_so(page: Page, board: LiveServer) -> None:
    opened(page, board.url)
    page.get_by_role("button", name="Go to, or do").click()
    palette = page.get_by_test_id("palette")
    for key in ("/", "a", "n", "t", "?"):
        expect(palette.locator("kbd", has_text=key).first).to_be_visible()
    page.keyboard.type("no such thing")
    expect(palette.get_by_text("Nothing is called that")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Go to, or do")).to_be_focused()


@pytest.mark.parametrize("width", [360, 1440])
def test_everybody_can_read_and_use_it(chromium: Browser, board: LiveServer, width: int) -> None:
    with examined(chromium, width) as page:
        opened(page, board.url)
        page.keyboard.press("Control+k")
        page.keyboard.type("c")
        expect(page.get_by_role("option").first).to_be_visible()
        assert_accessible(page)
