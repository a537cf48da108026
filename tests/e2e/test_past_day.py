"""A day of the past in a real browser: how far it is, why it is not whole, and that it comes by itself."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from omnilens.sync.learning import Learning
from support import github as fake
from support.accessible import assert_accessible, examined
from support.github import FakeGitHub
from support.past import fill
from support.server import LiveServer

pytestmark = [pytest.mark.e2e, pytest.mark.node, pytest.mark.timeout(90)]

NAME = "octo-org/octo-repo"
DAY = datetime.now(UTC).date() - timedelta(days=5)
PATH = f"/dashboard/octo-repo?date={DAY}"


@pytest.fixture
def github() -> Iterator[FakeGitHub]:
    with FakeGitHub() as running:
        yield running
    assert running.too_early == []


@pytest.fixture
def there(github: FakeGitHub) -> fake.Repository:
    return github.add_repository(NAME)


@pytest.fixture
def server(github: FakeGitHub, tmp_path: Path) -> Iterator[LiveServer]:
    url = f"sqlite:///{tmp_path}/omnilens.db"
    given = {"api_url": github.url, "github_token": github.token, "repositories": NAME, "backfill": "0d"}
    with LiveServer(**given, database_url=url) as live:
        yield live


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Until it is set, no more than a page of a hundred runs is stored."""
    opened, store = threading.Event(), Learning.runs

    async def waiting(self: Learning, repository: Any, fields: Any) -> int:
        learned = await store(self, repository, fields)
        await asyncio.to_thread(opened.wait, 60)
        return learned

    monkeypatch.setattr(Learning, "runs", waiting)
    yield opened
    opened.set()


def test_it_says_how_far_it_is_and_comes_by_itself(
    page: Page, there: fake.Repository, server: LiveServer, gate: threading.Event
) -> None:
    for number in range(3):
        fill(there, DAY, 100, name=f"Workflow {number}", workflow_id=number)
    page.goto(server.url + PATH)
    note = page.get_by_test_id("history-note")
    expect(note).to_contain_text("This day is being fetched from GitHub")
    expect(note.get_by_role("progressbar", name="Runs fetched from GitHub")).to_be_visible()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    gate.set()
    expect(page.get_by_test_id("workflow-card")).to_have_count(3)
    expect(note).to_have_count(0)
    expect(page.get_by_test_id("overview-completed").locator("dd")).to_have_text("300")
    assert len([url for url in asked if "/runs?" in url]) <= 3  # told, not polled


@pytest.mark.parametrize("state", ["fetching", "failed"])
def test_everybody_can_read_it_on_any_screen(
    chromium: Browser,
    github: FakeGitHub,
    there: fake.Repository,
    server: LiveServer,
    gate: threading.Event,
    state: str,
) -> None:
    fill(there, DAY, 300)
    if state == "failed":
        github.exhaust(3600)
    with examined(chromium, 1440) as page:
        page.goto(server.url + PATH)
        expect(page.locator(f"[data-testid=history-note][data-state={state}]")).to_be_visible()
        assert_accessible(page)
        page.set_viewport_size({"width": 360, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
