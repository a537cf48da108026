"""A page comes back after 31 minutes, a minute after the server has forgotten what it missed: nothing is patched up.

Time passes on both sides by clocks that the test moves: the page's timers see it go by, and the server forgets by it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Request, WebSocketRoute, expect

from omnilens import upkeep
from support.clock import Ahead
from support.payloads import job_payload, run_payload
from support.server import LiveServer
from support.waiting import eventually

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(60)]

AWAY = timedelta(minutes=31)
WORKFLOWS = {"CI": 1, "E2E": 2, "Deploy": 3}
CARD = "[data-testid=workflow-card]"
PROOF = "[data-testid=proof]"


class Board(LiveServer):
    """A server with the retention that it has by default, 30 minutes, and a clock of its own."""

    clock: Ahead

    def __init__(self) -> None:
        self.clock = Ahead()
        super().__init__(repositories="octo-org/octo-repo")

    def ended(self, number: int, name: str, conclusion: str, job: str | None = None) -> None:
        """Post a run that has ended just now, and perhaps a job of it."""
        now = self.clock.written()
        run: dict[str, Any] = {"id": number, "workflow_id": WORKFLOWS[name], "name": name, "conclusion": conclusion}
        assert self.post("workflow_run", run_payload(**run, run_started_at=now, updated_at=now)).status_code == 200
        if job:
            about: dict[str, Any] = {"id": number, "run_id": number, "workflow_name": name, "conclusion": conclusion}
            payload = job_payload(**about, name=job, created_at=now, started_at=now, completed_at=now)
            assert self.post("workflow_job", payload).status_code == 200

    def has_told(self, count: int) -> None:
        """Wait until there are so many notices: they are made of what has just happened, not of what is long past."""
        eventually(lambda: len(self.get("/api/notifications")["notifications"]) == count)

    def remembers(self, seq: int) -> bool:
        """Whether a client that was there up to `seq` can go on from it."""
        return self.omnilens.store.since("octo-repo", seq) is not None


@pytest.fixture
def board(monkeypatch: pytest.MonkeyPatch) -> Iterator[Board]:
    monkeypatch.setattr(upkeep, "TIDY_EVERY", 0.02)
    with Board() as server:
        yield server


class Line:
    """What the page's sockets go through. While it is dead nothing arrives, not even that it is dead."""

    def __init__(self, page: Page) -> None:
        self.dead = False
        page.route_web_socket(re.compile("socket.io"), self._connect)

    def _connect(self, socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()
        socket.on_message(lambda message: None if self.dead else server.send(message))
        server.on_message(lambda message: None if self.dead else socket.send(message))
        server.on_close(lambda code, reason: None if self.dead else socket.close(code=code, reason=reason))


@contextmanager
def with_the_laptop_closed(page: Page, board: Board, line: Line) -> Iterator[None]:
    """The page stands still, and learns of nothing before it wakes up."""
    page.clock.pause_at(page.evaluate("Date.now() / 1000 + 1"))
    line.dead = True
    board.cut_connections()
    yield
    expect(page.get_by_test_id("connection-state").first).to_contain_text("Live")  # as far as it knows
    line.dead = False
    page.clock.fast_forward(int(AWAY.total_seconds() * 1000))
    page.clock.resume()


@contextmanager
def without_a_network(page: Page, board: Board, line: Line) -> Iterator[None]:
    """The page goes on, and says all the time that it is not live."""
    page.context.set_offline(True)
    expect(page.get_by_test_id("websocket-error")).to_contain_text("This device is offline.")
    yield
    page.clock.fast_forward(int(AWAY.total_seconds() * 1000))
    expect(page.get_by_test_id("websocket-error")).to_contain_text("Real-time connection failed")
    expect(page.locator(PROOF)).to_contain_text("Unproven since")
    expect(page.locator(CARD).filter(has_text="Deploy")).to_have_count(0)
    page.context.set_offline(False)


@pytest.mark.parametrize("being_away", [with_the_laptop_closed, without_a_network])
def test_after_31_minutes_a_page_gets_a_whole_new_snapshot_and_says_what_it_missed(
    page: Page, board: Board, being_away: Any
) -> None:
    page.clock.install()
    line = Line(page)
    board.ended(1, "CI", "success")
    board.ended(2, "E2E", "failure")
    page.goto(f"{board.url}/dashboard/octo-repo")
    expect(page.locator(PROOF)).to_contain_text("Gap-free since")
    since = page.locator(PROOF).locator("time").first.get_attribute("datetime")
    assert since
    page.evaluate("window.sameDocument = true")
    last_seen = board.get("/api/repos/octo-repo/runs")["seq"]

    asked: list[str] = []
    with being_away(page, board, line):
        board.clock.by = timedelta(seconds=30)
        board.ended(3, "Deploy", "failure", job="migrate")
        board.has_told(2)
        board.clock.by = timedelta(minutes=20)
        board.ended(4, "E2E", "success")
        board.has_told(3)
        board.clock.by = AWAY
        eventually(lambda: not board.remembers(last_seen))
        page.on("request", lambda request: asked.append(path_of(request)))

    deploy = page.locator(CARD).filter(has_text="Deploy")
    expect(deploy).to_contain_text("Failed at migrate")
    expect(page.locator(CARD).filter(has_text="E2E")).to_have_attribute("data-state", "success")
    expect(page.get_by_test_id("away")).to_contain_text(
        "While you were away (31 min): 1 broke (octo-repo / Deploy), 1 fixed"
    )
    expect(page.get_by_text("The board was loaded afresh")).to_be_visible()
    assert "/api/repos/octo-repo/runs" in asked  # a snapshot, and no updates on top of what was there
    expect(page.locator(PROOF)).to_contain_text("Gap-free since")
    begun = page.locator(PROOF).locator("time").first.get_attribute("datetime")
    assert begun
    assert datetime.fromisoformat(begun) - datetime.fromisoformat(since) >= AWAY  # and not as if nothing had been
    board.ended(5, "Deploy", "success")
    expect(deploy).to_have_attribute("data-state", "success")
    assert page.evaluate("window.sameDocument") is True


def path_of(request: Request) -> str:
    return urlsplit(request.url).path
