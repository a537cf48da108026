"""Searching and filtering in a real browser: it stands in the address, counts for live updates, and can be undone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from support.accessible import assert_accessible, examined
from support.payloads import REPOSITORY, ago, run_payload
from support.server import LiveServer

pytestmark = [pytest.mark.e2e, pytest.mark.node, pytest.mark.timeout(90)]


def post(server: LiveServer, name: str, run_id: int, repository: str = "octo-org/octo-repo", **run: Any) -> None:
    payload = run_payload(id=run_id, workflow_id=run_id, name=name, run_started_at=ago(60 - run_id), **run)
    payload["repository"] = {**REPOSITORY, "id": None, "full_name": repository, "default_branch": "main"}
    assert server.post("workflow_run", payload).status_code == 200


@pytest.fixture
def board() -> Iterator[LiveServer]:
    with LiveServer() as server:
        post(server, "CI", 1, conclusion="failure", actor={"login": "monalisa"})
        post(server, "Lint", 2, head_branch="feature/retry", actor={"login": "octocat"})
        post(server, "Nightly", 3, event="schedule")
        post(server, "Docs", 4, repository="acme/docs")
        yield server


def opened(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.get_by_test_id("connection-state").first).to_contain_text("Live")
    page.wait_for_load_state("networkidle")


def names(page: Page) -> list[str]:
    return page.locator("[data-testid=workflow-card] h3").all_inner_texts()


def test_words_are_looked_for_at_once_and_stay_in_the_address(page: Page, board: LiveServer) -> None:
    opened(page, f"{board.url}/dashboard/octo-repo")
    expect(page.get_by_test_id("workflow-card")).to_have_count(3)
    page.keyboard.press("/")
    page.keyboard.type("octocat retry")
    expect(page.get_by_test_id("workflow-card")).to_have_count(1)
    assert names(page) == ["Lint"]
    expect(page.get_by_text("1 of 3 workflows")).to_be_visible()
    expect(page).to_have_url(f"{board.url}/dashboard/octo-repo?q=octocat+retry")
    page.reload()
    expect(page.get_by_test_id("workflow-card")).to_have_count(1)
    field = page.get_by_role("searchbox")
    expect(field).to_have_value("octocat retry")
    field.press("Escape")
    expect(page.get_by_test_id("workflow-card")).to_have_count(3)
    expect(page).to_have_url(f"{board.url}/dashboard/octo-repo")


def test_choices_are_chips_that_can_be_taken_back(page: Page, board: LiveServer) -> None:
    opened(page, f"{board.url}/dashboard/octo-repo")
    page.get_by_role("button", name="Filter", exact=True).click()
    choices = page.get_by_test_id("filter-choices")
    choices.get_by_role("button", name="Default branch only").click()
    choices.get_by_role("button", name="schedule 1").click()
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("filter-chip")).to_have_count(2)
    expect(page.get_by_test_id("workflow-card")).to_have_count(1)
    page.get_by_role("link", name="The day before").click()  # the filter stays
    expect(page).to_have_url(re.compile(r"(?=.*date=)(?=.*event=schedule)(?=.*default=1)"))
    page.go_back()
    page.get_by_role("button", name="Remove filter: event schedule").click()
    expect(page.get_by_test_id("workflow-card")).to_have_count(2)
    page.get_by_role("button", name="Remove filter: default branch").click()
    expect(page.get_by_test_id("workflow-card")).to_have_count(3)


def test_what_comes_live_has_to_match_too(page: Page, board: LiveServer) -> None:
    opened(page, f"{board.url}/dashboard/octo-repo?actor=octocat&branch=feature/retry")
    expect(page.get_by_test_id("workflow-card")).to_have_count(1)
    post(board, "Unasked", 5)
    post(board, "Wanted", 6, head_branch="feature/retry", actor={"login": "octocat"})
    expect(page.get_by_test_id("workflow-card")).to_have_count(2)
    assert names(page) == ["Lint", "Wanted"]
    expect(page.get_by_text("2 of 5 workflows")).to_be_visible()


def test_the_home_page_hides_repositories_without_a_match_and_says_how_to_get_out(
    page: Page, board: LiveServer
) -> None:
    opened(page, f"{board.url}/?state=failure")
    expect(page.get_by_test_id("repo-card")).to_have_count(1)
    expect(page.get_by_test_id("repo-broken")).to_contain_text("CI")
    page.get_by_role("searchbox").fill("acme")
    expect(page.get_by_role("heading", name="Nothing matches")).to_be_visible()
    expect(page.get_by_test_id("repo-card")).to_have_count(0)
    page.get_by_role("button", name="Without Failed").click()
    expect(page.get_by_test_id("repo-card")).to_have_count(1)
    page.get_by_role("button", name="Remove filter: “acme”").click()
    expect(page.get_by_test_id("repo-card")).to_have_count(2)


def test_a_badge_is_copied_as_markdown(chromium: Browser, board: LiveServer) -> None:
    with chromium.new_context(permissions=["clipboard-read", "clipboard-write"]) as context:
        page = context.new_page()
        opened(page, f"{board.url}/dashboard/octo-repo")
        page.get_by_role("button", name="Badge").click()
        page.get_by_test_id("badge").get_by_role("combobox").select_option("CI")
        image = page.get_by_role("img", name="The badge as it is now")
        expect(image).to_have_js_property("complete", True)
        assert image.evaluate("image => image.naturalWidth") > 40
        page.get_by_role("button", name="Copy").click()
        expect(page.get_by_role("button", name="Copied")).to_be_visible()
        copied = page.evaluate("navigator.clipboard.readText()")
        address = f"{board.url}/badge/octo-repo.svg?workflow=CI"
        assert copied == f"[![octo-org/octo-repo CI]({address})]({board.url}/dashboard/octo-repo)"


@pytest.mark.parametrize("width", [360, 1440])
def test_everybody_can_read_and_use_it(chromium: Browser, board: LiveServer, width: int) -> None:
    with examined(chromium, width) as page:
        opened(page, f"{board.url}/dashboard/octo-repo?branch=main&state=failure&q=ci")

        assert_accessible(page)
        page.get_by_role("button", name="Filter", exact=True).click()
        expect(page.get_by_test_id("filter-choices")).to_be_visible()
        assert_accessible(page)
        page.keyboard.press("Escape")
        page.get_by_role("button", name="Badge").click()
        expect(page.get_by_test_id("badge")).to_be_visible()
        assert_accessible(page)
