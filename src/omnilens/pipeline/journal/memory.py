"""A journal in memory: complete but for surviving a restart, after which a new epoch begins."""

from __future__ import annotations

import asyncio
import secrets
from collections import deque
from collections.abc import AsyncGenerator
from datetime import datetime
from itertools import takewhile

from omnilens.errors import Draining, JournalUnavailable
from omnilens.pipeline.change import Change
from omnilens.pipeline.journal.base import Appended, Discontinued, Entry


class MemoryJournal:
    """Keeps at most `capacity` entries: when it is full it refuses, since forgetting one silently would be a lie."""

    def __init__(self, capacity: int = 200_000) -> None:
        self.epoch = secrets.token_hex(8)
        self._capacity = capacity
        self._entries: deque[Entry] = deque()
        self._by_delivery: dict[str, int] = {}
        self._by_signature: dict[str, int] = {}
        self._last_seq = 0
        self._closed = False
        self._news = asyncio.Event()

    @property
    def last_seq(self) -> int:
        return self._last_seq

    @property
    def failing(self) -> bool:
        return False

    async def open(self) -> None:
        pass

    def append(self, change: Change) -> asyncio.Future[Appended]:
        appended: asyncio.Future[Appended] = asyncio.get_running_loop().create_future()
        origin = change.origin
        if seq := self._by_delivery.get(origin.delivery_id) or self._by_signature.get(origin.signature):
            appended.set_result(Appended(seq, duplicate=True))
        elif self._closed:
            appended.set_exception(Draining("The server is stopping; send this delivery again in a minute."))
        elif len(self._entries) >= self._capacity:
            appended.set_exception(JournalUnavailable("The journal is full; send this delivery again in a minute."))
        else:
            self._last_seq = seq = self._last_seq + 1
            self._entries.append(Entry(seq, change))
            self._by_delivery[origin.delivery_id] = self._by_signature[origin.signature] = seq
            self._news.set()
            appended.set_result(Appended(seq, duplicate=False))
        return appended

    async def read(self, after: int = 0) -> AsyncGenerator[Entry, None]:
        while True:
            self._news.clear()
            for entry in self._after(after):
                if entry.seq != after + 1:
                    raise Discontinued
                yield entry
                after = entry.seq
            if after < self._last_seq and not self._entries:
                raise Discontinued
            if self._after(after):
                continue  # it came while we were away, and another reader may have taken note of it for itself
            if self._closed:
                return
            await self._news.wait()

    async def page(self, after: int, limit: int) -> list[Entry]:
        return self._after(after, limit)

    async def find(self, delivery_id: str) -> Entry | None:
        seq = self._by_delivery.get(delivery_id)
        return None if seq is None else self._after(seq - 1, 1)[0]

    async def last_before(self, moment: datetime) -> int:
        earlier = takewhile(lambda entry: entry.change.origin.received_at < moment, self._entries)
        return max((entry.seq for entry in earlier), default=0)

    async def prune(self, through: int) -> int:
        pruned = 0
        while self._entries and self._entries[0].seq <= through:
            origin = self._entries.popleft().change.origin
            del self._by_delivery[origin.delivery_id], self._by_signature[origin.signature]
            pruned += 1
        return pruned

    async def close(self) -> None:
        self._closed = True
        self._news.set()

    def _after(self, seq: int, limit: int | None = None) -> list[Entry]:
        """The entries after `seq`. They have no gaps, so that a reader at the end finds its place without a search."""
        wanted = min(self._last_seq - seq, len(self._entries))
        last = max(0, wanted - limit) if limit else 0
        return [self._entries[-index] for index in range(wanted, last, -1)]
