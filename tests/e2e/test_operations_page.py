"""The operators' page, and the report of a problem that ends up on it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from omnilens.operations.alerts import watch
from support.payloads import run_payload
from support.server import LiveServer

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(60)]

LIVE = "[data-testid=connection-state]"


@pytest.fixture
def board(monkeypatch: pytest.MonkeyPatch) -> Iterator[LiveServer]:
    monkeypatch.setattr(watch, "EVERY", 0.05)
    with LiveServer(repositories="octo-org/octo-repo", alerts="rollback-reports=0") as server:
        server.post("workflow_run", run_payload(id=1, name="CI"))
        yield server


def test_a_problem_is_reported_rolls_back_and_an_operator_goes_forward_again(page: Page, board: LiveServer) -> None:
    page.goto(f"{board.url}/dashboard/octo-repo")
    expect(page.locator(LIVE)).to_contain_text("Live")
    page.get_by_role("button", name="Report a problem").click()
    dialog = page.get_by_role("dialog", name="Report a problem")
    dialog.get_by_label("What is wrong with this board?").fill("It stands still since lunch")
    dialog.get_by_text("What is sent with it").click()
    expect(dialog.get_by_text("octo-repo", exact=True)).to_be_visible()
    dialog.get_by_role("button", name="Send").click()
    expect(dialog.get_by_role("status")).to_contain_text("Thank you")
    dialog.get_by_role("button", name="Close").click()
    expect(page.locator(LIVE)).to_contain_text("Asks every 10 s")

    page.keyboard.press("Control+k")
    expect(page.get_by_role("dialog", name="Go to, or do")).to_be_visible()
    page.keyboard.type("operations")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Operations")
    fires = page.locator("[data-testid=alert][data-state=firing]")
    expect(fires).to_contain_text("Many people report a problem")
    expect(page.get_by_test_id("section-alert-log")).to_contain_text("live updates were switched off")
    expect(page.get_by_test_id("section-problems")).to_contain_text("It stands still since lunch")

    section = page.get_by_test_id("section-live-updates")
    expect(section).to_contain_text("All repositoriesOff by rollback")
    decide = section.get_by_role("form", name="Switch live updates")
    expect(decide.get_by_role("button", name="Decide")).to_be_disabled()
    decide.get_by_label("Live updates").select_option("as elsewhere")
    decide.get_by_label("Why").fill("It was the proxy")
    decide.get_by_role("button", name="Decide").click()
    expect(section).to_contain_text("All repositoriesOn by OMNILENS_REALTIME")
    expect(page.get_by_test_id("section-flag-log")).to_contain_text("as elsewhere by local: It was the proxy")
    page.go_back()
    expect(page.locator(LIVE)).to_contain_text("Live")
