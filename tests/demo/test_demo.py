"""The demo as a user starts it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from support.sockets import connected
from support.waiting import eventually

pytestmark = pytest.mark.anyio


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A running demo's address and process."""
    said = tmp_path / "said"
    with said.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "omnilens", "demo", "--port", "0", "--seed", "5"],
            cwd=tmp_path,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
    try:
        url = eventually(lambda: re.findall(r"http://[0-9.:]+", said.read_text()))[0]
        yield url, process
    finally:
        process.kill()
        process.wait()
    assert "warning" not in said.read_text().lower()


async def test_three_repositories_with_a_history_and_something_that_moves(
    demo: tuple[str, subprocess.Popen[bytes]],
) -> None:
    url, process = demo
    with httpx2.Client(base_url=url, trust_env=False) as http:
        repos = eventually(lambda: _with_history(http))
        assert [repo["full_name"] for repo in repos] == ["acme/api", "acme/infra", "acme/web"]
    async with connected(url) as browser:
        for slug in ("api", "infra", "web"):
            assert (await browser.subscribe(slug))["ok"]
        updates = await browser.updates(3)
        assert {update["repoSlug"] for update in updates} <= {"api", "infra", "web"}
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=10) == 0


def _with_history(http: httpx2.Client) -> list[dict[str, str]]:
    try:
        repos: list[dict[str, str]] = http.get("/api/repos", params={"tz": "UTC"}).json()["repos"]
    except httpx2.TransportError:
        return []
    # Yesterday counts as well: just after midnight, today has next to nothing.
    runs = sum(len(http.get(f"/api/repos/{repo['slug']}/runs").json()["runs"]) for repo in repos)
    return repos if runs > 2 else []
