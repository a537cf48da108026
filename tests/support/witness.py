"""A client as the page is one: it resumes where it was, fetches a snapshot when told to, and remembers all it heard."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Awaitable, Callable
from typing import Any

from support.heard import Heard, Said, Snapshot, Subscribed, Updated
from support.sites import HANDSHAKE, masked

Decode = Callable[[str], Any]
Fetch = Callable[[], Awaitable[Said | None]]
"""Fetches a list of runs; nothing if the server cannot be reached."""
TEXT, CLOSE = 0x81, 0x88


class Witness(asyncio.Protocol):
    """Watches one repository from `start` to `stop`, however often its connection breaks."""

    def __init__(
        self, port: int, slug: str, fetch: Fetch, *, decode: Decode = json.loads, pause: tuple[float, float] = (0, 0.1)
    ) -> None:
        """`decode` may be shared by many that hear the same; `pause` is how long they wait before they come back."""
        self._port = port
        self._slug = slug
        self._fetch = fetch
        self._decode = decode
        self._pause = pause
        self._transport: asyncio.Transport | None = None
        self._staying: asyncio.Task[None] | None = None
        self._fetching: asyncio.Task[None] | None = None
        self._wants_snapshot = False
        self._lost = asyncio.Event()
        self._buffer = bytearray()
        self._upgraded = False
        self.place: tuple[str, int] | None = None
        """Epoch and ``seq`` of what it heard last."""
        self.live = False
        self.history: list[Heard] = []

    def start(self) -> None:
        self._staying = asyncio.create_task(self._stay())

    async def stop(self) -> None:
        tasks = [task for task in (self._staying, self._fetching) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self.cut()

    def cut(self) -> None:
        """Lose the connection, from this side."""
        if self._transport is not None:
            self._transport.abort()

    def at(self, epoch: str, seq: int) -> bool:
        """Whether it has heard everything up to there, and has the snapshot that it needs."""
        return self.live and self.place == (epoch, seq) and not self._wants_snapshot

    @property
    def resets(self) -> int:
        return sum(isinstance(heard, Subscribed) and heard.reset for heard in self.history)

    async def _stay(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            self._lost.clear()
            try:
                await loop.create_connection(lambda: self, "127.0.0.1", self._port)
                await self._lost.wait()
            except OSError:
                pass  # nobody listens at the moment
            await asyncio.sleep(random.uniform(*self._pause))

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._buffer.clear()
        self._upgraded = False
        transport.write(HANDSHAKE + b"\r\n")

    def connection_lost(self, exc: Exception | None) -> None:
        self.live = False
        self._lost.set()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._upgraded:
            if (end := self._buffer.find(b"\r\n\r\n")) < 0:
                return
            self._upgraded = b" 101 " in self._buffer[:20]
            del self._buffer[: end + 4]
            if not self._upgraded:
                self.cut()  # a server that is about to stop
                return
        start = 0
        while (frame := _frame(self._buffer, start)) is not None:
            head, payload, start = frame
            if head == TEXT:
                self._packet(payload.decode())
            elif head == CLOSE:
                self.cut()
        del self._buffer[:start]

    def _packet(self, text: str) -> None:
        if text.startswith("42"):
            name, said = self._decode(text[2:])
            if name in {"workflow-update", "job-update"}:
                self._hear(Updated(said), said["seq"])
        elif text.startswith("0"):
            self._send("40")
        elif text.startswith("40"):
            epoch, since = self.place or (None, None)
            place = {"since": since, "epoch": epoch} if self.place else {}
            self._send("421" + json.dumps(["subscribe-repo", {"slug": self._slug, **place}]))
        elif text.startswith("431"):
            self._subscribed(self._decode(text[3:])[0])
        elif text == "2":
            self._send("3")
        elif text in {"1", "41"}:
            self.cut()

    def _subscribed(self, said: Said) -> None:
        assert said["ok"], said
        heard = Subscribed(said, fresh=self.place is None)
        self.place = (said["epoch"], said["seq"])
        self._wants_snapshot |= heard.reset or (heard.fresh and said["seq"] > 0)
        self.history.append(heard)
        self.live = True
        if self._wants_snapshot and (self._fetching is None or self._fetching.done()):
            self._fetching = asyncio.create_task(self._fetch_snapshot())

    async def _fetch_snapshot(self) -> None:
        """Fetch one, unless the server is gone: then it is asked for again after the next subscription."""
        said = await self._fetch()
        if said is not None and self.place is not None and said["epoch"] == self.place[0]:
            self.history.append(Snapshot(said))
            self._wants_snapshot = False

    def _hear(self, heard: Heard, seq: int) -> None:
        assert self.place is not None
        self.place = (self.place[0], seq)
        self.history.append(heard)

    def _send(self, text: str) -> None:
        assert self._transport is not None
        self._transport.write(masked(text.encode()))


def _frame(data: bytearray, start: int) -> tuple[int, bytes, int] | None:
    """The frame that begins at `start`: its first byte, its payload, and where it ends."""
    if len(data) < start + 2:
        return None
    size, begin = data[start + 1], start + 2
    if size > 125:
        begin += 2 if size == 126 else 8
        if len(data) < begin:
            return None
        size = int.from_bytes(data[start + 2 : begin], "big")
    end = begin + size
    return (data[start], bytes(data[begin:end]), end) if len(data) >= end else None
