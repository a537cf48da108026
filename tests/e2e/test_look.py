"""What can be checked about the look without taste: themes, widths, contrast, and that nothing comes from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, get_args

import pytest
from playwright.sync_api import Browser, Page, Request, Response, expect

from omnilens.model import Conclusion, Status
from support.accessible import assert_accessible
from support.payloads import job_payload, run_payload
from support.server import LiveServer

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(90)]

PAGES = (
    "/",
    "/notifications",
    "/operations",
    "/dashboard/octo-repo",
    "/dashboard/octo-repo/report",
    "/dashboard/octo-repo/runs/1",
)


@pytest.fixture(scope="module")
def busy() -> Iterator[LiveServer]:
    """A board with a run in every state, and names that want to break out."""
    with LiveServer() as server:
        for number, conclusion in enumerate(Conclusion, start=1):
            named = f"Ends in {conclusion}"
            server.post("workflow_run", run_payload(id=number, workflow_id=number, name=named, conclusion=conclusion))
        for number, status in enumerate(Status, start=100):
            named = f"Is {status}"
            server.post(
                "workflow_run", run_payload("in_progress", id=number, workflow_id=number, name=named, status=status)
            )
        long = run_payload(
            id=200,
            workflow_id=200,
            conclusion="failure",
            name="🚀 " + "Ünbreakable" * 20,
            head_branch="b" * 244,
            display_title="שלום " * 60,
        )
        server.post("workflow_run", long)
        step = {"number": 1, "name": "Run " + "x" * 200, "status": "completed", "conclusion": "failure"}
        server.post("workflow_job", job_payload(run_id=1, conclusion="failure", name="j" * 200, steps=[step]))
        yield server


Theme = Literal["dark", "light"]
NEVER_LOADED = """
window.addEventListener("load", (event) => event.stopImmediatePropagation(), true);
Object.defineProperty(document, "readyState", { get: () => "interactive" });
"""


def opened(browser: Browser, url: str, theme: Theme, width: int) -> Page:
    page = browser.new_page(
        color_scheme=theme,
        viewport={"width": width, "height": 900},
        reduced_motion="reduce",
        bypass_csp=True,  # for axe, which is no part of the page
    )
    page.goto(url)
    expect(page.locator("[data-testid=connection-state]").first).to_contain_text("Live")
    return page


@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_wider_than_the_window(chromium: Browser, busy: LiveServer, path: str) -> None:
    page = opened(chromium, busy.url + path, "light", 360)
    for width in (360, 768, 1440, 2560):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, width
    page.close()


@pytest.mark.node
@pytest.mark.parametrize("path", PAGES)
def test_everybody_can_read_and_use_it(chromium: Browser, busy: LiveServer, path: str) -> None:
    page = opened(chromium, busy.url + path, "dark", 1440)
    for width in (1440, 360):
        page.set_viewport_size({"width": width, "height": 900})
        assert_accessible(page)
    page.close()


def test_both_themes_are_themes(chromium: Browser, busy: LiveServer) -> None:
    colours = set()
    for theme in get_args(Theme):
        page = opened(chromium, busy.url, theme, 1440)
        colours.add(page.evaluate("getComputedStyle(document.documentElement).backgroundColor"))
        page.close()
    assert len(colours) == 2


@pytest.mark.parametrize(("path", "shown"), [("/", "repo-card"), ("/dashboard/octo-repo", "workflow-card")])
def test_the_first_load_is_small(chromium: Browser, busy: LiveServer, path: str, shown: str) -> None:
    """All code and style that it takes to show a page, over the wire; what can wait comes later."""
    page = chromium.new_page()
    page.add_init_script(NEVER_LOADED)
    sizes: dict[str, int] = {}

    def note(response: Response) -> None:
        if response.request.resource_type in {"document", "script", "stylesheet"}:
            sizes[response.url.rsplit("/", 1)[1]] = int(response.headers.get("content-length", "0"))

    page.on("response", note)
    page.goto(busy.url + path)
    expect(page.get_by_test_id(shown).first).to_be_visible()
    page.close()
    assert 50_000 < sum(sizes.values()) <= 150 * 1024, sorted(sizes.items(), key=lambda each: -each[1])[:14]


def test_nothing_is_asked_of_anybody_else(chromium: Browser, busy: LiveServer) -> None:
    asked: list[str] = []

    def note(request: Request) -> None:
        asked.append(request.url)

    complaints: list[str] = []
    page = chromium.new_page()
    page.on("request", note)
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    for path in (*PAGES, "/docs"):
        page.goto(busy.url + path)
        page.wait_for_load_state("networkidle")
    page.close()
    assert asked
    assert [url for url in asked if not url.startswith((busy.url, "data:"))] == []
    assert complaints == []  # nothing is missing, and nothing breaks the page's own content security policy
