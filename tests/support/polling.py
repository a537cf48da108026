"""Clients that use long-polling, by hand."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

import aiohttp
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from support.sites import QUERY, Listening

POLLING = "EIO=4&transport=polling"
SEPARATOR = "\x1e"


@dataclass
class Answer:
    """What came over HTTP."""

    status: int
    text: str
    headers: Mapping[str, str]

    @property
    def code(self) -> int:
        """Engine.IO's number of the error."""
        code: int = json.loads(self.text)["code"]
        return code


class Poller:
    """A client that polls, packet by packet."""

    def __init__(self, site: Listening, http: aiohttp.ClientSession, path: str) -> None:
        self.http = http
        self.base = f"http://127.0.0.1:{site.port}{path}"
        self.query = POLLING
        self.sid = ""
        self.greeting: dict[str, Any] = {}

    async def request(self, method: str, query: str | None = None, **options: Any) -> Answer:
        url = f"{self.base}?{self.query if query is None else query}"
        async with asyncio.timeout(5), self.http.request(method, url, **options) as response:
            return Answer(response.status, await response.text(), response.headers)

    async def open(self) -> Self:
        answer = await self.request("GET")
        assert (answer.status, answer.text[0]) == (200, "0")
        self.greeting = json.loads(answer.text[1:])
        self.sid = self.greeting["sid"]
        self.query = f"{POLLING}&sid={self.sid}"
        return self

    @property
    def websocket_query(self) -> str:
        return f"{QUERY}&sid={self.sid}"

    async def get(self) -> Answer:
        return await self.request("GET")

    async def post(self, *packets: str) -> Answer:
        return await self.request("POST", data=SEPARATOR.join(packets))

    async def send(self, *packets: str) -> None:
        answer = await self.post(*packets)
        assert (answer.status, answer.text) == (200, "ok")

    async def receive(self) -> list[str]:
        """The packets of the next poll that is more than a ping, which is answered."""
        while True:
            answer = await self.get()
            assert answer.status == 200, answer
            packets = answer.text.split(SEPARATOR)
            if "2" in packets:
                await self.send("3")
            packets = [packet for packet in packets if packet != "2"]
            if packets:
                return packets

    async def connect(self, auth: Any = None) -> str:
        """Enter the default namespace. Returns the session id."""
        await self.send("40" if auth is None else "40" + json.dumps(auth))
        packet, *_ = await self.receive()
        assert packet[:2] == "40", packet
        sid: str = json.loads(packet[2:])["sid"]
        return sid


@contextlib.asynccontextmanager
async def poller(site: Listening, path: str = "/socket.io/") -> AsyncIterator[Poller]:
    """A client that has not begun yet."""
    async with aiohttp.ClientSession() as http:
        client = Poller(site, http, path)
        yield client
        if client.sid:
            await client.post("1")  # or the server would wait for the next poll


@contextlib.asynccontextmanager
async def polling(site: Listening, path: str = "/socket.io/") -> AsyncIterator[Poller]:
    """A client with a session."""
    async with poller(site, path) as client:
        yield await client.open()


@contextlib.asynccontextmanager
async def probing(site: Listening, client: Poller, path: str = "/socket.io/") -> AsyncIterator[ClientConnection]:
    """A WebSocket that has proved itself to the session of a client that polls."""
    url = f"ws://127.0.0.1:{site.port}{path}{client.websocket_query}"
    async with connect(url, compression=None, ping_interval=None, close_timeout=0.5) as socket:
        await socket.send("2probe")
        assert await asyncio.wait_for(socket.recv(), 5) == "3probe"
        yield socket


async def turned_away(site: Listening, client: Poller, path: str = "/socket.io/") -> None:
    """A WebSocket for a session that another one has is closed before it has heard anything."""
    url = f"ws://127.0.0.1:{site.port}{path}{client.websocket_query}"
    async with connect(url, compression=None, ping_interval=None, close_timeout=0.5) as socket:
        with pytest.raises(ConnectionClosed) as closed:
            await asyncio.wait_for(socket.recv(), 0.2)
        assert closed.value.rcvd
        assert closed.value.rcvd.code == 1008
