"""A connect handler that has to find out about a client first."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable

import pytest

from omnilens.socketio import Connection, Refused, Server
from support.sites import connected, make_server, opened, serve

pytestmark = pytest.mark.anyio


class Door:
    """A handler that waits until somebody decides."""

    def __init__(self, server: Server) -> None:
        self.waiting: list[Connection] = []
        self.knocked = asyncio.Event()
        self.decided = asyncio.Event()
        self.error: Callable[[], Exception] | None = None
        server.on_connect(self._ask)

    async def _ask(self, connection: Connection) -> None:
        self.waiting.append(connection)
        self.knocked.set()
        await self.decided.wait()
        if self.error:
            raise self.error()
        connection.data = "known"


async def test_the_client_is_told_when_it_is_decided_and_not_before() -> None:
    server = make_server()
    door = Door(server)
    server.on("whoami", lambda connection: connection.data)
    async with serve(server) as site, opened(site) as (client, _):
        await client.send("40")
        await door.knocked.wait()
        assert not list(server.connections)
        door.decided.set()
        assert (await client.receive())[:2] == "40"
        await client.send('420["whoami"]')
        assert await client.receive() == '430["known"]'


async def test_what_comes_before_the_decision_reaches_no_handler() -> None:
    server = make_server()
    door = Door(server)
    heard: list[str] = []
    server.on("secret", lambda connection: heard.append("secret"))
    async with serve(server) as site, opened(site) as (client, _):
        await client.send("40")
        await door.knocked.wait()
        await client.send('42["secret"]')
        assert await client.closed() == 1008
        door.decided.set()
        await site.deserted()
        assert not heard
        assert not list(server.connections)
        assert site.tally["connected"] == 0


async def test_asking_twice_ends_it() -> None:
    server = make_server()
    door = Door(server)
    async with serve(server) as site, opened(site) as (client, _):
        await client.send("40")
        await door.knocked.wait()
        await client.send("40")
        assert await client.closed() == 1008
        assert len(door.waiting) == 1


@pytest.mark.parametrize(
    ("error", "told"),
    [(lambda: Refused("Log in first.", "not-logged-in"), "not-logged-in"), (lambda: RuntimeError("a bug"), "internal")],
)
async def test_a_refusal_that_comes_late_is_told(error: Callable[[], Exception], told: str) -> None:
    server = make_server()
    door = Door(server)
    door.error = error  # made where it is raised, or the last one would be remembered with its traceback
    async with serve(server) as site, opened(site) as (client, _):
        await client.send("40")
        door.decided.set()
        assert json.loads((await client.receive())[2:])["data"] == {"code": told}
        assert await client.closed() == 1008
        assert site.tally["connected"] == 0


async def test_a_decision_that_does_not_come_is_bounded_by_the_connect_timeout() -> None:
    server = make_server(connect_timeout=0.2)
    door = Door(server)
    async with serve(server) as site, opened(site) as (client, _):
        await client.send("40")
        assert await client.closed() == 1008
        door.decided.set()
        await site.deserted()
        assert site.tally["closed: connect timeout"] == 1
        assert site.tally["connected"] == 0


async def test_another_namespace_is_not_held_up() -> None:
    server = make_server()
    custom = server.namespace("/custom")
    decided = asyncio.Event()

    async def wait(connection: Connection) -> None:
        await decided.wait()

    custom.on_connect(wait)
    server.on("echo", lambda connection, value: value)
    async with serve(server) as site, connected(site) as client:
        await client.send("40/custom,")
        await client.send('420["echo",1]')
        assert await client.receive() == "430[1]"
        decided.set()
        assert (await client.receive()).startswith("40/custom,")
