"""How clients are sent away."""

from __future__ import annotations

import asyncio
import random

import pytest

from omnilens.realtime import farewell
from omnilens.realtime.farewell import say_goodbye
from support.server import LiveServer
from support.sockets import Browser
from support.waiting import eventually_async

pytestmark = pytest.mark.anyio


async def test_clients_go_a_few_at_a_time_and_no_new_one_comes(
    server: LiveServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(farewell, "AT_LEAST", 2)
    gone: list[int] = []
    told: list[int] = []
    browsers = [Browser() for _ in range(6)]
    for number, browser in enumerate(browsers):
        browser.client.on("server-draining", lambda _, number=number: told.append(number))
        browser.client.on("disconnect", lambda _, number=number: gone.append(number))
        await browser.client.connect(server.url, transports=["websocket"])
    left = asyncio.create_task(
        asyncio.to_thread(server.call, say_goodbye(server.omnilens.sockets, random.Random(1)))  # its own loop
    )
    await eventually_async(lambda: len(gone) >= 2)
    assert len(server.omnilens.sockets.connections) >= 2
    assert not left.done()
    refused = await asyncio.to_thread(server.http.get, "/socket.io/?EIO=4&transport=polling")
    assert refused.status_code == 503
    await left
    await eventually_async(lambda: len(gone) == 6)
    assert sorted(told) == sorted(gone) == list(range(6))
    assert gone != sorted(gone)
    for browser in browsers:
        await browser.client.disconnect()
