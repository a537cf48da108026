"""The operators' page, and the report of a problem that ends up on it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from omnilens.operations import history
from omnilens.operations.alerts import watch
from omnilens.operations.series import EVERY_SERIES
from support.accessible import assert_clean, examined
from support.payloads import run_payload
from support.server import LiveServer
from support.waiting import eventually

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(60)]

LIVE = "[data-testid=connection-state]"


@pytest.fixture
def board(monkeypatch: pytest.MonkeyPatch) -> Iterator[LiveServer]:
    monkeypatch.setattr(watch, "EVERY", 0.05)
    monkeypatch.setattr(history, "EVERY", 0.1)
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


def test_every_figure_is_plotted_live_and_nobody_asks_for_it(page: Page, board: LiveServer) -> None:
    page.goto(f"{board.url}/operations")
    for each in EVERY_SERIES:
        expect(page.locator(f"[data-figure={each.name}]")).to_contain_text(each.title)
    expect(page.locator("[data-figure=latency]")).to_contain_text("above 2 s")
    asked: list[str] = []

    def note(request: Request) -> None:
        if "/api/" in request.url:
            asked.append(request.url)

    board.post("workflow_run", run_payload(id=2, name="CI"))
    processor = page.locator("[data-figure=cpu] path").nth(1)
    page.on("request", note)
    before = processor.get_attribute("d")
    expect(processor).not_to_have_attribute("d", before or "", timeout=15_000)
    assert asked == []
    page.get_by_role("button", name="Figures as a table").click()
    row = page.get_by_role("table", name="Every figure of the last hour").get_by_role(
        "row", name="Memory, of what there may be"
    )
    expect(row).to_contain_text("above 80 %")


def test_an_alert_reaches_an_operator_on_another_page_and_leads_to_the_operations(
    page: Page, board: LiveServer
) -> None:
    page.goto(f"{board.url}/dashboard/octo-repo")
    expect(page.locator(LIVE)).to_contain_text("Live")
    forged = {"user_agent": "GitHub-Hookshot/1", "x_hub_signature_256": "sha256=00"}
    board.post("workflow_run", run_payload(id=3), **forged)
    toast = page.get_by_test_id("toast").filter(has_text="not signed right")
    expect(toast).to_contain_text("Compare the webhook's secret")
    toast.get_by_role("link").click()
    fires = page.locator("[data-testid=alert][data-state=firing]")
    expect(fires).to_contain_text("not signed right")
    with page.expect_popup() as opened:
        fires.get_by_role("link", name="Runbook of invalid-signatures").click()
    runbook = opened.value
    expect(runbook.locator("h2#invalid-signatures")).to_be_in_viewport()


def test_the_manual_can_be_read_by_everybody(chromium: Browser, board: LiveServer) -> None:
    with examined(chromium, 360) as page:
        for theme, path in (("dark", "operations.md"), ("light", "runbooks/alerts.md")):
            page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
            page.goto(f"{board.url}/manual/{path}")
            expect(page.locator("html")).to_have_attribute("data-theme", theme)
            assert_clean(page)


def test_a_repository_is_migrated_step_by_step_with_a_reason_each(page: Page, board: LiveServer) -> None:
    page.goto(f"{board.url}/operations")
    row = page.locator("[data-testid=migration][data-slug=octo-repo]")
    expect(row).to_contain_text("On")
    for button, now in (("Switch octo-repo off", "Off"), ("Step octo-repo up: for 10% of all users", "For 10% of all")):
        row.get_by_role("button", name=button).click()
        form = row.get_by_role("form", name="Why, for octo-repo")
        expect(form.get_by_label("Why")).to_be_focused()
        page.keyboard.type(f"to see {now}")
        page.keyboard.press("Enter")
        expect(row).to_contain_text(now)
    expect(page.get_by_test_id("section-flag-log")).to_contain_text("by local: to see For 10% of all")
    row.get_by_role("button", name="Step octo-repo up: for 50% of all users").click()
    page.keyboard.press("Escape")
    expect(row.get_by_role("form")).to_have_count(0)


def test_a_page_says_when_it_shows_an_update(page: Page, board: LiveServer) -> None:
    page.goto(f"{board.url}/dashboard/octo-repo")
    expect(page.get_by_test_id("workflow-card").filter(has_text="CI")).to_be_visible()
    expect(page.locator(LIVE)).to_contain_text("Live")
    eventually(lambda: board.omnilens.live.watching() == 1)  # what is caught up with is confirmed by nobody
    board.post("workflow_run", run_payload(id=4, name="Nightly"), "d-4")
    expect(page.get_by_test_id("workflow-card").filter(has_text="Nightly")).to_be_visible()
    steps = eventually(lambda: [each for each in trace_of(board, "d-4") if each["place"] == "first-browser"])
    assert 0 < steps[0]["after"] < 5
    assert board.count("omnilens_browser_seconds_count") == 1


def trace_of(board: LiveServer, delivery: str) -> list[dict[str, Any]]:
    steps: list[dict[str, Any]] = board.get(f"/api/deliveries/{delivery}/trace")["steps"]
    return steps
