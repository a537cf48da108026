"""The ways between pages: links that are links, a page that is not loaded anew, and a way back to where one was."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from support.payloads import run_payload
from support.server import LiveServer

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(60)]

BOARD = "/dashboard/octo-repo"
CARDS = 60


@pytest.fixture(scope="module")
def server() -> Iterator[LiveServer]:
    with LiveServer() as running:
        for number in range(1, CARDS + 1):
            run = run_payload(id=number, workflow_id=number, name=f"Workflow {number:02}", conclusion="success")
            running.post("workflow_run", run)
        yield running


def opened(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.get_by_test_id("connection-state")).to_contain_text("Live")
    page.evaluate("window.sameDocument = true")


def title(page: Page, name: str) -> None:
    """The page with this heading is shown, in the document that was loaded first."""
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)
    assert page.evaluate("window.sameDocument")


def scrolled(page: Page) -> int:
    return int(page.evaluate("window.scrollY"))


def test_a_link_loads_nothing_anew_and_the_way_back_leads_to_where_one_was(page: Page, server: LiveServer) -> None:
    opened(page, server.url)
    page.get_by_role("link", name="octo-repo", exact=True).click()
    title(page, "octo-repo")
    last = page.get_by_role("link", name=f"Workflow {CARDS}", exact=True)
    last.scroll_into_view_if_needed()
    before = scrolled(page)
    assert before > 0
    last.click()
    title(page, f"Workflow {CARDS}")
    assert scrolled(page) == 0
    page.go_back()
    title(page, "octo-repo")
    expect(last).to_be_in_viewport()
    assert abs(scrolled(page) - before) < 100
    page.go_back()
    title(page, "Board")
    expect(page).to_have_url(f"{server.url}/")


def test_a_link_is_one_to_the_browser(page: Page, server: LiveServer) -> None:
    """With a key held down it opens a tab; the keyboard follows it as the mouse does."""
    opened(page, server.url + BOARD)
    link = page.get_by_role("link", name="Workflow 01", exact=True)
    with page.context.expect_page() as other:
        link.click(modifiers=["ControlOrMeta"])
    expect(other.value.get_by_role("heading", level=1)).to_contain_text("Workflow 01")
    expect(page).to_have_url(server.url + BOARD)
    link.focus()
    page.keyboard.press("Enter")
    title(page, "Workflow 01")
    page.keyboard.press("Escape")
    title(page, "octo-repo")


def test_what_is_asked_for_stays_in_the_address(page: Page, server: LiveServer) -> None:
    """The filter goes with the day; a number is a word like any other, and what is no value is none."""
    asked = f"{BOARD}?q=12&branch=main&state=exploded"
    opened(page, server.url + asked)
    expect(page.get_by_test_id("workflow-card")).to_have_count(1)
    page.get_by_role("link", name="The day before").click()
    expect(page.get_by_role("link", name="Today")).to_be_visible()
    page.get_by_role("link", name="Today").click()
    expect(page).to_have_url(server.url + asked)
    expect(page.get_by_test_id("workflow-card")).to_have_count(1)


def test_an_address_that_leads_nowhere(page: Page, server: LiveServer) -> None:
    for path in (f"{BOARD}/nothing", f"{BOARD}/runs/1/more"):
        page.goto(server.url + path)
        expect(page.get_by_role("heading", name="There is no such page")).to_be_visible()
        page.get_by_role("main").get_by_role("link", name="All repositories").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Board")
