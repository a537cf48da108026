"""Clients that others wrote: python-socketio's, and the stock one in JavaScript. By default they begin by polling."""

import asyncio
import contextlib
import json
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import socketio

from omnilens.socketio import Connection, Limits, Refused, Server
from support.sites import Site, Tally, eventually, serve

pytestmark = pytest.mark.anyio

SCRIPT = Path(__file__).with_name("client.mjs")
PACKAGES = Path(__file__).parents[2] / "web" / "node_modules"


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    limits = Limits(ping_interval=0.3, ping_timeout=0.2, close_timeout=0.5)
    server = Server(limits, allowed_origins=None, observer=Tally())

    def admit(connection: Connection) -> None:
        if connection.auth == {"token": "wrong"}:
            raise Refused("Who are you?", "unknown-token")
        connection.emit("welcome", connection.sid)
        for number in range(50):  # which a change of transport must not disturb
            connection.emit("count", number)

    async def ask(connection: Connection, value: Any) -> bool:
        return bool(await connection.call("question", value, timeout=2) == (value, [value]))

    async def publish(connection: Connection, room: str, news: Any) -> None:
        await asyncio.sleep(0)
        server.emit(room, "news", news)

    server.on_connect(admit)
    server.on("echo", lambda connection, *args: list(args))
    server.on("enter", server.enter)
    server.on("leave", server.leave)
    server.on("publish", publish)
    server.on("ask-me", ask)
    server.namespace("/custom").on("echo", lambda connection, *args: list(args))
    server.on("drop-me", lambda connection: connection.link.part("dropped", 1001))
    server.on("dismiss-me", lambda connection: connection.disconnect())
    async with serve(server) as site:
        yield site


class PythonClient:
    def __init__(self) -> None:
        self.happened: list[tuple[str, Any]] = []
        self.client = socketio.AsyncClient(reconnection=False)
        for name in "connect", "disconnect", "connect_error", "welcome", "news", "count":
            self.client.on(name, self.remember(name))

    def remember(self, name: str) -> Any:
        def handler(*args: Any) -> None:
            self.happened.append((name, args[0] if args else None))

        return handler

    def heard(self, name: str) -> list[Any]:
        return [value for happened, value in self.happened if happened == name]


@contextlib.asynccontextmanager
async def python_client(site: Site, auth: Any = None, **options: Any) -> AsyncIterator[PythonClient]:
    python = PythonClient()
    try:
        await python.client.connect(f"http://127.0.0.1:{site.port}", auth=auth, **options)
        yield python
    finally:
        await python.client.disconnect()


async def test_connecting_with_auth(site: Site) -> None:
    async with python_client(site, {"token": "right"}) as python:
        (connection,) = site.server.connections
        assert connection.auth == {"token": "right"}
        assert python.client.get_sid() == connection.sid
        await eventually(lambda: python.heard("welcome") == [connection.sid])
        await eventually(lambda: len(python.happened) == 52)
        assert [name for name, _ in python.happened] == ["connect", "welcome"] + ["count"] * 50


@pytest.mark.parametrize("transports", [None, ["websocket"], ["polling"]])
async def test_transports(site: Site, transports: list[str] | None) -> None:
    async with python_client(site, transports=transports) as python:
        assert python.client.transport() == ("polling" if transports == ["polling"] else "websocket")
        assert await python.client.call("echo", "there", timeout=2) == ["there"]
        await eventually(lambda: python.heard("count") == list(range(50)))
        await asyncio.sleep(0.8)  # several heartbeats
        assert await python.client.call("echo", "still", timeout=2) == ["still"]
    await site.deserted()


@pytest.mark.parametrize("transports", [None, ["polling"]])
async def test_binary(site: Site, transports: list[str] | None) -> None:
    async with python_client(site, transports=transports) as python:
        value = {"deep": [b"\x01\x02", "é"]}
        assert await python.client.call("echo", (b"\x00", value), timeout=2) == [b"\x00", value]
        python.client.on("question", lambda value: (value, [value]))
        assert await python.client.call("ask-me", b"\x07", timeout=2) is True


