"""Whether everybody can use a page: WCAG 2.2 AA as far as axe can tell, in both themes, no wider than its window."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page

AXE = Path(__file__).parents[2] / "web/node_modules/axe-core/axe.min.js"
_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@contextmanager
def examined(chromium: Browser, width: int, height: int = 900) -> Iterator[Page]:
    """A page that axe can be loaded into, since it is no part of it."""
    page = chromium.new_page(
        viewport={"width": width, "height": height}, color_scheme="dark", reduced_motion="reduce", bypass_csp=True
    )
    try:
        yield page
    finally:
        page.close()


def assert_accessible(page: Page) -> None:
    """As it is now, in the width that it has. The theme is the system's, which is changed and changed back."""
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, "wider than the window"
    if not page.evaluate("'axe' in window"):
        page.add_script_tag(path=AXE)
    _assert_clean(page, {"type": "tag", "values": _TAGS})
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    page.wait_for_function("document.documentElement.dataset.theme === 'light'")
    _assert_clean(page, {"type": "rule", "values": ["color-contrast"]})  # nothing else is different
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    page.wait_for_function("document.documentElement.dataset.theme === 'dark'")


def assert_clean(page: Page) -> None:
    """The same for a page that keeps the theme that it was opened in."""
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, "wider than the window"
    page.add_script_tag(path=AXE)
    _assert_clean(page, {"type": "tag", "values": _TAGS})


def _assert_clean(page: Page, only: dict[str, object]) -> None:
    found = page.evaluate("only => axe.run({runOnly: only})", only)["violations"]
    wrong = [(each["id"], [node["html"][:200] for node in each["nodes"]][:3]) for each in found]
    assert not wrong, wrong
