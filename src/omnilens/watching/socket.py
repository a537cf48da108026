"""As much of a Socket.IO client as watching takes: a namespace, events, one question and its answer at a time.

Over a WebSocket alone, which every server of ours has. https://socket.io/docs/v4/socket-io-protocol/
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, NamedTuple
from urllib.parse import urlsplit, urlunsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException

LARGEST = 64 * 1024 * 1024
"""Bytes of a message: all that was missed in half a busy hour comes as one."""
PATIENCE = 10.0
"""Seconds for a handshake."""


class Lost(Exception):
    """The live link is down; the sentence says why."""


class Refused(Exception):
    """The server does not let us in, with a sentence and a code."""

    def __init__(self, sentence: str, code: str | None) -> None:
        super().__init__(sentence)
        self.code = code


class Event(NamedTuple):
    """What the server told."""

    name: str
    data: Any


class Answer(NamedTuple):
    """What the server answered to a question."""

    question: int
    data: Any


class Link:
    """An open connection."""

    def __init__(self, socket: ClientConnection, silence: float) -> None:
        """`silence` is how many seconds without a sign of life mean that nobody is there any more."""
        self._socket = socket
        self._silence = silence
        self._asked = 0

    async def ask(self, event: str, data: Any) -> int:
        """Emit an event. Returns the number that its answer will have."""
        self._asked += 1
        await self._send(f"42{self._asked}{json.dumps([event, data])}")
        return self._asked

    async def receive(self) -> Event | Answer:
        """The next thing that the server says; heartbeats are answered on the way.

        Raises:
            Lost: it says nothing more.
        """
        while True:
            packet = await _next(self._socket, self._silence)
            if packet == "2":
                await self._send("3")
            elif packet.startswith("42"):
                name, *data = json.loads(packet[packet.index("[") :])
                return Event(name, data[0] if data else None)
            elif packet.startswith("43"):
                start = packet.index("[")
                return Answer(int(packet[2:start]), json.loads(packet[start:])[0])
            elif packet.startswith(("1", "41")):
                raise Lost("The server ended the connection.")

    async def _send(self, packet: str) -> None:
        try:
            await self._socket.send(packet)
        except ConnectionClosed as error:
            raise Lost(_why(error)) from error


@asynccontextmanager
async def connected(url: str, token: str | None) -> AsyncIterator[Link]:
    """A connection to the server at `url`.

    Raises:
        Lost: it cannot be reached.
        Refused: it does not let us in.
    """
    try:
        socket = await connect(_address(url), max_size=LARGEST, open_timeout=PATIENCE, ping_interval=None)
    except (OSError, WebSocketException, TimeoutError) as error:
        raise Lost(f"{url} cannot be reached: {error}") from error
    async with socket:
        yield await _entered(socket, token)


async def _entered(socket: ClientConnection, token: str | None) -> Link:
    hello = await _next(socket, PATIENCE)
    if not hello.startswith("0"):
        raise Lost("What answers there is no Socket.IO server.")
    beat = json.loads(hello[1:])
    await socket.send("40" + (json.dumps({"token": token}) if token else ""))
    answer = await _next(socket, PATIENCE)
    if answer.startswith("44"):
        said = json.loads(answer[2:])
        raise Refused(str(said.get("message", "The server refused.")), (said.get("data") or {}).get("code"))
    if not answer.startswith("40"):
        raise Lost("What answers there is no Socket.IO server.")
    return Link(socket, (beat["pingInterval"] + beat["pingTimeout"]) / 1000)


async def _next(socket: ClientConnection, within: float) -> str:
    try:
        async with asyncio.timeout(within):
            packet = await socket.recv()
    except TimeoutError as error:
        raise Lost("The server has stopped answering.") from error
    except ConnectionClosed as error:
        raise Lost(_why(error)) from error
    return packet if isinstance(packet, str) else ""


def _why(error: ConnectionClosed) -> str:
    reason = error.rcvd.reason if error.rcvd else ""
    return (
        f"The server closed the connection: {reason}." if reason else "The server closed the connection or went away."
    )


def _address(url: str) -> str:
    parts = urlsplit(url)
    scheme = "wss" if parts.scheme == "https" else "ws"
    return urlunsplit((scheme, parts.netloc, parts.path.rstrip("/") + "/socket.io/", "EIO=4&transport=websocket", ""))
