"""The main pages look as they did. `make pictures` renews what they are compared with: look at it, and commit it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from email.utils import format_datetime
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, Route, expect

from support.pictured import NOW, Pictured
from support.pictures import TOLERATED, difference, keep, opened
from support.server import LiveServer

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(60)]

KEPT = Path(__file__).parent / "pictures"
SEEN = Path(__file__).parents[2] / "test-results/pictures"
RENEW = bool(os.environ.get("OMNILENS_RENEW_PICTURES"))
PAGES = {
    "home": "/",
    "board": "/dashboard/api",
    "run": "/dashboard/api/runs/99",
    "report": "/dashboard/api/report",
    "wallboard": "/?kiosk=1",
    "palette": "/",
}
DOCS = Path(__file__).parents[2] / "docs"
IN_DOCS = ("wallboard-dark", "palette-dark")
# The one font that is not ours, which another machine has another one of.
FONT = ".font-mono { font-family: 'Inter Variable' !important } * { caret-color: transparent !important }"


@pytest.fixture(scope="module")
def server() -> Iterator[LiveServer]:
    with LiveServer(repositories="acme/api,acme/web") as running:
        yield running


def pictured(chromium: Browser, server: LiveServer, name: str, theme: str) -> bytes:
    """What a page looks like at one moment, whenever that is asked."""
    with chromium.new_context(
        viewport={"width": 1280, "height": 800},
        color_scheme="dark" if theme == "dark" else "light",
        reduced_motion="reduce",
        timezone_id="UTC",
        locale="en-GB",
        bypass_csp=True,  # for the font
    ) as context:
        page = context.new_page()
        page.clock.set_fixed_time(NOW)
        answers = Pictured(server.get("/api/health")["epoch"])
        page.route(re.compile(r"^http://[^/]+/api/"), lambda route: answered(route, answers))
        page.goto(server.url + PAGES[name])
        page.add_style_tag(content=FONT)
        at_rest(page)
        if name == "palette":
            page.keyboard.press("Control+k")
            expect(page.get_by_role("dialog")).to_be_visible()
            at_rest(page)
        picture = page.screenshot(animations="disabled")
        assert answers.unknown == []
        return picture


def answered(route: Route, answers: Pictured) -> None:
    body = answers.answer(route.request.url)
    headers = {"content-type": "application/json", "date": format_datetime(NOW, usegmt=True)}
    route.fulfill(status=404 if body is None else 200, body=body or b"{}", headers=headers)


def at_rest(page: Page) -> None:
    """Everything has come, and nothing moves any more."""
    expect(page.get_by_test_id("connection-state").first).to_contain_text("Live")
    for proof in page.get_by_test_id("proof").all():
        expect(proof).to_contain_text("Gap-free since")
    expect(page.locator(".skeleton")).to_have_count(0)
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready")
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_looks_as_it_did(chromium: Browser, server: LiveServer, name: str, theme: str) -> None:
    seen = opened(pictured(chromium, server, name, theme))
    kept = KEPT / f"{name}-{theme}.png"
    if RENEW:
        keep(seen, kept)
        if kept.stem in IN_DOCS:
            keep(seen, DOCS / f"{name}.png")
    differs = difference(seen, opened(kept))
    if differs > TOLERATED:
        keep(seen, SEEN / kept.name)
    assert differs <= TOLERATED, f"{differs:.2%} of {kept.name} differ; see test-results/pictures, or make pictures"


class TestTheComparison:
    """It sees what people would, and not what they would not."""

    @pytest.fixture
    def board(self) -> Image.Image:
        return opened(KEPT / "board-dark.png").convert("RGB")

    def test_smoother_edges_are_no_difference(self, board: Image.Image) -> None:
        width, height = board.size
        smoothed = board.resize((width * 2, height * 2), Image.Resampling.BICUBIC).resize(board.size)
        assert difference(board, smoothed) <= TOLERATED

    def test_a_word_of_another_colour_is_one(self, board: Image.Image) -> None:
        changed = board.copy()
        ImageDraw.Draw(changed).rectangle((300, 400, 420, 416), fill="#ff7b7b")
        assert difference(board, changed) > TOLERATED

    def test_a_line_that_has_moved_is_one(self, board: Image.Image) -> None:
        moved = board.copy()
        moved.paste(board.crop((0, 300, 1280, 790)), (0, 308))
        assert difference(board, moved) > TOLERATED

    def test_another_size_is_one(self, board: Image.Image) -> None:
        assert difference(board, board.crop((0, 0, 1280, 792))) == 1.0
