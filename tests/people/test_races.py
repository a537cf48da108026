"""What can come between a question about a right and its answer."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest

from omnilens.database import Database
from omnilens.flags import FlagBook, Flags
from omnilens.model import Repository
from omnilens.operations.metrics import Metrics
from omnilens.operations.refusals import Refusals
from omnilens.people.people import People
from omnilens.people.viewer import Viewer
from omnilens.pipeline.mapping import RepositoryMap
from omnilens.pipeline.store import Store
from omnilens.realtime.rooms import Rooms
from omnilens.realtime.switch import Switch
from omnilens.realtime.vigil import Vigil
from omnilens.settings import EVERYBODY, RepositoryPattern
from omnilens.socketio import Connection, Server
from support.sites import Client, Site, eventually, make_server, opened, serve

pytestmark = pytest.mark.anyio

ROOM = "repo:hello"
ALICE = Viewer(key="user:7", login="alice", user=7, session="laptop")


class Door:
    """Rights that are found out when the test says so."""

    def __init__(self) -> None:
        self.now: bool | None = None
        """What is known."""
        self.questions: list[asyncio.Future[bool]] = []

    def known(self, viewer: Viewer, repository: Repository) -> bool | None:
        return self.now

    async def may_read(self, viewer: Viewer, repository: Repository, at_most: float = 1.0) -> bool:
        question: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self.questions.append(question)
        self.now = await question
        return self.now

    async def asked(self, times: int = 1) -> None:
        await eventually(lambda: len(self.questions) >= times)


class Place:
    """A server with one repository, and one client of Alice's."""

    def __init__(self, site: Site, server: Server, door: Door, client: Client, vigil: Vigil) -> None:
        self.site = site
        self.server = server
        self.door = door
        self.client = client
        self.vigil = vigil
        self.over: set[str] = set()

    async def send(self, ack: int, event: str) -> None:
        await self.client.send(f"42{ack}{json.dumps([event, 'hello'])}")

    async def answer(self, ack: int) -> dict[str, Any]:
        packet = await self.client.receive()
        assert packet.startswith(f"43{ack}"), packet
        (said,) = json.loads(packet.removeprefix(f"43{ack}"))
        return cast("dict[str, Any]", said)


@asynccontextmanager
async def place(**limits: Any) -> AsyncIterator[Place]:
    server, door, metrics, over = make_server(**limits), Door(), Metrics(), set[str]()

    def admit(connection: Connection) -> None:
        connection.data = ALICE

    async def sessions_over(keys: set[str]) -> set[str]:
        return keys & over

    server.on_connect(admit)
    repositories = RepositoryMap([RepositoryPattern("octo-org", "hello")], "github.com")
    nothing_decided = Flags(FlagBook(cast("Database", None), lambda: datetime.now(UTC)), EVERYBODY)
    switch = Switch(server, repositories, nothing_decided, metrics)
    Rooms(server, repositories, door, Store(), metrics, Refusals(time.monotonic), switch)
    sessions = SimpleNamespace(over=sessions_over)
    people = cast("People", SimpleNamespace(access=door, sessions=sessions, tokens=None))
    vigil = Vigil(server, people, repositories, metrics, 60)
    async with serve(server) as site, opened(site) as (client, _):
        await client.connect()
        here = Place(site, server, door, client, vigil)
        here.over = over
        yield here


async def test_a_client_that_is_gone_when_the_answer_comes_is_in_no_room() -> None:
    async with place() as here:
        await here.send(1, "subscribe-repo")
        await here.door.asked()
        await here.client.send("1")  # Engine.IO's goodbye
        await eventually(lambda: not here.server.connections)
        here.door.questions[0].set_result(True)
        await eventually(lambda: here.door.now is True)
        assert here.server.room_size(ROOM) == 0


async def test_leaving_before_the_answer_comes_is_leaving() -> None:
    async with place() as here:
        await here.send(1, "subscribe-repo")
        await here.send(2, "unsubscribe-repo")
        await here.door.asked()
        here.door.questions[0].set_result(True)
        assert (await here.answer(1))["ok"] is True
        assert (await here.answer(2))["ok"] is True
        assert here.server.room_size(ROOM) == 0


async def test_nothing_is_sent_before_the_answer() -> None:
    async with place() as here:
        await here.send(1, "subscribe-repo")
        await here.door.asked()
        assert here.server.emit(ROOM, "workflow-update", {}) == 0
        here.door.questions[0].set_result(False)
        assert (await here.answer(1))["code"] == "repository-not-found"
        assert here.server.emit(ROOM, "workflow-update", {}) == 0


async def test_a_session_that_ends_before_the_answer_comes() -> None:
    async with place() as here:
        await here.send(1, "subscribe-repo")
        await here.door.asked()
        here.over.add("laptop")
        await here.vigil.look()
        here.door.questions[0].set_result(True)
        await here.site.deserted()
        assert here.server.room_size(ROOM) == 0


async def test_who_enters_while_a_withdrawal_is_being_found_out_leaves_with_the_others() -> None:
    """The old answer still counts for a client that comes in between the question and its answer."""
    async with place() as here:
        here.door.now = True
        await here.send(1, "subscribe-repo")
        assert (await here.answer(1))["ok"] is True
        looking = asyncio.create_task(here.vigil.look())
        await here.door.asked()
        async with opened(here.site) as (late, _):
            await late.connect()
            await late.send('421["subscribe-repo","hello"]')
            assert '"ok":true' in await late.receive()
            assert here.server.room_size(ROOM) == 2
            here.door.questions[0].set_result(False)
            await looking
            assert here.server.room_size(ROOM) == 0
            for client in (here.client, late):
                assert await client.event() == ["access-revoked", {"slug": "hello"}]


async def test_what_was_sent_before_the_withdrawal_arrives_and_nothing_after_it() -> None:
    async with place() as here:
        here.door.now = True
        await here.send(1, "subscribe-repo")
        await here.answer(1)
        looking = asyncio.create_task(here.vigil.look())
        await here.door.asked()
        here.server.emit(ROOM, "news", 1)
        here.door.questions[0].set_result(False)
        await looking
        here.server.emit(ROOM, "news", 2)
        assert await here.client.event() == ["news", 1]
        assert (await here.client.event())[0] == "access-revoked"
        await here.send(2, "unsubscribe-repo")
        assert (await here.answer(2))["ok"] is True
