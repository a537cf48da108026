"""What somebody is told, seen in a real browser: two tabs, away and back, read in one and so in both."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from support.payloads import ago, job_payload, run_payload
from support.server import LiveServer
from support.waiting import eventually

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(90)]

BELL = "[data-testid=bell]"
TOAST = "[data-testid=toast]"
NOTICE = "[data-testid=notice]"
AWAY = "[data-testid=away]"
LIVE = "[data-testid=connection-state]"


@pytest.fixture
def board() -> Iterator[LiveServer]:
    with LiveServer(repositories="octo-org/octo-repo") as server:
        server.post("workflow_run", run_payload(id=1))
        yield server


def run(server: LiveServer, run_id: int, conclusion: str, **fields: Any) -> None:
    server.post("workflow_run", run_payload(id=run_id, conclusion=conclusion, **fields))


def opened(page: Page, server: LiveServer, path: str = "/") -> Page:
    page.goto(server.url + path)
    expect(page.locator(LIVE)).to_contain_text("Live")
    page.wait_for_function("localStorage.getItem('omnilens.here')")  # it has been told what was waiting
    return page


def unread(page: Page, count: int) -> None:
    expect(page.locator(BELL)).to_have_attribute(
        "aria-label", f"Notifications, {count} unread" if count else "Notifications"
    )


@pytest.fixture
def tabs(page: Page, board: LiveServer) -> tuple[Page, Page]:
    """Two of the same browser."""
    other = page.context.new_page()
    return opened(page, board), opened(other, board, "/notifications")


def test_what_breaks_is_told_in_every_tab_and_what_is_read_in_one_is_read_in_both(
    board: LiveServer, tabs: tuple[Page, Page]
) -> None:
    one, inbox = tabs
    run(board, 2, "failure", triggering_actor={"login": "mona"})
    for tab in tabs:
        expect(tab.locator(TOAST)).to_contain_text("CI failed")
        unread(tab, 1)
        expect(tab).to_have_title(re.compile(r"^\(1\) "))
        expect(tab.locator("link[rel=icon]")).to_have_attribute("href", re.compile("-unread.svg$"))
    row = inbox.locator(NOTICE)
    expect(row).to_have_count(1)
    expect(row).to_contain_text("octo-org/octo-repo · main")
    expect(row).to_contain_text("mona · Retry idempotent charges")
    inbox.get_by_role("button", name="Mark as read: CI failed").click()
    for tab in tabs:
        unread(tab, 0)
        expect(tab).not_to_have_title(re.compile(r"^\("))
    expect(row).to_have_attribute("data-read", "true")
    one.reload()
    unread(one, 0)
    expect(one.locator(AWAY)).to_have_count(0)


def test_a_row_changes_in_place_while_one_looks(board: LiveServer, tabs: tuple[Page, Page]) -> None:
    _, inbox = tabs
    board.post("workflow_run", run_payload("in_progress", id=2))
    step = {"number": 4, "name": "Run tests", "status": "completed", "conclusion": "failure", "completed_at": ago(1)}
    board.post("workflow_job", job_payload("in_progress", run_id=2, steps=[step]))
    expect(inbox.locator(NOTICE)).to_contain_text("CI is failing")
    expect(inbox.locator(NOTICE)).to_contain_text("build · Run tests · The run still goes on")
    run(board, 2, "failure")
    expect(inbox.locator(NOTICE)).to_contain_text("CI failed")
    run(board, 3, "failure")
    expect(inbox.locator(NOTICE)).to_contain_text("2 runs failed so far")
    run(board, 4, "success")
    expect(inbox.locator(NOTICE)).to_have_count(2)
    expect(inbox.locator(NOTICE).first).to_contain_text("CI passes again")
    expect(inbox.locator(NOTICE).last).to_contain_text("Fixed after")
    inbox.locator(NOTICE).last.get_by_role("link").click()
    expect(inbox).to_have_url(re.compile("/dashboard/octo-repo/runs/2$"))
    unread(inbox, 1)


def test_what_came_while_one_was_away_is_one_line_that_opens(board: LiveServer, page: Page, chromium: Browser) -> None:
    opened(page, board)
    state = page.context.storage_state()
    page.close()
    eventually(lambda: not len(board.omnilens.sockets.connections))
    for number, name in enumerate(("Unit", "E2E", "Docs"), start=2):
        run(board, number, "failure", workflow_id=number, name=name)
    run(board, 9, "success", workflow_id=3, name="E2E")
    eventually(lambda: board.get("/api/notifications")["unread"] == 4)
    with chromium.new_context(storage_state=long_ago(state), reduced_motion="reduce") as context:
        back = opened(context.new_page(), board)
        line = back.locator(AWAY)
        expect(line).to_contain_text(
            "While you were away (37 min): 3 broke (octo-repo / Docs, octo-repo / E2E, octo-repo / Unit), 1 fixed"
        )
        expect(back.locator(TOAST)).to_have_count(0)
        expect(line.locator(NOTICE)).to_have_count(0)
        line.get_by_role("button").first.click()
        expect(line.locator(NOTICE)).to_have_count(4)
        unread(back, 4)
        line.get_by_role("button", name="Mark these as read").click()
        expect(line).to_have_count(0)
        unread(back, 0)
        back.reload()
        expect(back.locator(LIVE)).to_contain_text("Live")
        unread(back, 0)


def long_ago(state: Any) -> Any:
    """A browser that was here 37 minutes before it really was."""
    for origin in state["origins"]:
        for kept in origin["localStorage"]:
            if kept["name"] == "omnilens.here":
                kept["value"] = str(int(kept["value"]) - 37 * 60_000)
    return state


def test_a_burst_is_one_message_and_a_page_that_is_loaded_again_was_not_away(board: LiveServer, page: Page) -> None:
    opened(page, board)
    page.goto("about:blank")
    for number in range(2, 7):
        run(board, number, "failure", workflow_id=number, name=f"W{number}")
    eventually(lambda: board.get("/api/notifications")["unread"] == 5)
    opened(page, board)
    expect(page.locator(TOAST)).to_have_count(1)
    expect(page.locator(TOAST)).to_contain_text("5 workflows failed")
    expect(page.locator(AWAY)).to_have_count(0)


def test_the_keyboard_leads_there_and_all_can_be_read_at_once(board: LiveServer, page: Page) -> None:
    for number in range(2, 5):
        run(board, number, "failure", workflow_id=number, name=f"W{number}")
    opened(page, board)
    unread(page, 3)
    page.keyboard.press("n")
    expect(page.locator(NOTICE)).to_have_count(3)
    page.get_by_role("button", name="Mark all as read").click()
    expect(page.locator(f"{NOTICE}[data-read=true]")).to_have_count(3)
    unread(page, 0)


def test_older_ones_come_on_demand(board: LiveServer, page: Page) -> None:
    for number in range(2, 62):
        run(board, number, "failure", workflow_id=number, name=f"W{number}")
    eventually(lambda: board.get("/api/notifications")["unread"] == 60)
    opened(page, board, "/notifications")
    expect(page.locator(NOTICE)).to_have_count(50)
    page.get_by_role("button", name="Older ones").click()
    expect(page.locator(NOTICE)).to_have_count(60)
    expect(page.locator(NOTICE).last).to_contain_text("W2 failed")


def test_an_empty_inbox_says_what_it_is_for(board: LiveServer, page: Page) -> None:
    opened(page, board, "/notifications")
    expect(page.get_by_role("main")).to_contain_text("Nothing yet")


def test_the_browser_shows_one_itself_only_when_asked_to_and_while_none_of_ours_is_seen(
    board: LiveServer, browser_that_shows: BrowserContext
) -> None:
    """A hidden page cannot be had from a headless browser, so the pages are told that they are."""
    one, two = (opened(browser_that_shows.new_page(), board) for _ in range(2))
    run(board, 2, "failure")
    for tab in (one, two):
        expect(tab.locator(TOAST)).to_have_count(1)
        assert tab.evaluate("window.shown") == []  # it can be seen
    for tab in (one, two):
        tab.evaluate("window.hide()")
    run(board, 3, "success")
    for tab in (one, two):
        unread(tab, 2)
    eventually(lambda: one.evaluate("window.shown") + two.evaluate("window.shown") == ["CI passes again"])


@pytest.fixture
def browser_that_shows(chromium: Browser) -> Iterator[BrowserContext]:
    with chromium.new_context(reduced_motion="reduce") as context:
        context.add_init_script(
            """
            window.shown = [];
            window.Notification = class { constructor(title) { window.shown.push(title); } };
            window.Notification.permission = "granted";
            let visible = "visible";
            Object.defineProperty(document, "visibilityState", { get: () => visible });
            window.hide = () => { visible = "hidden"; document.dispatchEvent(new Event("visibilitychange")); };
            """
        )
        yield context


def test_what_is_sent_while_no_page_is_open_is_shown_by_the_browser(board: LiveServer, chromium: Browser) -> None:
    """The push itself comes from the browser's own tools: it cannot reach its maker's service here."""
    with chromium.new_context(permissions=["notifications"]) as context:
        page = opened(context.new_page(), board)
        tools = context.new_cdp_session(page)
        registered: list[str] = []
        tools.on(
            "ServiceWorker.workerRegistrationUpdated",
            lambda said: registered.extend(each["registrationId"] for each in said["registrations"]),
        )
        tools.send("ServiceWorker.enable")
        page.evaluate("navigator.serviceWorker.register('/sw.js').then(() => navigator.serviceWorker.ready)")
        page.wait_for_function(
            "navigator.serviceWorker.getRegistration().then(found => found?.active?.state === 'activated')"
        )
        message = {
            "title": "CI failed",
            "body": "octo-org/octo-repo · main",
            "url": "/dashboard/octo-repo/runs/1",
            "tag": "t",
        }
        said = {"origin": board.url, "registrationId": registered[-1], "data": json.dumps(message)}
        tools.send("ServiceWorker.deliverPushMessage", said)
        page.wait_for_function(
            """navigator.serviceWorker.ready.then(worker => worker.getNotifications()).then(shown =>
            shown.map(({ title, body, tag, data }) => [title, body, tag, data.url].join()).join() ===
            "CI failed,octo-org/octo-repo · main,t,/dashboard/octo-repo/runs/1")"""
        )
