"""The attempts of a run in a real browser: in the address, live, and what is flaky about it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from support.payloads import ago, job_payload, run_payload
from support.server import LiveServer

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(90)]

RUN = "/dashboard/octo-repo/runs/1"
SHA = {"head_sha": "9c1f0abdeadbeef"}


@pytest.fixture
def board() -> Iterator[LiveServer]:
    with LiveServer(repositories="octo-org/octo-repo") as server:
        first = job_payload(id=21, name="unit", conclusion="failure", started_at=ago(300), completed_at=ago(280))
        server.post("workflow_job", first)
        server.post("workflow_run", run_payload(conclusion="failure", updated_at=ago(270), **SHA))
        yield server


def test_each_attempt_has_an_address_and_what_passed_at_last_is_flaky(board: LiveServer, page: Page) -> None:
    page.goto(board.url + RUN)
    expect(page.locator("[data-testid=connection-state]").first).to_contain_text("Live")
    attempts = page.get_by_role("navigation", name="Attempts")
    expect(attempts).to_have_count(0)
    board.post("workflow_job", job_payload("in_progress", id=22, name="unit", run_attempt=2, conclusion=None))
    expect(attempts.get_by_role("link")).to_have_count(2)
    expect(page.get_by_text("flaky")).to_have_count(0)
    board.post("workflow_job", job_payload(id=22, name="unit", run_attempt=2))
    board.post("workflow_run", run_payload(run_attempt=2, **SHA))
    expect(page.get_by_text("flaky", exact=True)).to_be_visible()
    first = attempts.get_by_role("link", name="Attempt 1")
    first.click()
    expect(page).to_have_url(f"{board.url}{RUN}?attempt=1")
    expect(first).to_have_attribute("aria-current", "page")
    expect(page.get_by_test_id("section-jobs")).to_contain_text("failed")
    page.reload()
    expect(first).to_have_attribute("aria-current", "page")
    page.go_back()
    expect(attempts.get_by_role("link", name="Attempt 2")).to_have_attribute("aria-current", "page")
    expect(page.get_by_test_id("section-jobs")).not_to_contain_text("failed")
    page.goto(f"{board.url}/dashboard/octo-repo")
    expect(page.get_by_test_id("workflow-card")).to_contain_text("flaky")
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto(f"{board.url}{RUN}?attempt=1")
    expect(attempts).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_without_a_token_it_says_what_one_would_add(board: LiveServer, page: Page) -> None:
    board.post("workflow_run", run_payload(run_attempt=3, **SHA))
    page.goto(f"{board.url}{RUN}?attempt=2")
    expect(page.get_by_role("alert")).to_contain_text("GITHUB_TOKEN")
    expect(page.get_by_role("navigation", name="Attempts")).to_contain_text("GITHUB_TOKEN")
