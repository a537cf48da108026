"""Logging in in a real browser: from the first visit to the last goodbye."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from support.accessible import assert_accessible, examined
from support.github import FakeGitHub
from support.github.faults import Fault
from support.payloads import run_payload
from support.server import LiveServer
from support.visitors import with_login

pytestmark = [pytest.mark.e2e, pytest.mark.node, pytest.mark.timeout(90)]


class Team:
    """A GitHub with two people, and a board where they log in."""

    def __init__(self, github: FakeGitHub, site: LiveServer) -> None:
        self.github = github
        self.site = site
        secret = next(each for each in github.state.repositories if each.private)
        self.secret_id = secret.id
        self.alice = github.add_user("alice", secret)
        self.bob = github.add_user("bob")

    def post_secret(self, run_id: int, name: str) -> None:
        named = {"id": self.secret_id, "full_name": "octo-org/secret", "private": True}
        payload = {**run_payload(id=run_id, workflow_id=run_id, name=name, conclusion="failure"), "repository": named}
        assert self.site.post("workflow_run", payload).status_code == 200


@pytest.fixture
def team() -> Iterator[Team]:
    with FakeGitHub() as github:
        github.add_repository("octo-org/open")
        github.add_repository("octo-org/secret", private=True)
        with with_login(github, repositories="octo-org/open,octo-org/secret", access_cache="1s") as site:
            yield Team(github, site)


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    with chromium.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce") as context:
        yield context


def log_in(page: Page, team: Team) -> None:
    page.get_by_role("link", name="Log in with GitHub").click()
    expect(page.locator("[data-testid=connection-state]").first).to_contain_text("Live")


def test_from_a_link_of_a_colleague_over_the_login_to_where_it_leads(team: Team, context: BrowserContext) -> None:
    team.post_secret(1, "Deploy")
    team.github.login.at_the_browser = team.alice
    page = context.new_page()
    page.goto(f"{team.site.url}/dashboard/secret")
    expect(page.get_by_role("heading", name="OmniLens")).to_be_visible()
    expect(page.get_by_text("Deploy")).to_have_count(0)
    log_in(page, team)
    assert page.url == f"{team.site.url}/dashboard/secret"
    expect(page.locator("[data-testid=workflow-card] h3")).to_have_text("Deploy")
    page.reload()
    expect(page.locator("[data-testid=workflow-card] h3")).to_have_text("Deploy")

    page.get_by_role("button", name="You are alice").click()
    page.get_by_role("button", name="Log out", exact=True).click()
    expect(page.get_by_role("link", name="Log in with GitHub")).to_be_visible()
    expect(page.get_by_text("Deploy")).to_have_count(0)
    page.goto(team.site.url)
    expect(page.get_by_role("link", name="Log in with GitHub")).to_be_visible()


def test_who_may_not_see_a_repository_sees_nothing_of_it(team: Team, context: BrowserContext) -> None:
    team.post_secret(1, "Deploy")
    team.github.login.at_the_browser = team.bob
    page = context.new_page()
    page.goto(f"{team.site.url}/dashboard/secret")
    page.get_by_role("link", name="Log in with GitHub").click()
    expect(page.get_by_role("alert")).to_contain_text("There is no repository")
    page.goto(team.site.url)
    expect(page.get_by_role("heading", name="open")).to_be_visible()
    expect(page.get_by_text("secret")).to_have_count(0)


def test_while_github_does_not_say_the_page_does(team: Team, context: BrowserContext) -> None:
    team.github.login.at_the_browser = team.bob
    team.github.fail(*[Fault.html()] * 40, path="/repos/")
    page = context.new_page()
    page.goto(team.site.url)
    page.get_by_role("link", name="Log in with GitHub").click()
    expect(page.get_by_text("GitHub does not say at the moment what you may see")).to_be_visible(timeout=30_000)
    expect(page.get_by_text("No repositories")).to_have_count(0)


def test_a_right_that_is_withdrawn_clears_the_page(team: Team, context: BrowserContext) -> None:
    team.post_secret(1, "Deploy")
    team.github.login.at_the_browser = team.alice
    page = context.new_page()
    page.goto(f"{team.site.url}/dashboard/secret")
    log_in(page, team)
    expect(page.locator("[data-testid=workflow-card] h3")).to_have_text("Deploy")
    assert team.alice.reads is not None
    team.alice.reads.clear()
    expect(page.locator("[data-testid=workflow-card]")).to_have_count(0)
    expect(page.get_by_role("alert")).to_contain_text("There is no repository")


def test_logging_out_everywhere_reaches_the_other_tab(team: Team, context: BrowserContext, chromium: Browser) -> None:
    team.github.login.at_the_browser = team.alice
    page = context.new_page()
    page.goto(team.site.url)
    log_in(page, team)
    with chromium.new_context() as other:
        tab = other.new_page()
        tab.goto(team.site.url)
        log_in(tab, team)
        page.get_by_role("button", name="You are alice").click()
        page.get_by_role("button", name="Log out everywhere").click()
        expect(tab.get_by_role("link", name="Log in with GitHub")).to_be_visible()


def test_what_is_marked_follows_its_user_to_every_browser(
    team: Team, context: BrowserContext, chromium: Browser
) -> None:
    assert team.bob.reads is not None
    team.bob.reads.add("octo-org/secret")
    for number, name in enumerate(("Deploy", "Lint", "Nightly"), start=1):
        team.post_secret(number, name)
    team.github.login.at_the_browser = team.alice
    page = context.new_page()
    page.goto(f"{team.site.url}/dashboard/secret")
    own = """localStorage.setItem("omnilens-marks secret", '{"grouped": true}')"""  # from before anybody logged in
    page.evaluate(own)
    log_in(page, team)
    expect(page.get_by_role("button", name="Grouped by category")).to_be_visible()
    with chromium.new_context() as other:
        elsewhere = other.new_page()
        elsewhere.goto(f"{team.site.url}/dashboard/secret")
        log_in(elsewhere, team)
        expect(elsewhere.get_by_role("button", name="Grouped by category")).to_be_visible()
        page.get_by_role("button", name="Mark Nightly").press("Enter")
        marks = page.get_by_test_id("marks")
        expect(marks).to_contain_text("Kept in your account, for you alone.")
        marks.get_by_label("Pinned").check()
        marks.get_by_label("Reviewed").check()
        marks.get_by_label("Reviewed").uncheck()
        marks.get_by_role("button", name="Hide").click()
        names = "[data-testid=workflow-card] h3"
        for each in (page, elsewhere):
            expect(each.locator(names)).to_have_text(["Deploy", "Lint"])
        elsewhere.get_by_role("button", name="Show Nightly again").click()
        for each in (page, elsewhere):
            expect(each.locator(names)).to_have_text(["Nightly", "Deploy", "Lint"])
        page.reload()
        expect(page.locator(names)).to_have_text(["Nightly", "Deploy", "Lint"])
        assert page.evaluate("localStorage.getItem('omnilens-marks secret')") is None
        team.github.login.at_the_browser = team.bob
        elsewhere.context.clear_cookies()
        elsewhere.reload()
        log_in(elsewhere, team)
        expect(elsewhere.locator(names)).to_have_text(["Deploy", "Lint", "Nightly"])


def test_a_wallboard_gets_a_token_from_a_user_and_comes_in_by_it(
    team: Team, context: BrowserContext, chromium: Browser
) -> None:
    team.github.login.at_the_browser = team.alice
    page = context.new_page()
    page.goto(f"{team.site.url}/tokens")
    log_in(page, team)
    page.get_by_label("What it is for").fill("hallway")
    page.get_by_label("octo-org/open").check()
    page.get_by_role("button", name="Make a token").click()
    token = page.locator("code").inner_text()
    with chromium.new_context() as wall:
        board = wall.new_page()
        board.goto(team.site.url)
        board.get_by_text("Use an access token").click()
        board.get_by_label("For wallboards").fill(token)
        board.get_by_role("button", name="Come in").click()
        expect(board.get_by_role("heading", name="open")).to_be_visible()
        expect(board.get_by_text("secret")).to_have_count(0)
        assert token not in board.url
        page.get_by_role("button", name="Revoke the access token hallway").click()
        expect(page.get_by_text("None yet.")).to_be_visible()
        expect(board.get_by_role("link", name="Log in with GitHub")).to_be_visible()


@pytest.mark.parametrize("width", [360, 1440])
@pytest.mark.parametrize("path", ["/login?problem=not-allowed", "/tokens"])
def test_everybody_can_use_it(team: Team, chromium: Browser, width: int, path: str) -> None:
    team.github.login.at_the_browser = team.alice
    with examined(chromium, width) as page:
        page.goto(team.site.url + path)
        if path == "/tokens":
            log_in(page, team)
            expect(page.get_by_text("None yet.")).to_be_visible()
        else:
            page.get_by_text("Use an access token").click()
        assert_accessible(page)
