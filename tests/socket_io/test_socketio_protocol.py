"""Every case of the official Socket.IO test suite, against the example server.

https://github.com/socketio/socket.io/tree/main/docs/socket.io-protocol/v5-test-suite. Its part on Engine.IO is in
test_engineio_protocol, but for the upgrade. Stricter than the original: pings are answered, and what must close has
200 ms for it.
"""

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

from support.polling import Poller, polling, probing, turned_away
from support.sites import Client, Listening, opened

pytestmark = pytest.mark.anyio

AT_ONCE = 0.2


@pytest.fixture
def echo(socket_echo: Listening) -> Listening:
    return socket_echo


class Socket(Client):
    """A client of the example: binary messages are packets too."""

    async def packets(self, count: int) -> list[str | bytes]:
        packets: list[str | bytes] = []
        while len(packets) < count:
            packet = await asyncio.wait_for(self.socket.recv(), 1)
            if packet == "2":
                await self.send("3")
            else:
                packets.append(packet)
        return packets


@contextlib.asynccontextmanager
async def greeted(echo: Listening) -> AsyncIterator[Socket]:
    async with opened(echo) as (client, _):
        yield Socket(client.socket)


@contextlib.asynccontextmanager
async def inside(echo: Listening) -> AsyncIterator[Socket]:
    """A client of the default namespace that has heard the greeting."""
    async with greeted(echo) as client:
        await client.connect()
        assert await client.receive() == '42["auth",{}]'
        yield client


@contextlib.asynccontextmanager
async def inside_by_polling(echo: Listening) -> AsyncIterator[Poller]:
    async with polling(echo) as client:
        await client.connect()
        assert await client.receive() == ['42["auth",{}]']
        yield client


# The upgrade


async def test_an_upgrade_whose_packets_come_without_waiting(echo: Listening) -> None:
    async with polling(echo) as client, probing(echo, client) as socket:
        await socket.send("5")
        await socket.send("40")
        assert (await Client(socket).receive())[:2] == "40"
        assert (await client.get()).status == 400
        await turned_away(echo, client)


# Connect


@pytest.mark.parametrize("auth", [None, {"token": "123"}])
@pytest.mark.parametrize("namespace", ["", "/custom,"])
async def test_connecting(echo: Listening, namespace: str, auth: dict[str, Any] | None) -> None:
    async with greeted(echo) as client:
        await client.send(f"40{namespace}" + ("" if auth is None else json.dumps(auth)))
        packet = await client.receive()
        assert packet.startswith(f"40{namespace}")
        handshake = json.loads(packet.removeprefix(f"40{namespace}"))
        assert list(handshake) == ["sid"]
        assert isinstance(handshake["sid"], str)
        expected = json.dumps(["auth", auth or {}], separators=(",", ":"))
        assert await client.receive() == f"42{namespace}{expected}"


@pytest.mark.parametrize("packet", ["40/random", "40/random,", '40/random,{"token":1}'])
async def test_connecting_to_an_unknown_namespace(echo: Listening, packet: str) -> None:
    async with greeted(echo) as client:
        await client.send(packet)
        assert await client.receive() == '44/random,{"message":"Invalid namespace"}'


async def test_an_invalid_handshake(echo: Listening) -> None:
    async with greeted(echo) as client:
        await client.send("4abc")
        assert await client.closed(AT_ONCE) == 1008


async def test_no_handshake(echo: Listening) -> None:
    async with greeted(echo) as client:
        start = time.monotonic()
        assert await client.closed(2) == 1008
        assert 1.0 < time.monotonic() - start < 1.5


# Disconnect


async def test_disconnecting_from_the_main_namespace(echo: Listening) -> None:
    async with inside(echo) as client:
        await client.send("41")
        assert await asyncio.wait_for(client.socket.recv(), 0.5) == "2"


async def test_connecting_to_and_disconnecting_from_a_custom_namespace(echo: Listening) -> None:
    async with inside(echo) as client:
        await client.send("40/custom")
        assert (await client.receive()).startswith("40/custom,")
        assert await client.receive() == '42/custom,["auth",{}]'
        await client.send('42/custom,["message","here"]')
        assert await client.receive() == '42/custom,["message-back","here"]'
        await client.send("41/custom", '42["message","message to main namespace"]')
        assert await client.receive() == '42["message-back","message to main namespace"]'


# Messages

PLACEHOLDERS = '{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}'
MESSAGES: list[tuple[list[str | bytes], list[str | bytes]]] = [
    (['42["message",1,"2",{"3":[true]}]'], ['42["message-back",1,"2",{"3":[true]}]']),
    (
        [f'452-["message",{PLACEHOLDERS}]', b"\x01\x02\x03", b"\x04\x05\x06"],
        [f'452-["message-back",{PLACEHOLDERS}]', b"\x01\x02\x03", b"\x04\x05\x06"],
    ),
    (['42456["message-with-ack",1,"2",{"3":[false]}]'], ['43456[1,"2",{"3":[false]}]']),
    (
        [f'452-789["message-with-ack",{PLACEHOLDERS}]', b"\x01\x02\x03", b"\x04\x05\x06"],
        [f"462-789[{PLACEHOLDERS}]", b"\x01\x02\x03", b"\x04\x05\x06"],
    ),
]


@pytest.mark.parametrize(("sent", "expected"), MESSAGES, ids=["text", "binary", "ack", "binary ack"])
async def test_messages(echo: Listening, sent: list[str | bytes], expected: list[str | bytes]) -> None:
    async with inside(echo) as client:
        await client.send(*sent)
        assert await client.packets(len(expected)) == expected


@pytest.mark.parametrize(("sent", "expected"), MESSAGES, ids=["text", "binary", "ack", "binary ack"])
async def test_messages_by_polling(echo: Listening, sent: list[str | bytes], expected: list[str | bytes]) -> None:
    async with inside_by_polling(echo) as client:
        await client.send(*map(as_text, sent))
        assert await client.receive() == list(map(as_text, expected))


def as_text(packet: str | bytes) -> str:
    known = {b"\x01\x02\x03": "bAQID", b"\x04\x05\x06": "bBAUG"}
    return packet if isinstance(packet, str) else known[packet]


@pytest.mark.parametrize("packet", ["4abc", "42{}", '42abc["message-with-ack",1]'])
async def test_invalid_messages(echo: Listening, packet: str) -> None:
    async with inside(echo) as client:
        await client.send(packet)
        assert await client.closed(AT_ONCE) == 1008


@pytest.mark.parametrize("packet", ["4abc", "42{}", '42abc["message-with-ack",1]'])
async def test_invalid_messages_by_polling(echo: Listening, packet: str) -> None:
    async with inside_by_polling(echo) as client:
        assert (await client.post(packet)).status == 400
        assert (await client.get()).status == 400
