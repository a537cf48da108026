"""The documentation as a site: it is built without a warning, has every page, and asks nobody else for anything."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    command = [str(ROOT / ".setup/shipping/bin/mkdocs"), "build", "--strict", "--quiet", "--site-dir", str(folder)]
    given = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    built = subprocess.run(command, cwd=ROOT, env=given, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    return folder


def test_every_page_is_there(site: Path) -> None:
    for path in DOCS.rglob("*.md"):
        if path.name != "template.md":
            assert (site / path.relative_to(DOCS)).with_suffix(".html").is_file(), path


def test_it_asks_nobody_else(site: Path) -> None:
    for path in site.rglob("*.html"):
        page = path.read_text(encoding="utf-8")
        for tag in re.findall(r"<(?:script|link|img|iframe)\b[^>]*>", page):
            assert not re.search(r'(?:src|href)="(?:https?:)?//', tag), (path.name, tag)
    for path in site.rglob("*.css"):
        assert not re.search(r"url\(['\"]?(?:https?:)?//", path.read_text(encoding="utf-8")), path.name


def test_every_page_is_in_the_navigation() -> None:
    text = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    named = set(re.findall(r"- (?:\S+: )?(\S+\.md)$", text, flags=re.MULTILINE))
    pages = {str(path.relative_to(DOCS)) for path in DOCS.rglob("*.md")}
    assert {page for page in pages - named if not page.startswith("decisions/")} == set()
    assert named <= pages
    assert yaml.safe_load(text)["theme"]["font"] is False


def test_every_decision_is_in_the_list() -> None:
    page = (DOCS / "decisions/index.md").read_text(encoding="utf-8")
    for path in sorted((DOCS / "decisions").glob("0*.md")):
        title = path.read_text(encoding="utf-8").splitlines()[0].removeprefix("## Decision: ")
        assert f"| {path.name[:4]} | [{title}]({path.name}) |" in page


def test_what_migration_says_of_costs_is_what_was_measured() -> None:
    told, measured = (
        (DOCS / name).read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0]
        for name in ("migration.md", "benchmarks.md")
    )
    rows = [line for line in told.splitlines() if line.startswith("| ")]
    assert len(rows) == 5
    assert all(row in measured.splitlines() for row in rows)
