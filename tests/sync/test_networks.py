"""Where GitHub delivers from, asked of GitHub."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from omnilens.github.rest.client import GitHub
from omnilens.operations.metrics import Metrics
from omnilens.pipeline.sources import Gate
from omnilens.settings import Sources
from omnilens.sync.networks import AGAIN_AFTER, DAY, keep_learning, learn
from support.clock import FakeClock
from support.github import FakeGitHub, Fault
from support.github.asking import asking
from support.server import LiveServer
from support.waiting import eventually

pytestmark = [pytest.mark.anyio, pytest.mark.node]


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def github(clock: FakeClock) -> Iterator[FakeGitHub]:
    with FakeGitHub(clock.now) as running:
        yield running


@pytest.fixture
async def client(github: FakeGitHub, clock: FakeClock) -> AsyncIterator[GitHub]:
    async with asking(github, clock) as found:
        yield found


async def test_asked_once_a_day_and_sooner_when_that_failed(client: GitHub, github: FakeGitHub) -> None:
    gate, metrics, waits = Gate(Sources(github=True)), Metrics(), list[float]()
    sizes = list[int]()

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        sizes.append(int(metrics.value("omnilens_webhook_networks")))
        if len(waits) == 1:
            github.state.webhook_networks = ["203.0.113.0/24"]
        elif len(waits) == 2:
            github.fail(Fault.json(b'{"message":"Not Found"}', 404), path="/meta")
        elif len(waits) == 4:
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await keep_learning(gate, client, metrics, sleep)
    assert waits == [DAY, DAY, AGAIN_AFTER, DAY]
    assert sizes == [3, 1, 1, 1]
    assert len(github.asked("/meta")) == 4


async def test_nobody_asks_who_does_not_want_to_know(client: GitHub, github: FakeGitHub) -> None:
    await keep_learning(Gate(Sources()), client, Metrics(), asyncio.sleep)
    assert github.requests == []


async def test_an_enterprise_server_does_not_say() -> None:
    clock = FakeClock()
    with FakeGitHub(clock.now, "ghes-3.19") as github:
        async with asking(github, clock) as client:
            gate = Gate(Sources(github=True))
            assert not await learn(gate, client, Metrics())
            assert gate.allowed == ()


async def test_a_bug_does_not_end_it(client: GitHub, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken() -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(client.about, "meta", broken)
    waits = list[float]()

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 2:
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await keep_learning(Gate(Sources(github=True)), client, Metrics(), sleep)
    assert waits == [AGAIN_AFTER] * 2


def test_the_server_learns_them_when_it_starts(github: FakeGitHub) -> None:
    with LiveServer(webhook_sources="github", api_url=github.url) as server:
        eventually(lambda: len(server.omnilens.asking.gate.allowed) == 3)
        assert server.count("omnilens_webhook_networks") == 3
