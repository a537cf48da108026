"""Draws docs/board.png anew: the demo, at a moment that shows what a board is for. `make pictures` runs it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import httpx2
from playwright.sync_api import Page, expect, sync_playwright

from support.browser import QUIET
from support.pictures import keep, opened
from support.process import free_port
from support.waiting import eventually

DOCS = Path(__file__).parents[2] / "docs"
PATIENCE = 600_000
"""Milliseconds in which something breaks, and stays so for a while."""
AFTERNOON = 16
"""When a day has something to show."""


def main() -> None:
    port = free_port()
    with subprocess.Popen([sys.executable, "-m", "omnilens", "demo", "--port", str(port)]) as demo:
        try:
            url = f"http://127.0.0.1:{port}"
            eventually(lambda: _answers(url))
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(QUIET))
                page = browser.new_page(
                    viewport={"width": 1440, "height": 900},
                    reduced_motion="reduce",
                    color_scheme="light",
                    timezone_id=_where_it_is_afternoon(),
                )
                page.goto(url)
                keep(opened(_at_its_best(page)), DOCS / "board.png")
                browser.close()
        finally:
            demo.terminate()


def _at_its_best(page: Page) -> bytes:
    """Something is broken and somebody is on it, other things run, and nothing lies over them."""
    for proof in page.get_by_test_id("proof").all():
        expect(proof).to_contain_text("Gap-free since", timeout=PATIENCE)
    expect(page.locator("[data-testid=on-it][data-claimed]").first).to_be_visible(timeout=PATIENCE)
    for close in page.get_by_role("button", name=re.compile("^Close")).all():
        close.click()
    page.mouse.move(0, 0)
    expect(page.get_by_role("button", name=re.compile("^Close"))).to_have_count(0)
    return page.screenshot(animations="disabled")


def _where_it_is_afternoon() -> str:
    east = (AFTERNOON - datetime.now(UTC).hour + 11) % 24 - 11
    return f"Etc/GMT{-east:+d}"  # whose signs are the other way round


def _answers(url: str) -> bool:
    try:
        return httpx2.get(f"{url}/readyz", trust_env=False).status_code == 200
    except httpx2.TransportError:
        return False


if __name__ == "__main__":
    main()
