"""A board that is rewound in a real browser: as it was, and unmistakably not live."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

import pytest
from playwright.sync_api import Browser, Page, expect

from support.accessible import assert_accessible, examined
from support.payloads import ago, run_payload
from support.server import LiveServer

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(90)]

BOARD = "/dashboard/octo-repo"


class Told:
    """A board on which something has happened, and when."""

    def __init__(self, server: LiveServer) -> None:
        self.server = server
        self.started = ago(600)
        self.deploys = 0
        for action, fields in (("in_progress", {}), ("completed", {"conclusion": "failure"})):
            server.post("workflow_run", run_payload(action, id=1, run_started_at=self.started, **fields))
        self.deploy()

    def deploy(self) -> None:
        self.deploys += 1
        number = 100 + self.deploys
        self.server.post("workflow_run", run_payload(id=number, workflow_id=number, name=f"Deploy {self.deploys}"))

    @property
    def moments(self) -> list[str]:
        updates = self.server.get("/api/repos/octo-repo/rewind")["updates"]
        return [update["timestamp"] for update in updates]

    def at(self, number: int) -> str:
        return f"{self.server.url}{BOARD}?at={self.moments[number]}"


@pytest.fixture
def told() -> Iterator[Told]:
    with LiveServer() as server:
        yield Told(server)


def shows(page: Page, *states: str, newer: int) -> None:
    expect(page.get_by_test_id("newer")).to_have_text(f"{newer} newer")
    cards = page.get_by_test_id("workflow-card")
    expect(cards).to_have_count(len(states))
    for number, state in enumerate(states):
        expect(cards.nth(number)).to_have_attribute("data-state", state)


def test_it_shows_each_moment_and_says_so(page: Page, told: Told) -> None:
    page.goto(told.at(0))
    shows(page, "in_progress", newer=2)
    expect(page.get_by_test_id("rewind")).to_contain_text("Rewound, not live")
    expect(page.get_by_test_id("connection-state")).to_have_count(0)
    expect(page).to_have_title(re.compile(r"Rewound to \d\d:\d\d · "))
    page.keyboard.press("ArrowRight")
    shows(page, "failure", newer=1)
    page.wait_for_url(lambda url: told.moments[1][:22] in url.replace("%3A", ":"))
    told.deploy()
    shows(page, "failure", newer=2)
    page.keyboard.press("End")
    shows(page, "failure", "success", "success", newer=0)
    page.keyboard.press("Home")
    shows(page, "in_progress", newer=3)
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("connection-state")).to_contain_text("Live")
    expect(page.get_by_test_id("workflow-card")).to_have_count(3)
    expect(page.get_by_test_id("rewind")).to_have_count(0)
    assert "at=" not in page.url


def test_durations_are_those_of_the_moment(page: Page, told: Told) -> None:
    page.goto(told.at(0))
    shown = datetime.fromisoformat(told.moments[0])
    seconds = int((shown - datetime.fromisoformat(told.started)).total_seconds())
    expect(page.get_by_test_id("workflow-card")).to_contain_text(f"{seconds // 60}:{seconds % 60:02}")


def test_there_is_a_slider_with_a_word_for_where_it_is(page: Page, told: Told) -> None:
    page.goto(told.at(1))
    slider = page.get_by_role("slider", name="Moment shown")
    expect(slider).to_have_attribute("aria-valuetext", re.compile(r"^\d\d:\d\d:\d\d, \d+ s ago, 1 newer update$"))
    expect(page.get_by_test_id("failure-marks").locator("span")).to_have_count(1)
    slider.focus()
    page.keyboard.press("ArrowLeft")
    shows(page, "in_progress", newer=2)


def test_it_plays_until_it_is_live_again(page: Page, told: Told) -> None:
    page.goto(told.at(0))
    shows(page, "in_progress", newer=2)
    page.get_by_role("button", name="60 times as fast").click()
    page.get_by_role("button", name="Play").click()
    expect(page.get_by_test_id("connection-state")).to_contain_text("Live")
    expect(page.get_by_test_id("workflow-card")).to_have_count(2)


def test_a_key_rewinds_and_a_day_of_the_past_is_no_moment(page: Page, told: Told) -> None:
    page.goto(told.server.url + BOARD)
    expect(page.get_by_test_id("workflow-card")).to_have_count(2)
    page.keyboard.press("r")
    expect(page.get_by_test_id("rewind")).to_be_visible()
    page.get_by_role("link", name="The day before").click()
    expect(page.get_by_test_id("rewind")).to_have_count(0)
    page.get_by_role("link", name="Today").click()
    expect(page.get_by_test_id("connection-state")).to_contain_text("Live")


def test_before_the_beginning_there_is_the_beginning(page: Page, told: Told) -> None:
    page.goto(f"{told.server.url}{BOARD}?at=2020-01-01T00:00:00Z")
    shows(page, "in_progress", newer=2)


@pytest.mark.node
@pytest.mark.parametrize("width", [360, 1440])
def test_everybody_can_read_and_use_it(chromium: Browser, told: Told, width: int) -> None:
    with examined(chromium, width) as page:
        page.goto(told.at(1))
        shows(page, "failure", newer=1)
        assert_accessible(page)