async def test_namespaces(site: Site) -> None:
    async with python_client(site, namespaces=["/", "/custom"]) as python:
        assert await python.client.call("echo", "there", namespace="/custom", timeout=2) == ["there"]
        assert len(site.server.connections) == len(site.server.namespace("/custom").connections) == 1
    await site.deserted()


async def test_being_refused(site: Site) -> None:
    python = PythonClient()
    with pytest.raises(socketio.exceptions.ConnectionError, match="failed to connect"):
        await python.client.connect(f"http://127.0.0.1:{site.port}", auth={"token": "wrong"})
    assert python.heard("connect_error") == [{"message": "Who are you?", "data": {"code": "unknown-token"}}]
    await python.client.disconnect()
    await site.deserted()


async def test_emit_with_ack(site: Site) -> None:
    async with python_client(site) as python:
        assert await python.client.call("echo", ("é", {"deep": [1, None]}), timeout=2) == ["é", {"deep": [1, None]}]


async def test_rooms(site: Site) -> None:
    async with python_client(site) as first, python_client(site) as second:
        await first.client.call("enter", "room", timeout=2)
        await second.client.call("enter", "room", timeout=2)
        await first.client.emit("publish", ("room", {"number": 1}))
        await eventually(lambda: first.heard("news") == second.heard("news") == [{"number": 1}])
        await first.client.call("leave", "room", timeout=2)
        site.server.emit("room", "news", 2)
        await eventually(lambda: second.heard("news") == [{"number": 1}, 2])
        await first.client.call("echo", "after", timeout=2)
        assert first.heard("news") == [{"number": 1}]


async def test_staying_through_heartbeats(site: Site) -> None:
    async with python_client(site) as python:
        await asyncio.sleep(0.8)
        assert await python.client.call("echo", 1, timeout=2) == [1]


async def test_who_ended_it(site: Site) -> None:
    reasons: list[str] = []
    site.server.on_disconnect(lambda connection, reason: reasons.append(reason))
    async with python_client(site) as python:
        await python.client.emit("dismiss-me")
        await eventually(lambda: python.heard("disconnect") == ["server disconnect"])
    async with python_client(site) as python:
        await python.client.emit("drop-me")
        await eventually(lambda: python.heard("disconnect") == ["transport error"])  # its word for that
    async with python_client(site) as python:
        await python.client.disconnect()
        await eventually(lambda: len(reasons) == 3)
    assert reasons[:2] == ["server namespace disconnect", "dropped"]
    # This client may close the transport before its DISCONNECT is out.
    assert reasons[2] in {"client namespace disconnect", "transport close"}
    await site.deserted()


@pytest.mark.node
@pytest.mark.skipif(not PACKAGES.is_dir(), reason="web/node_modules is missing")
@pytest.mark.parametrize("options", [{}, {"transports": ["websocket"]}], ids=["default", "websocket"])
async def test_the_stock_javascript_client(site: Site, options: dict[str, Any]) -> None:
    node = shutil.which("node")
    assert node, "node is needed to run the JavaScript client"
    reasons: list[str] = []
    site.server.on_disconnect(lambda connection, reason: reasons.append(reason))
    url = f"http://127.0.0.1:{site.port}"
    process = await asyncio.create_subprocess_exec(
        node, str(SCRIPT), url, json.dumps(options), stdout=asyncio.subprocess.PIPE
    )
    output, _ = await asyncio.wait_for(process.communicate(), 30)
    story = json.loads(output)
    assert len(story.pop("welcome")[0]) == 20
    assert story == {
        "refused": {"message": "Who are you?", "data": {"code": "unknown-token"}},
        "elsewhere": "Invalid namespace",
        "connected": True,
        "transport": "websocket",
        "ack": ["é", {"deep": [1, None]}],
        "binary": ["0102", "03"],
        "asked": True,
        "counted": 50,
        "custom": ["there"],
        "news": [{"number": 1}],
        "alive": ["still here"],
        "dropped": "transport close",
        "reconnected": ["back"],
        "dismissed": "io server disconnect",
    }
    await site.deserted()
    assert reasons == ["dropped", "server namespace disconnect", "client namespace disconnect"]
