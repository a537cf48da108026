"""Somebody opens the demo for the first time: what needs somebody is there at a glance."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from support.waiting import eventually

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(60)]

TEN_SECONDS = 10_000


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[str]:
    """The address of a demo as anybody starts it."""
    said = tmp_path / "said"
    with said.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "omnilens", "demo", "--port", "0"],
            cwd=tmp_path,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
    try:
        yield eventually(lambda: re.findall(r"http://[0-9.:]+", said.read_text()))[0]
    finally:
        process.kill()
        process.wait()


@pytest.mark.parametrize("width", [1440, 360])
def test_what_broke_since_when_by_whose_commit_at_which_step_and_who_is_on_it(
    page: Page, demo: str, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(demo)
    broken = page.get_by_test_id("repo-broken").filter(has=page.get_by_role("heading", name="End-to-end"))
    expect(broken.get_by_test_id("on-it")).to_contain_text(" is on it · ", timeout=TEN_SECONDS)
    expect(broken).to_be_in_viewport()
    expect(broken.get_by_text(re.compile(r"Failed at .+ · .+"))).to_be_visible()
    expect(broken.get_by_text(re.compile(r"^[\w-]+ · main$"))).to_be_visible()
    expect(broken.locator("time").last).to_have_text(re.compile(r"^\d+ (min|h)$"))
    waiting = page.get_by_test_id("repo-broken").filter(has_text="Waits for approval of deploy")
    expect(waiting.get_by_role("button", name="I'm on it: Deploy production")).to_be_visible()
