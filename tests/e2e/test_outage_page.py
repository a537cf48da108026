"""An outage of GitHub in a real browser: said while it lasts, by how bad it is, and dismissed once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from omnilens.sync import outages
from support.server import LiveServer
from support.status_page import StatusPage, incident

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(60)]

AXE = Path(__file__).parents[2] / "web/node_modules/axe-core/axe.min.js"


@pytest.fixture
def status(monkeypatch: pytest.MonkeyPatch) -> Iterator[StatusPage]:
    for name in ("EVERY", "LOOK_EVERY"):
        monkeypatch.setattr(outages, name, 0.05)
    with StatusPage() as running:
        yield running


def test_it_comes_grows_is_dismissed_and_goes(page: Page, status: StatusPage) -> None:
    with LiveServer(github_status_url=status.url) as server:
        page.goto(server.url)
        bar = page.get_by_test_id("outage")
        expect(page.get_by_test_id("connection-state")).to_contain_text("Live")
        expect(bar).to_have_count(0)
        status.say(incident(), Actions="partial_outage")
        expect(bar).to_contain_text("GitHub: Actions is down in part. Delays of Actions.")
        bar.get_by_role("button", name="Dismiss").click()
        expect(bar).to_have_count(0)
        page.reload()
        expect(page.get_by_test_id("connection-state")).to_contain_text("Live")
        expect(bar).to_have_count(0)
        status.say(incident(), Actions="major_outage")
        expect(bar).to_have_attribute("data-level", "major")
        page.reload()  # which has it from the start
        expect(bar).to_have_attribute("data-level", "major")
        status.say()
        expect(bar).to_have_count(0)


def test_a_wall_says_it_too(page: Page, status: StatusPage) -> None:
    with LiveServer(github_status_url=status.url) as server:
        page.goto(f"{server.url}/?kiosk=1")
        expect(page.get_by_test_id("clock")).to_be_visible()
        status.say(incident(), Actions="major_outage")
        expect(page.get_by_test_id("outage")).to_contain_text("GitHub: Actions is down.")
        expect(page.get_by_test_id("outage").get_by_role("button")).to_have_count(0)
        status.say()
        expect(page.get_by_test_id("outage")).to_have_count(0)


@pytest.mark.node
@pytest.mark.parametrize("state", ["partial_outage", "major_outage"])
def test_everybody_can_read_it(page: Page, status: StatusPage, state: str) -> None:
    status.say(incident(name="Ünbreakable" * 20), Webhooks=state, Actions=state)
    with LiveServer(github_status_url=status.url) as server:
        page.set_viewport_size({"width": 360, "height": 800})
        page.goto(server.url)
        expect(page.get_by_test_id("outage")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        page.evaluate(AXE.read_text())
        for theme in ("dark", "light"):
            page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
            found = page.evaluate("axe.run('[data-testid=outage]')")["violations"]
            assert [each["id"] for each in found] == []
