"""flagd, by the provider that its makers publish: what it changes counts for those who are connected.

It reads its flags from a file here, as flagd itself does, since that takes no server of its own.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from support.named import BY_NAME, HEADER
from support.payloads import run_payload
from support.server import LiveServer
from support.sockets import connected
from support.waiting import eventually_async

pytestmark = pytest.mark.anyio

PROVIDER = "openfeature.contrib.provider.flagd:FlagdProvider"
SLUG = "octo-repo"


class Flagd:
    """Its file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def says(self, default: str, targeting: Any = None, flag: str = "realtime") -> None:
        """Change the flag at once: nobody sees half a file."""
        about = {"state": "ENABLED", "variants": {"on": True, "off": False}, "defaultVariant": default}
        written = self.path.with_suffix(".new")
        written.write_text(json.dumps({"flags": {flag: {**about, "targeting": targeting or {}}}}))
        before = self.path.stat().st_mtime if self.path.exists() else 0.0
        if written.stat().st_mtime <= before:  # by which it notices
            os.utime(written, (before + 1, before + 1))
        written.replace(self.path)


@pytest.fixture
def flagd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Flagd:
    monkeypatch.setenv("FLAGD_RESOLVER", "file")
    monkeypatch.setenv("FLAGD_OFFLINE_FLAG_SOURCE_PATH", str(tmp_path / "flags.json"))
    monkeypatch.setenv("FLAGD_DEADLINE_MS", "50")  # how often it looks
    made = Flagd(tmp_path / "flags.json")
    made.says("on")
    return made


@pytest.fixture
def board(flagd: Flagd) -> Iterator[LiveServer]:
    with LiveServer(repositories="octo-org/octo-repo", operators="ada", flag_provider=PROVIDER, **BY_NAME) as server:
        assert server.post("workflow_run", run_payload(id=1)).status_code == 200
        yield server


def decide(server: LiveServer, live: str | None) -> None:
    headers = {"origin": server.url, HEADER: "ada"}
    wish = {"live": live, "why": "to see", "repo": SLUG}
    assert server.http.put("/api/flags", json=wish, headers=headers).status_code == 200


async def test_what_it_changes_reaches_whoever_watches(board: LiveServer, flagd: Flagd) -> None:
    async with AsyncExitStack() as others, connected(board.url, headers={HEADER: "ada"}) as ada:
        assert (await ada.subscribe(SLUG))["ok"] is True
        (connection,) = board.omnilens.sockets.connections
        only_ada = {"if": [{"==": [{"var": "targetingKey"}, connection.data.key]}, "on", "off"]}
        only_here = {"if": [{"==": [{"var": "repository"}, SLUG]}, only_ada, "on"]}
        bob = await others.enter_async_context(connected(board.url, headers={HEADER: "bob"}))
        told: list[tuple[str, str]] = []
        for name, browser in (("ada", ada), ("bob", bob)):
            for event in ("realtime-disabled", "realtime-enabled"):
                browser.client.on(event, lambda said, key=(name, event): told.append(key))
        assert (await bob.subscribe(SLUG))["ok"] is True
        flagd.says("off")
        await eventually_async(lambda: len(told) == 2)
        flagd.says("off", only_here)
        await eventually_async(lambda: len(told) == 3)
        assert told[2] == ("ada", "realtime-enabled")
        assert (await bob.subscribe(SLUG))["code"] == "realtime-disabled"
        decide(board, "on")  # what is decided here comes before
        await eventually_async(lambda: len(told) == 4)
        assert told[3] == ("bob", "realtime-enabled")
        assert (await bob.subscribe(SLUG))["ok"] is True
        decide(board, None)
        await eventually_async(lambda: len(told) == 5)
        assert told[4] == ("bob", "realtime-disabled")


async def test_where_it_breaks_or_does_not_know_the_flag_the_settings_count(board: LiveServer, flagd: Flagd) -> None:
    async with connected(board.url, headers={HEADER: "bob"}) as browser:
        told: list[str] = []
        for event in ("realtime-disabled", "realtime-enabled"):
            browser.client.on(event, lambda _, event=event: told.append(event))
        assert (await browser.subscribe(SLUG))["ok"] is True
        flagd.says("off")
        await eventually_async(lambda: told == ["realtime-disabled"])
        flagd.says("off", flag="another")
        await eventually_async(lambda: told[-1:] == ["realtime-enabled"])
        assert board.omnilens.flags.decide(SLUG, "x").source == "settings"
        assert (await browser.subscribe(SLUG))["ok"] is True
        flagd.path.write_text("{")
        flagd.says("off")
        await eventually_async(lambda: told[-1:] == ["realtime-disabled"])
