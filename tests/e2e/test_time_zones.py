"""A day is the viewer's: the same run is today's for one who looks at it in the evening, and yesterday's at night."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from support.payloads import ago, run_payload
from support.server import LiveServer

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(60)]

BEFORE = timedelta(hours=5)


def looked_at(browser: Browser, server: LiveServer, hour: int) -> Page:
    """The board, by somebody where it is about `hour` o'clock."""
    east = (hour - datetime.now(UTC).hour + 11) % 24 - 11
    page = browser.new_page(timezone_id=f"Etc/GMT{-east:+d}", reduced_motion="reduce")  # the other way round
    page.goto(f"{server.url}/dashboard/octo-repo")
    expect(page.locator("[data-testid=connection-state]").first).to_contain_text("Live")
    return page


def test_the_same_run_is_todays_in_the_evening_and_yesterdays_at_night(chromium: Browser) -> None:
    then = ago(BEFORE.total_seconds())
    with LiveServer(repositories="octo-org/octo-repo", stale_deliveries="history") as server:
        server.post("workflow_run", run_payload(run_started_at=then, updated_at=then))
        evening, night = looked_at(chromium, server, 20), looked_at(chromium, server, 2)
        expect(evening.get_by_test_id("workflow-card")).to_contain_text("CI")
        expect(night.get_by_text("No workflow has run today")).to_be_visible()
        night.get_by_role("link", name="The day before").or_(night.get_by_label("The day before")).first.click()
        expect(night.get_by_test_id("workflow-card")).to_contain_text("CI")
        for page in (evening, night):
            page.close()
