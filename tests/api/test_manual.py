"""The manual that comes with the server: every link in it leads somewhere, and so does that of each alert."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path

import pytest

from omnilens.api.manual import manual_folder
from omnilens.api.manual_rendering import anchor, page_of
from support.server import LiveServer

ROOT = Path(__file__).parents[2]
PAGES = sorted(path.relative_to(manual_folder()).as_posix() for path in manual_folder().rglob("*.md"))


@pytest.fixture(scope="module")
def rendered() -> dict[str, str]:
    return {page: page_of((manual_folder() / page).read_text(encoding="utf-8")) for page in PAGES}


def test_every_link_leads_to_a_page_and_a_section_that_there_is(rendered: dict[str, str]) -> None:
    anchors = {page: set(re.findall(r' id="([^"]+)"', html)) for page, html in rendered.items()}
    followed = 0
    for page, html in rendered.items():
        for target in re.findall(r'(?:href|src)="([^"]+)"', html.partition("<main>")[2]):
            if re.match(r"https?://", target):
                continue
            path, _, section = target.partition("#")
            path = posixpath.normpath(posixpath.join(posixpath.dirname(page), path)) if path else page
            assert (manual_folder() / path).is_file(), (page, target)
            assert not path.startswith(".."), (page, target)
            assert not section or section in anchors[path], (page, target)
            followed += 1
    assert followed > 150


def test_the_link_of_each_alert_leads_to_its_section_without_a_login() -> None:
    settings = {"auth": "proxy", "trusted_proxies": "127.0.0.1", "operators": "ada"}
    with LiveServer(**settings) as server:
        alerts = server.http.get("/api/alerts", headers={"x-forwarded-user": "ada"}).json()["alerts"]
        assert len(alerts) == 12
        for alert in alerts:
            address, _, section = alert["runbook"].partition("#")
            answer = server.http.get(address)
            assert (answer.status_code, section) == (200, alert["name"])
            assert f'<h2 id="{section}">' in answer.text
        assert "script-src 'self'" in answer.headers["content-security-policy"]
        moved = server.http.get("/manual/")
        assert (moved.status_code, moved.headers["location"]) == (307, "/manual/index.md")
        assert server.http.get("/manual/board.png").headers["content-type"] == "image/png"
        for nowhere in ("nowhere.md", "../pyproject.toml", "%2e%2e/README.md", "runbooks"):
            assert server.http.get(f"/manual/{nowhere}").status_code == 404
        for own in set(re.findall(r'<(?:link|script)[^>]*(?:href|src)="([^"]+)"', answer.text)):
            assert server.http.get(own).status_code == 200, own


def test_a_runbook_of_ones_own_is_linked_instead() -> None:
    with LiveServer(runbook_url="https://wiki.example.com/omnilens") as server:
        (first, *_) = server.get("/api/alerts")["alerts"]
        assert first["runbook"] == f"https://wiki.example.com/omnilens#{first['name']}"


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("webhook-success", "webhook-success"),
        ("What is kept", "what-is-kept"),
        ("Going back, by itself", "going-back-by-itself"),
    ],
)
def test_sections_are_called_as_on_the_documentations_site(words: str, name: str) -> None:
    assert anchor(words) == name


NAMES = ["%00.md", "a" * 400 + ".md", "gone.md", "decisions", "..%2f..%2fpyproject.md", "%00.png", "a" * 400 + ".png"]


def test_what_is_no_name_of_a_file_is_not_found() -> None:
    with LiveServer() as server:
        for path in [*(f"/manual/{name}" for name in NAMES), "/assets/%00.js", f"/assets/{'a' * 252}.js"]:
            answer = server.http.get(path, headers={"accept-encoding": "br"})
            assert (answer.status_code, answer.json()["code"]) == (404, "not-found"), path
