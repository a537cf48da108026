"""GitHub's status page: what of it is told, to whom, how often it is asked, and that nothing depends on it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest

from omnilens.sync import outages as module
from omnilens.sync.outages import Outages
from omnilens.sync.status_page import GitHubStatus, outage_of
from support.server import LiveServer
from support.sockets import connected
from support.status_page import StatusPage, incident, summary
from support.waiting import eventually, eventually_async

pytestmark = pytest.mark.anyio

PAGE = "https://status.example"


class TestWhatItMeans:
    """The summary, read."""

    @pytest.mark.parametrize(
        ("components", "level", "says"),
        [
            ({"Actions": "partial_outage"}, "partial", "Actions is down in part"),
            ({"Actions": "degraded_performance"}, "partial", "Actions is slower than usual"),
            ({"Webhooks": "under_maintenance"}, "partial", "Webhooks is under maintenance"),
            ({"Webhooks": "major_outage"}, "major", "Webhooks is down"),
            (
                {"Webhooks": "partial_outage", "Actions": "major_outage"},
                "major",
                "Actions is down and Webhooks is down in part",
            ),
        ],
    )
    def test_how_bad_it_is(self, components: dict[str, str], level: str, says: str) -> None:
        outage = outage_of(summary(**components), PAGE)
        assert outage is not None
        assert (outage.level, outage.says, outage.incident, outage.url) == (level, says, None, PAGE)

    @pytest.mark.parametrize("components", [{}, {"Pages": "major_outage"}, {"Actions": "invented_later"}])
    def test_what_does_not_concern_a_board(self, components: dict[str, str]) -> None:
        assert outage_of(summary(incident(), **components), PAGE) is None

    def test_the_incident_behind_it(self) -> None:
        other = incident("zzzz", "Pages are slow", components=[{"name": "Pages"}])
        over = incident("yyyy", "Yesterday", status="resolved")
        outage = outage_of(summary(other, over, incident(name="<b>Delays</b> \x07"), Actions="major_outage"), PAGE)
        assert outage is not None
        assert (outage.incident, outage.since) == ("Delays", datetime(2026, 11, 22, 13, tzinfo=UTC))
        assert (outage.id, outage.url) == ("abc123def456-major", f"{PAGE}/incidents/abc123def456")

    def test_what_gets_worse_is_another_one(self) -> None:
        ids = set()
        for status in ("partial_outage", "major_outage"):
            outage = outage_of(summary(incident(), Actions=status), PAGE)
            assert outage is not None
            ids.add(outage.id)
        assert len(ids) == 2

    def test_no_address_is_made_of_what_is_no_id(self) -> None:
        outage = outage_of(summary(incident("../../evil?x="), Actions="major_outage"), PAGE)
        assert outage is not None
        assert (outage.url, outage.id) == (PAGE, "actions-major")

    @pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"{}", b'{"components": "all"}'])
    def test_what_is_no_summary(self, body: bytes) -> None:
        with pytest.raises(ValueError):
            outage_of(body, PAGE)


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> Iterator[StatusPage]:
    """A page that is asked without patience."""
    for name in ("EVERY", "LOOK_EVERY", "LONGEST"):
        monkeypatch.setattr(module, name, 0.02)
    with StatusPage() as running:
        yield running


async def test_everybody_is_told_and_whoever_comes_later_can_ask(page: StatusPage) -> None:
    page.say(incident(), Actions="partial_outage")
    with LiveServer(github_status_url=page.url + "/") as server:
        assert server.get("/api/github/status") == {"outage": None}
        assert page.asked == []  # nobody looks
        async with connected(server.url) as browser:
            told: list[Any] = []
            browser.client.on("github-status", told.append)
            await eventually_async(lambda: told)
            assert told[0]["outage"]["says"] == "Actions is down in part"
            assert server.get("/api/github/status") == told[0]
            page.say()
            await eventually_async(lambda: len(told) == 2)
            assert told[1] == {"outage": None}
            await eventually_async(lambda: page.asked[-1])  # it has what has not changed
        asked = len(page.asked)
        eventually(lambda: not server.omnilens.sockets.connections)
        assert len(page.asked) <= asked + 2
        assert server.get("/api/health")["status"] == "ok"


@pytest.mark.parametrize(("status", "body"), [(500, b"{}"), (200, b"<html>"), (200, b" " * 2_000_000), (302, b"")])
async def test_it_may_be_away(page: StatusPage, status: int, body: bytes) -> None:
    page.status, page.body = status, body
    with LiveServer(github_status_url=page.url) as server:
        async with connected(server.url) as browser:
            told: list[Any] = []
            browser.client.on("github-status", told.append)
            await eventually_async(lambda: len(page.asked) >= 3)
            assert server.get("/api/github/status") == {"outage": None}
            page.status = 200
            page.say(Webhooks="major_outage")
            await eventually_async(lambda: told)
            assert told[0]["outage"]["level"] == "major"


class Enough(Exception):
    """So long nobody waits."""


class Waiting:
    """An audience, a clock and a sleep that ends after so many turns."""

    def __init__(self, turns: int) -> None:
        self.now = 1000.0
        self.slept: list[float] = []
        self.turns = turns
        self.told: list[GitHubStatus] = []

    def anybody(self) -> bool:
        return True

    def announce(self, status: GitHubStatus) -> None:
        self.told.append(status)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        if len(self.slept) >= self.turns:
            raise Enough

    async def run(self, page: str | None) -> Outages:
        outages = Outages(page, self, lambda: self.now, self.sleep)
        with suppress(Enough):
            await outages.run()
        return outages


async def test_it_is_asked_more_and_more_rarely_while_it_is_away() -> None:
    waiting = Waiting(6)
    with StatusPage() as running:
        address = running.url
    await waiting.run(address)
    assert waiting.slept == [120, 240, 480, 600, 600, 600]


async def test_what_it_said_last_does_not_count_for_ever() -> None:
    waiting = Waiting(3)
    with StatusPage() as running:
        running.say(Actions="major_outage")
        outages = await waiting.run(running.url)
        assert waiting.slept == [60, 60, 60]
        assert len(waiting.told) == 1
        assert outages.status.outage is not None
        waiting.now += 901
        assert outages.status.outage is None


async def test_without_an_address_nobody_is_asked() -> None:
    waiting = Waiting(1)
    await waiting.run(None)
    assert waiting.slept == []
