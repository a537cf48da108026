"""The wallboard fits any screen, says in words what it says in colours, and is never silently old."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from omnilens.model import Conclusion
from support.accessible import assert_accessible
from support.github import FakeGitHub
from support.payloads import run_payload
from support.server import LiveServer
from support.visitors import logged_in, with_login
from support.waiting import eventually

pytestmark = [pytest.mark.e2e, pytest.mark.node, pytest.mark.timeout(120)]

SIZES = [(1280, 720), (1366, 768), (1920, 1080), (1080, 1920), (3840, 2160)]
COUNTS = (3, 20, 60)

# Whether everything is where it can be seen, with nothing to scroll and no line cut in half.
FITS = """() => {
  const {scrollWidth, scrollHeight} = document.documentElement
  if (scrollWidth > innerWidth || scrollHeight > innerHeight) return `scrolls: ${scrollWidth} x ${scrollHeight}`
  const within = (a, b) => a.left >= b.left - 1 && a.right <= b.right + 1
  const inside = (a, b) => within(a, b) && a.top >= b.top - 1 && a.bottom <= b.bottom + 1
  const window = {left: 0, top: 0, right: innerWidth, bottom: innerHeight}
  for (const card of document.querySelectorAll("[data-testid=workflow-card]")) {
    const place = card.getBoundingClientRect()
    if (!inside(place, window)) return `outside: ${card.textContent}`
    for (const line of card.children)
      if (!inside(line.getBoundingClientRect(), place)) return `cut: ${card.textContent}`
    const type = parseFloat(getComputedStyle(card.querySelector("h3")).fontSize)
    if (type < 11) return `too small: ${type}`
  }
  return ""
}"""


def fill(server: LiveServer, count: int) -> None:
    states = list(Conclusion)
    for number in range(count):
        conclusion = states[number % len(states)]
        action = "in_progress" if number % 5 == 4 else "completed"
        named = f"Workflow {number} with a rather long name"
        ended: Any = None if action == "in_progress" else conclusion
        payload = run_payload(action, id=number + 1, workflow_id=number + 1, name=named, conclusion=ended)
        payload["repository"] = {"full_name": "octo-org/octo-repo"}
        assert server.post("workflow_run", payload).status_code == 200


@pytest.fixture(scope="module", params=COUNTS)
def wall(request: pytest.FixtureRequest) -> Iterator[tuple[LiveServer, int]]:
    with LiveServer() as server:
        fill(server, request.param)
        yield server, request.param


def opened(browser: Browser, url: str, width: int, height: int, **options: Any) -> Page:
    page = browser.new_page(viewport={"width": width, "height": height}, **options)
    page.goto(url)
    expect(page.get_by_test_id("connection-state")).to_contain_text("Live")
    return page


def test_nothing_has_to_be_scrolled_on_any_screen(chromium: Browser, wall: tuple[LiveServer, int]) -> None:
    server, count = wall
    page = opened(chromium, f"{server.url}/?kiosk=1", *SIZES[0])
    expect(page.get_by_test_id("workflow-card")).to_have_count(count)
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_function(f"({FITS})() === ''")
        expect(page.get_by_test_id("clock")).to_be_in_viewport(ratio=1)
        expect(page.get_by_test_id("connection-state")).to_be_in_viewport(ratio=1)
    page.close()


def test_each_card_says_its_state_in_a_word_and_a_shape(chromium: Browser, wall: tuple[LiveServer, int]) -> None:
    server, _ = wall
    page = opened(chromium, f"{server.url}/dashboard/octo-repo?kiosk=1", 1920, 1080, bypass_csp=True)
    for card in page.get_by_test_id("workflow-card").all():
        state = card.locator("svg").get_attribute("data-state")
        assert state == card.get_attribute("data-state")
        word = card.locator("svg title").text_content()
        assert word
        assert word in str(card.locator("p").first.text_content())
    assert page.get_by_role("button").count() == page.get_by_role("link").count() == 0
    assert_accessible(page)
    page.close()


def test_it_changes_live_hides_an_idle_pointer_and_is_left_by_escape(page: Page, server: LiveServer) -> None:
    fill(server, 1)
    page.goto(server.url)
    page.get_by_role("link", name="Wallboard").click()
    kiosk = page.get_by_test_id("kiosk")
    expect(kiosk).to_have_css("cursor", "none")
    page.mouse.move(100, 100)
    page.mouse.move(120, 100)
    expect(kiosk).not_to_have_css("cursor", "none")
    expect(kiosk).to_have_css("cursor", "none")
    server.post("workflow_run", run_payload(id=99, workflow_id=99, name="Deploy", conclusion="failure"))
    expect(page.get_by_test_id("workflow-card")).to_have_count(2)
    expect(page.get_by_test_id("workflow-card").first).to_contain_text("Deploy")
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("repo-card")).to_have_count(1)
    assert page.url.rstrip("/") == server.url


def test_it_says_that_it_is_not_live_and_still_fits(page: Page, server: LiveServer) -> None:
    fill(server, 20)
    page.set_viewport_size({"width": 1280, "height": 720})
    page.goto(f"{server.url}/?kiosk=1")
    expect(page.get_by_test_id("workflow-card")).to_have_count(20)
    page.context.set_offline(True)
    expect(page.get_by_test_id("websocket-error")).to_contain_text("Real-time connection failed")
    expect(page.get_by_role("main")).to_have_class("min-h-0 flex-1 p-[12px] is-old")
    page.wait_for_function(f"({FITS})() === ''")
    page.context.set_offline(False)
    expect(page.get_by_test_id("websocket-error")).to_have_count(0)
    expect(page.get_by_test_id("connection-state")).to_contain_text("Live")


def test_an_access_token_is_enough(page: Page) -> None:
    with FakeGitHub() as github:
        github.add_repository("octo-org/octo-repo")
        github.add_repository("octo-org/secret", private=True)
        with with_login(github, repositories="octo-org/octo-repo,octo-org/secret") as site:
            fill(site, 3)
            alice = logged_in(site, github, github.add_user("alice"))
            made = alice.http.post("/api/tokens", json={"name": "hallway", "repos": ["octo-repo"]}).json()
            page.goto(f"{site.url}/?kiosk=1")
            page.get_by_text("Use an access token").click()
            page.get_by_placeholder("olt_").fill(made["token"])
            page.keyboard.press("Enter")
            expect(page.get_by_test_id("workflow-card")).to_have_count(3)
            expect(page.get_by_test_id("connection-state")).to_contain_text("Live")
            eventually(lambda: site.omnilens.sockets.connections)
