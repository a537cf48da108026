"""The report in a real browser: charts, tables, and what one takes home from it."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from omnilens.model import Conclusion
from support.accessible import assert_accessible, examined
from support.remembered import past_job, past_run, remember, state
from support.server import LiveServer

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(90)]

PATH = "/dashboard/octo-repo/report"
NAMES = ("CI", "End-to-end with a name that is long enough for two lines on a phone", "=Nightly")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    folder = tmp_path_factory.mktemp("report")
    now = datetime.now(UTC)
    with LiveServer(repositories="octo-org/octo-repo", database_url=f"sqlite:///{folder}/db") as live:
        states = []
        for number in range(1, 240):
            conclusion = Conclusion.FAILURE if number % 7 == 0 else Conclusion.SUCCESS
            which = number % len(NAMES)
            run = past_run(
                number,
                now - timedelta(hours=8 * number),
                60 * (1 + number % 9),
                name=NAMES[which],
                workflow_id=which + 1,
                conclusion=conclusion,
                head_sha=f"{number // 30:040x}",
            )
            job = past_job(number, run, conclusion=conclusion, labels=("self-hosted", "a-label-" * 6))
            states.append(state(run, job))
        remember(live, states)
        yield live


def test_it_is_one_press_away_and_its_period_is_in_the_address(page: Page, server: LiveServer) -> None:
    page.goto(f"{server.url}/dashboard/octo-repo")
    page.get_by_role("link", name="Report").click()
    expect(page.get_by_test_id("report-reach")).to_contain_text("The last 30 days")
    page.get_by_role("link", name="90 days").click()
    expect(page.get_by_test_id("report-reach")).to_contain_text("The last 90 days")
    assert page.url == f"{server.url}{PATH}?days=90"
    expect(page.get_by_test_id("figure-runs").locator("dd")).to_have_text("239")
    page.get_by_label("Workflow", exact=True).select_option(label="=Nightly")
    expect(page.locator("svg[data-chart^='Duration of =Nightly']")).to_be_visible()
    page.keyboard.press("Escape")


def test_its_charts_as_a_picture(page: Page, server: LiveServer, tmp_path: Path) -> None:
    page.goto(server.url + PATH)
    with page.expect_download() as downloading:
        page.get_by_role("button", name="PNG").click()
    assert downloading.value.suggested_filename == "octo-repo-30d.png"
    downloading.value.save_as(tmp_path / "report.png")
    content = (tmp_path / "report.png").read_bytes()
    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", content[16:24])
    assert width > 1000
    assert height > 1000
    assert len(content) > 20_000  # an empty one of this size is smaller


def test_its_numbers_for_a_spreadsheet(page: Page, server: LiveServer, tmp_path: Path) -> None:
    page.goto(server.url + PATH)
    with page.expect_download() as downloading:
        page.get_by_role("link", name="Workflows as CSV").click()
    downloading.value.save_as(tmp_path / "report.csv")
    assert "\n'=Nightly," in (tmp_path / "report.csv").read_text()


@pytest.mark.parametrize("width", [360, 1440, 2560])
def test_everybody_can_read_it_on_any_screen(chromium: Browser, server: LiveServer, width: int) -> None:
    with examined(chromium, width) as page:
        page.goto(server.url + PATH)
        page.get_by_role("button", name="Runs by day as a table").click()
        expect(page.get_by_test_id("report-flaky")).to_be_visible()
        assert_accessible(page)
