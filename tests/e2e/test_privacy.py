"""What is stored about you, all of it as a file, and being forgotten, in a real browser."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from support.accessible import assert_accessible, examined
from support.github import FakeGitHub
from support.server import LiveServer
from support.visitors import with_login

pytestmark = [pytest.mark.e2e, pytest.mark.node, pytest.mark.timeout(90)]


@pytest.fixture
def server() -> Iterator[LiveServer]:
    with LiveServer(repositories="acme/web") as live:
        origin = {"origin": live.url}
        assert live.http.post("/api/repos", json={"repository": "acme/tool"}, headers=origin).status_code == 201
        yield live


def test_everything_as_a_file_and_then_nothing(page: Page, server: LiveServer) -> None:
    page.goto(server.url)
    page.get_by_role("link", name="Privacy").click()
    expect(page.get_by_role("heading", name="What is stored about you")).to_be_visible()
    with page.expect_download() as started:
        page.get_by_role("link", name="Download all of it").click()
    kept = json.loads(started.value.path().read_text())
    assert [row["slug"] for row in kept["tables"]["listed_repositories"]] == ["tool"]
    page.get_by_role("button", name="Forget me…").click()
    page.get_by_role("button", name="Cancel").click()
    page.get_by_role("button", name="Forget me…").click()
    page.get_by_role("button", name="Forget me", exact=True).click()
    expect(page.get_by_text("You are forgotten:")).to_be_visible()
    page.get_by_role("link", name="Begin anew").click()
    expect(page.get_by_test_id("repo-card")).to_have_count(1)


@pytest.mark.parametrize("width", [360, 1440])
def test_everybody_can_read_and_use_it(chromium: Browser, server: LiveServer, width: int) -> None:
    with examined(chromium, width) as page:
        page.goto(f"{server.url}/privacy")
        expect(page.get_by_role("heading", name="What you can do")).to_be_visible()
        for opens in (False, True):
            if opens:
                page.get_by_role("button", name="Forget me…").click()
                expect(page.get_by_role("alertdialog")).to_be_visible()
            assert_accessible(page)


def test_who_is_logged_in_finds_it_in_the_menu_and_is_nobody_afterwards(page: Page) -> None:
    with FakeGitHub() as github, with_login(github, repositories="octo-org/open") as site:
        github.add_repository("octo-org/open")
        github.login.at_the_browser = github.add_user("alice")
        page.goto(site.url)
        page.get_by_role("link", name="Log in with GitHub").click()
        page.get_by_role("button", name="You are alice").click()
        page.get_by_role("link", name="Privacy").click()
        with page.expect_download() as started:
            page.get_by_role("link", name="Download all of it").click()
        assert json.loads(started.value.path().read_text())["tables"]["users"][0]["login"] == "alice"
        page.get_by_role("button", name="Forget me…").click()
        page.get_by_role("button", name="Forget me", exact=True).click()
        expect(page.get_by_role("link", name="Log in with GitHub")).to_be_visible(timeout=20_000)
        page.goto(site.url)
        expect(page.get_by_role("link", name="Log in with GitHub")).to_be_visible()
