"""A flame graph of a running server names what it works at, and not what it waits in."""

from __future__ import annotations

import asyncio
import threading
import time
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from omnilens.asking_cli import COULD_NOT
from omnilens.operations.flamegraph import WIDTH, folded, svg
from omnilens.operations.profiling import Profile, Stack
from omnilens.profile_cli import profile
from support.named import BY_NAME, HEADER
from support.server import LiveServer
from support.waiting import eventually

SVG = "{http://www.w3.org/2000/svg}"


async def works_hard(until: threading.Event) -> None:
    while not until.is_set():
        began = time.perf_counter()
        while time.perf_counter() - began < 0.01:
            pass
        await asyncio.sleep(0)


def waits_long(until: threading.Event) -> None:
    until.wait()


def test_it_names_what_is_busy_and_leaves_out_what_waits(server: LiveServer, tmp_path: Path) -> None:
    done = threading.Event()
    threads = [
        threading.Thread(target=waits_long, args=(done,)),
        threading.Thread(target=server.call, args=(works_hard(done),)),
    ]
    for thread in threads:
        thread.start()
    out = tmp_path / "profile.svg"
    try:
        # Where the machine is busy with something else, half a second may hold little of it.
        eventually(lambda: profile(server.settings, 0.5, out, server.url) == 0 and share_of("works_hard", out) > 30, 30)
    finally:
        done.set()
        for thread in threads:
            thread.join()
    drawn = ET.parse(out)  # noqa: S314 - our own
    names = [each.text or "" for each in drawn.iter(f"{SVG}title")]
    assert not [name for name in names if "waits_long" in name]
    assert [name for name in names if name.startswith("server: ")]  # the thread's own name


def share_of(function: str, out: Path) -> float:
    """How many percent of the time are in a function."""
    drawn = ET.parse(out)  # noqa: S314 - our own
    names = [each.text or "" for each in drawn.iter(f"{SVG}title")]
    (busy,) = (name for name in names if f"test_profile.py:{function}" in name)
    return float(busy.rpartition(": ")[2].partition(" %")[0])


def test_one_at_a_time_and_by_operators_only() -> None:
    with LiveServer(operators="ada", **BY_NAME) as server:
        headers = {"origin": server.url, HEADER: "ada"}
        codes: list[str | None] = []

        def look(seconds: float, **named: str) -> None:
            answer = server.http.post(f"/api/profile?seconds={seconds}", headers=headers | named)
            codes.append(answer.json().get("code"))

        look(0.1, **{HEADER: "bob"})
        look(0.1, origin="https://elsewhere.example")
        look(0.01)
        first = threading.Thread(target=look, args=(1.0,))
        first.start()
        eventually(lambda: server.omnilens.api.state.board.profiler._running)
        look(0.1)
        first.join()
        assert codes == ["operators-only", "forbidden-origin", "invalid-parameter", "profile-running", None]


def test_a_file_that_cannot_be_written_is_said_at_once(server: LiveServer, capsys: pytest.CaptureFixture[str]) -> None:
    assert profile(server.settings, 60, Path("/nowhere/profile.svg"), server.url) == COULD_NOT
    assert "cannot be written" in capsys.readouterr().err


def test_widths_are_shares_and_names_cannot_break_out() -> None:
    seen = Profile(
        seconds=2.0,
        busy=1.0,
        stacks=(
            Stack(("main", "omnilens/a.py:<lambda>"), 0.75),
            Stack(("main", "omnilens/a.py:<lambda>", "lib/b.py:f&g"), 0.25),
        ),
    )
    drawn = ET.fromstring(svg(seen))  # noqa: S314 - our own
    widths = {}
    for bar in drawn.iter(f"{SVG}g"):
        title, rect = bar.find(f"{SVG}title"), bar.find(f"{SVG}rect")
        assert title is not None and rect is not None
        widths[(title.text or "").partition(": ")[0]] = float(rect.get("width", "0"))
    assert widths == {"all": WIDTH, "main": WIDTH, "omnilens/a.py:<lambda>": WIDTH, "lib/b.py:f&g": WIDTH / 4}
    assert folded(seen) == "main;omnilens/a.py:<lambda> 750000\nmain;omnilens/a.py:<lambda>;lib/b.py:f&g 250000\n"
