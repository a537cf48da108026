"""Many clients at once: each as light as can be, and each remembering which updates it had."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Callable
from typing import Any

import httpx2

from omnilens.demo.sender import PATH, body_of, headers_of
from support.payloads import run_payload
from support.server import SECRET
from support.sites import HANDSHAKE, masked

CLOSE = 0x88
PAUSE = 0.05
"""Seconds between two deliveries of one sender."""


class Watcher(asyncio.Protocol):
    """A client that watches one repository, and resumes where it was when it is told to come back."""

    def __init__(self, port: int, slug: str, agent: str = "") -> None:
        self._address = ("127.0.0.1", port)
        self._agent = agent
        self._slug = slug
        self._transport: asyncio.Transport | None = None
        self._buffer = b""
        self._epoch: str | None = None
        self.live = False
        self.seqs: list[int] = []
        """Every update it was given, in order."""
        self.fresh = 0
        """How often it was told to start anew."""
        self.on_lost: Callable[[], object] = lambda: None
        self.away = 0.0
        """The longest time in seconds until it had a connection again."""
        self._tasks: set[asyncio.Task[None]] = set()

    async def connect(self) -> None:
        self._buffer = b""
        await asyncio.get_running_loop().create_connection(lambda: self, *self._address)

    async def come_back_within(self, seconds: float) -> None:
        await asyncio.sleep(random.uniform(0, seconds))
        await self.connect()

    def stay(self) -> None:
        """Come back whenever the connection is lost or refused, as a browser does."""
        self.on_lost = lambda: self._tasks.add(asyncio.create_task(self._come_back()))

    async def _come_back(self) -> None:
        lost = time.monotonic()
        while True:
            try:
                await self.come_back_within(0.5)
                break
            except OSError:
                continue
        self.away = max(self.away, time.monotonic() - lost)

    def close(self) -> None:
        self.on_lost = lambda: None
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        agent = f"User-Agent: {self._agent}\r\n" if self._agent else ""
        transport.write(HANDSHAKE + agent.encode() + b"\r\n")

    def connection_lost(self, exc: Exception | None) -> None:
        self.live = False
        self.on_lost()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if self._buffer.startswith(b"HTTP"):
            head, end, self._buffer = self._buffer.partition(b"\r\n\r\n")
            assert end, "the answer came in pieces"
            if head.startswith((b"HTTP/1.1 502", b"HTTP/1.1 503")):  # the server is about to go, or gone
                assert self._transport
                self._transport.abort()
                return
            assert b" 101 " in head, head
        while (frame := _whole_frame(self._buffer)) is not None:
            if self._buffer[0] == CLOSE:
                assert self._transport
                self._transport.abort()
                return
            text, self._buffer = frame
            self._packet(text.decode())

    def _packet(self, text: str) -> None:
        kind = text[:2]
        if kind[0] == "0":
            self._send("40")
        elif kind == "40":
            place = {"since": self.seqs[-1], "epoch": self._epoch} if self.seqs else {}
            self._send("421" + json.dumps(["subscribe-repo", {"slug": self._slug, **place}]))
        elif kind == "43":
            self._subscribed(json.loads(text[3:])[0])
        elif kind == "42":
            name, said = json.loads(text[2:])
            if name != "server-draining":
                self._updated(said)
        elif text == "2":
            self._send("3")

    def _subscribed(self, answer: dict[str, Any]) -> None:
        assert answer["ok"], answer
        self._epoch = answer["epoch"]
        self.fresh += "reset" in answer
        for update in answer.get("updates", ()):
            self._updated(update)
        self.live = True

    def _updated(self, update: dict[str, Any]) -> None:
        self.seqs.append(update["seq"])

    def _send(self, text: str) -> None:
        assert self._transport is not None
        self._transport.write(masked(text.encode()))


async def keep_sending(port: int, lane: int, over: asyncio.Event) -> int:
    """Post deliveries until it is over, each on a connection of its own; every one must be accepted the first time."""
    sent = 0
    async with httpx2.AsyncClient(trust_env=False, timeout=30) as http:
        while not over.is_set():
            body = body_of(run_payload(id=1_000_000 * lane + sent))
            headers = {**headers_of("workflow_run", body, SECRET.encode()), "connection": "close"}
            answer = await http.post(f"http://127.0.0.1:{port}{PATH}", content=body, headers=headers)
            assert answer.status_code == 200, answer.text
            sent += 1
            await asyncio.sleep(PAUSE)  # so that a start is not starved by what it is tested with
    return sent


def _whole_frame(data: bytes) -> tuple[bytes, bytes] | None:
    """The first frame's payload, and what is behind it."""
    if len(data) < 4:
        return None
    size, start = data[1], 2
    if size > 125:
        start += 2 if size == 126 else 8
        size = int.from_bytes(data[2:start], "big")
    return (data[start : start + size], data[start + size :]) if len(data) >= start + size else None
