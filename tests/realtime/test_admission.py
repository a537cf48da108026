"""How many may connect, and how often; and that those who may not are told why."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import Any

import pytest
import socketio
from socketio.exceptions import ConnectionError as Refusal

from support.server import LiveServer
from support.sockets import connected
from support.waiting import eventually_async

pytestmark = pytest.mark.anyio

PROXIED = {"trusted_proxies": "127.0.0.1"}
ELSEWHERE = {"X-Forwarded-For": "192.0.2.7"}


async def refused(url: str, **options: Any) -> dict[str, Any]:
    """What a client is told that may not connect."""
    said: list[dict[str, Any]] = []
    client = socketio.AsyncClient(reconnection=False)
    client.on("connect_error", said.append)
    with pytest.raises(Refusal):
        await client.connect(url, transports=["websocket"], **options)
    (told,) = said
    return told


async def test_ten_connections_for_one_address() -> None:
    with LiveServer(**PROXIED) as server:
        async with AsyncExitStack() as stack:
            first = AsyncExitStack()
            await first.enter_async_context(connected(server.url, headers=ELSEWHERE))
            for _ in range(9):
                await stack.enter_async_context(connected(server.url, headers=ELSEWHERE))
            told = await refused(server.url, headers=ELSEWHERE)
            assert told == {
                "message": "You have 10 connections open, and may not have more. Close another page.",
                "data": {"code": "too-many-connections-of-user"},
            }
            # Others are not concerned, and one that is closed makes room.
            await stack.enter_async_context(connected(server.url, headers={"X-Forwarded-For": "192.0.2.8"}))
            await first.aclose()
            await eventually_async(lambda: len(server.omnilens.sockets.connections) == 10)
            await stack.enter_async_context(connected(server.url, headers=ELSEWHERE))
        metrics = server.omnilens.metrics
        assert metrics.value("omnilens_connections_refused_total") == 1


async def test_this_machine_is_held_to_what_the_operator_chose() -> None:
    with LiveServer(connections_per_user=2) as server:
        async with connected(server.url), connected(server.url):
            assert (await refused(server.url))["data"]["code"] == "too-many-connections-of-user"


async def test_but_not_to_the_default() -> None:
    with LiveServer() as server:
        async with AsyncExitStack() as stack:
            for _ in range(12):
                await stack.enter_async_context(connected(server.url))


async def test_nobody_says_of_himself_where_he_comes_from() -> None:
    with LiveServer(connections_per_user=1) as server:
        async with connected(server.url, headers=ELSEWHERE):
            told = await refused(server.url, headers={"X-Forwarded-For": "192.0.2.8"})
            assert told["data"]["code"] == "too-many-connections-of-user"


async def test_a_full_server_says_so() -> None:
    with LiveServer(max_connections=1) as server:
        async with connected(server.url) as first:
            told = await refused(server.url)
            assert told == {
                "message": "The board has as many viewers as it may have. Try again later.",
                "data": {"code": "too-many-connections"},
            }
            await first.flushed()  # who is in stays in
        await eventually_async(lambda: not server.omnilens.sockets.connections)
        async with connected(server.url) as second:
            await second.flushed()


def test_those_who_never_say_what_they_want_cannot_fill_the_memory() -> None:
    with LiveServer(max_connections=1) as server:
        answers = [server.http.get("/socket.io/?EIO=4&transport=polling") for _ in range(12)]
        assert [answer.status_code for answer in answers] == [200] * 11 + [503]
        assert answers[-1].json() == {"code": 4, "message": "Too many connections"}


def test_too_many_handshakes() -> None:
    with LiveServer(handshake_rate="2/minute") as server:
        answers = [server.http.get("/socket.io/?EIO=4&transport=polling") for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert answers[-1].json() == {"code": 4, "message": "Too many handshakes"}
        assert 1 <= int(answers[-1].headers["retry-after"]) <= 30
        upgrade = {
            "Connection": "Upgrade",
            "Upgrade": "websocket",
            "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Version": "13",
        }
        answer = server.http.get("/socket.io/?EIO=4&transport=websocket", headers=upgrade)
        assert (answer.status_code, answer.json()["message"]) == (429, "Too many handshakes")
        assert int(answer.headers["retry-after"]) >= 1


async def test_who_watches_nothing_does_not_stay() -> None:
    with LiveServer(idle_timeout="1s", repositories="octo-org/octo-repo") as server:
        async with connected(server.url) as watching, connected(server.url) as idle:
            assert (await watching.subscribe("octo-repo"))["ok"]
            await eventually_async(lambda: not idle.client.connected)
            await watching.flushed()
            await watching.call("unsubscribe-repo", "octo-repo")
            await eventually_async(lambda: not watching.client.connected)
