"""Adding, arranging and taking off repositories in a real browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from support.accessible import assert_accessible, examined
from support.github import FakeGitHub
from support.payloads import run_payload
from support.server import LiveServer
from support.waiting import eventually

pytestmark = [pytest.mark.e2e, pytest.mark.node, pytest.mark.timeout(90)]


@pytest.fixture
def server() -> Iterator[LiveServer]:
    with FakeGitHub() as github:
        for name in ("api", "web", "docs"):
            github.add_repository(f"acme/{name}")
        settings = {"repositories": "acme/api,acme/web", "api_url": github.url, "github_token": github.token}
        with LiveServer(**settings) as live:
            yield live


def cards(page: Page) -> list[str]:
    return [str(card.get_attribute("data-slug")) for card in page.get_by_test_id("repo-card").all()]


def rows(page: Page) -> list[str]:
    return [str(row.get_attribute("data-slug")) for row in page.locator("[data-testid=arrange] li").all()]


def opened(page: Page, server: LiveServer) -> None:
    page.goto(server.url)
    expect(page.get_by_test_id("connection-state").first).to_contain_text("Live")
    page.wait_for_load_state("networkidle")  # parts that can wait are here


def test_a_repository_is_added_by_its_address_and_shows_what_happens(page: Page, server: LiveServer) -> None:
    opened(page, server)
    page.keyboard.press("a")
    field = page.get_by_label("Its name, or any address of it at GitHub")
    expect(field).to_be_focused()
    field.fill("acme/do cs")
    expect(page.get_by_role("alert")).to_have_text("A repository has no spaces in its name.")
    field.fill("acme")
    expect(page.get_by_role("alert")).to_have_text("")
    field.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Write owner/name")
    field.fill("acme/nothing")
    field.press("Enter")
    expect(page.get_by_role("alert")).to_have_text("Repository not found")
    expect(field).to_be_focused()
    field.fill(f"http://{server.settings.github_host}/acme/docs/actions")
    field.press("Enter")
    expect(page.get_by_test_id("add-repository")).to_have_count(0)
    expect(page.get_by_test_id("toast")).to_contain_text("acme/docs is on your list")
    expect(page.get_by_test_id("repo-card")).to_have_count(3)
    server.post(
        "workflow_run", {**run_payload("in_progress", name="Nightly"), "repository": {"full_name": "acme/docs"}}
    )
    expect(page.locator("[data-slug=docs]")).to_contain_text("Nightly")


def test_another_tab_has_it_at_once(chromium: Browser, server: LiveServer) -> None:
    one, two = chromium.new_page(), chromium.new_page()
    for page in (one, two):
        opened(page, server)
    one.get_by_role("button", name="Add repository").click()
    one.get_by_label("Its name").fill("acme/docs")
    one.get_by_role("button", name="Add", exact=True).click()
    expect(two.get_by_test_id("repo-card")).to_have_count(3)
    one.close()
    two.close()


def test_taken_off_and_put_back_where_it_was(page: Page, server: LiveServer) -> None:
    opened(page, server)
    page.get_by_role("button", name="Arrange").click()
    expect(page.locator("[data-testid=arrange] li")).to_have_count(2)
    page.get_by_role("button", name="Take acme/api off your list").click()
    expect(page.locator("[data-testid=arrange] li")).to_have_count(1)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("[data-testid=arrange] li")).to_have_count(2)
    assert rows(page) == ["api", "web"]
    page.get_by_role("button", name="Take acme/api off your list").click()
    page.get_by_role("button", name="Take acme/web off your list").click()
    expect(page.get_by_role("heading", name="Your list is empty")).to_be_visible()
    page.get_by_role("button", name="Add repository").click()
    page.get_by_role("button", name="acme/web").click()
    expect(page.get_by_test_id("repo-card").or_(page.locator("[data-testid=arrange] li"))).to_have_count(1)


def test_ordered_by_keyboard_and_by_dragging(page: Page, server: LiveServer) -> None:
    opened(page, server)
    page.get_by_role("button", name="Arrange").click()
    handle = page.get_by_role("button", name="Move acme/api")
    handle.focus()
    handle.press("ArrowDown")
    expect(page.get_by_role("status").filter(has_text="acme/api is number 2 of 2")).to_have_count(1)
    expect(handle).to_be_focused()
    eventually(lambda: rows(page) == ["web", "api"])
    box = handle.bounding_box()
    other = page.get_by_role("button", name="Move acme/web").bounding_box()
    assert box is not None
    assert other is not None
    with page.expect_response("**/api/repos/order"):
        page.mouse.move(box["x"] + 5, box["y"] + 5)
        page.mouse.down()
        page.mouse.move(other["x"] + 5, other["y"] + 5, steps=4)
        page.mouse.up()
    eventually(lambda: rows(page) == ["api", "web"])
    with page.expect_response("**/api/repos/order"):
        handle.press("ArrowDown")
    page.get_by_role("button", name="Done").click()
    expect(page.get_by_test_id("repo-card")).to_have_count(2)
    eventually(lambda: cards(page) == ["web", "api"])
    page.reload()
    expect(page.get_by_test_id("repo-card")).to_have_count(2)
    eventually(lambda: cards(page) == ["web", "api"])


@pytest.mark.parametrize("width", [360, 1440])
def test_everybody_can_read_and_use_it(chromium: Browser, server: LiveServer, width: int) -> None:
    with examined(chromium, width) as page:
        opened(page, server)

        page.get_by_role("button", name="Arrange").click()
        assert_accessible(page)
        page.get_by_role("button", name="Take acme/api off your list").click()
        page.get_by_role("button", name="Add repository").click()
        expect(page.get_by_role("button", name="acme/api")).to_be_visible()
        page.get_by_label("Its name").fill("-x/y")
        expect(page.get_by_role("alert")).to_contain_text("cannot be an owner")
        assert_accessible(page)
