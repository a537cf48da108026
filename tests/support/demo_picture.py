"""Draws docs/board.png anew: the board of the demo, at a moment that shows what a board is for. `make pictures` runs it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import httpx2
from playwright.sync_api import Page, expect, sync_playwright

from support.browser import QUIET
from support.pictures import keep, opened
from support.process import free_port
from support.waiting import eventually

DOCS = Path(__file__).parents[2] / "docs"
DAY = "2"
"""The day that the demo plays: one that begins with something broken."""
PATIENCE = 180_000


def main() -> None:
    port = free_port()
    with subprocess.Popen([sys.executable, "-m", "omnilens", "demo", "--port", str(port), "--seed", DAY]) as demo:
        try:
            url = f"http://127.0.0.1:{port}"
            eventually(lambda: _answers(url))
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(QUIET))
                size = {"width": 1440, "height": 900}
                page = browser.new_page(viewport=size, reduced_motion="reduce", color_scheme="light")  # type: ignore[arg-type]
                page.goto(url)
                keep(opened(_at_its_best(page)), DOCS / "board.png")
                browser.close()
        finally:
            demo.terminate()


def _at_its_best(page: Page) -> bytes:
    """Something is broken and somebody is on it, other things run, and nothing lies over them."""
    for proof in page.get_by_test_id("proof").all():
        expect(proof).to_contain_text("Gap-free since", timeout=PATIENCE)
    on_it = page.get_by_test_id("on-it").first
    expect(on_it).to_be_visible(timeout=PATIENCE)
    if on_it.get_attribute("data-claimed") is None:
        on_it.click()
        page.get_by_test_id("claim").get_by_role("textbox").fill("Maria")
        page.keyboard.press("Enter")
    expect(page.get_by_text("is on it").first).to_be_visible()
    page.mouse.move(0, 0)
    expect(page.get_by_role("button", name="Close", exact=True)).to_have_count(0, timeout=PATIENCE)
    return page.screenshot(animations="disabled")


def _answers(url: str) -> bool:
    try:
        return httpx2.get(f"{url}/readyz", trust_env=False).status_code == 200
    except httpx2.TransportError:
        return False


if __name__ == "__main__":
    main()
