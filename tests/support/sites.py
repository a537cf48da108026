"""A real uvicorn around a Socket.IO server, and clients that speak the protocol by hand."""

import asyncio
import contextlib
import json
import ssl
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

import pytest
import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin

from omnilens.socketio import Limits, Server
from omnilens.socketio.websocket import WebSocket
from support.echo import engine_echo, socket_echo  # noqa: F401 - fixtures

ON_BOTH_LOOPS = pytest.mark.parametrize(
    "anyio_backend", [("asyncio", {"use_uvloop": False}), ("asyncio", {"use_uvloop": True})], ids=["asyncio", "uvloop"]
)
QUERY = "?EIO=4&transport=websocket"


@dataclass
class Tally:
    """An observer that remembers."""

    counts: Counter[str] = field(default_factory=Counter)

    def opened(self) -> None:
        self.counts["opened"] += 1

    def connected(self) -> None:
        self.counts["connected"] += 1

    def refused(self, reason: str, client: str) -> None:
        self.counts[f"refused: {reason}"] += 1

    def closed(self, reason: str, client: str) -> None:
        self.counts[f"closed: {reason}"] += 1

    def received(self, known: bool) -> None:
        self.counts["known" if known else "unknown"] += 1

    def sent(self, messages: int) -> None:
        self.counts["sent"] += messages

    def failed(self) -> None:
        self.counts["failed"] += 1


class Listening(Protocol):
    @property
    def port(self) -> int: ...


@dataclass
class Site:
    """A listening server."""

    server: Server
    port: int
    state: ServerState

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/socket.io/"

    @property
    def tally(self) -> Counter[str]:
        assert isinstance(self.server.observer, Tally)
        return self.server.observer.counts

    @property
    def websockets(self) -> int:
        """How many there are; HTTP's connections stay open for the next request."""
        return sum(isinstance(connection, WebSocket) for connection in self.state.connections)

    async def deserted(self) -> None:
        """Wait until nothing is left of any client: no connection, room, timer, task."""
        server = self.server
        await eventually(lambda: not self.websockets and not len(server.wheel) and not server.connections)
        assert not server._links
        assert not any(namespace._rooms for namespace in server.namespaces.values())
        assert not server._tasks


@contextlib.asynccontextmanager
async def serve(server: Server, tls: ssl.SSLContext | None = None) -> AsyncIterator[Site]:
    """uvicorn's own HTTP protocol on a free port of this event loop, without its process-wide signals and waiting."""
    loop = asyncio.get_running_loop()
    config = uvicorn.Config(server.http_app, ws=server.protocol, log_config=None, lifespan="off")  # type: ignore[arg-type]
    config.load()
    state = ServerState()
    listener = await loop.create_server(
        lambda: HttpToolsProtocol(config=config, server_state=state, app_state={}), "127.0.0.1", 0, ssl=tls
    )
    try:
        yield Site(server, listener.sockets[0].getsockname()[1], state)
    finally:
        listener.close()
        await server.close()
        for connection in tuple(state.connections):
            connection.shutdown()
        await eventually(lambda: not state.connections)


async def eventually(condition: Callable[[], object], within: float = 5.0) -> None:
    """Let the event loop turn until something is the case."""
    end = time.monotonic() + within
    while not condition():
        assert time.monotonic() < end, "did not happen in time"
        await asyncio.sleep(0.002)


class Client:
    """A WebSocket that sends and receives Engine.IO packets as text."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    async def send(self, *packets: str | bytes) -> None:
        for packet in packets:
            await self.socket.send(packet)

    async def receive(self) -> str:
        """The next packet; pings are answered on the way."""
        while True:
            packet = await asyncio.wait_for(self.socket.recv(), 5)
            assert isinstance(packet, str)
            if packet != "2":
                return packet
            await self.socket.send("3")

    async def event(self) -> list[Any]:
        packet = await self.receive()
        assert packet[:2] == "42", packet
        event: list[Any] = json.loads(packet[2:])
        return event

    async def connect(self, auth: Any = None) -> str:
        """Enter the default namespace. Returns the session id."""
        await self.send("40" if auth is None else "40" + json.dumps(auth))
        packet = await self.receive()
        assert packet[:2] == "40", packet
        sid: str = json.loads(packet[2:])["sid"]
        return sid

    async def closed(self, within: float = 5.0) -> int:
        """Answer pings until the server closes, and say with which code."""
        try:
            async with asyncio.timeout(within):
                while True:
                    if await self.socket.recv() == "2":
                        await self.socket.send("3")
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else 1006


@contextlib.asynccontextmanager
async def opened(
    site: Listening, query: str = QUERY, path: str = "/socket.io/", origin: str | None = None, **options: Any
) -> AsyncIterator[tuple[Client, dict[str, Any]]]:
    """A client that has been greeted, and the greeting."""
    url = f"ws://127.0.0.1:{site.port}{path}{query}"
    options = {"compression": None, "ping_interval": None, "close_timeout": 0.5, **options}
    async with connect(url, origin=None if origin is None else Origin(origin), **options) as socket:
        client = Client(socket)
        greeting = await asyncio.wait_for(socket.recv(), 5)
        assert isinstance(greeting, str)
        assert greeting[0] == "0"
        yield client, json.loads(greeting[1:])


@contextlib.asynccontextmanager
async def connected(site: Listening, **options: Any) -> AsyncIterator[Client]:
    """A client of the default namespace."""
    async with opened(site, **options) as (client, _):
        await client.connect()
        yield client


HANDSHAKE = (
    f"GET /socket.io/{QUERY} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
).encode()


def masked(payload: bytes, head: int = 0x81) -> bytes:
    """A client's frame; the mask is zero, so the payload reads as it is."""
    size = len(payload)
    length = bytes([0x80 | size]) if size < 126 else b"\xfe" + size.to_bytes(2, "big")
    return bytes([head]) + length + bytes(4) + payload


@contextlib.asynccontextmanager
async def raw(site: Listening, data: bytes) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A plain TCP connection that starts by sending these bytes in one segment."""
    reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
    writer.write(data)
    try:
        yield reader, writer
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


async def read_until(reader: asyncio.StreamReader, mark: bytes) -> bytes:
    return await asyncio.wait_for(reader.readuntil(mark), 5)


ORIGIN = "https://dashboard.example"


def make_server(**limits: Any) -> Server:
    server = Server(Limits(**{"close_timeout": 0.5, **limits}), allowed_origins={ORIGIN}, observer=Tally())
    server.on("echo", lambda connection, *args: list(args))
    server.on("enter", server.enter)
    server.on("leave", server.leave)
    return server


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with serve(make_server()) as site:
        yield site
