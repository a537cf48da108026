"""A journal that is kept outside of the process, and may be shared: in a database or in Redis.

Everything that arrives while one group of changes is on its way to the disk shares the next: at rest a delivery waits
for one sync, under load a hundred of them wait for the same one.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Sequence
from contextlib import suppress
from datetime import datetime
from typing import NamedTuple, Protocol

from omnilens.errors import Draining, JournalUnavailable, StorageUnavailable
from omnilens.operations import logs
from omnilens.pipeline.change import Change, decode, encode
from omnilens.pipeline.journal.base import Appended, Discontinued, Entry

log = logs.get(__name__)

GROUP = 500
"""Changes written at once."""
MAX_WAITING = 10_000
"""Changes that wait to be written; the next one is refused, as GitHub gives up on it anyway."""
AT_HAND = 2_000
"""Entries kept for readers that are nearly there; others are read from where the journal is kept."""
PAGE = 1_000
AGAIN_AFTER = 0.5
"""Seconds until something that failed is tried again."""


class Place(NamedTuple):
    """How far a journal is: its history, and the last number in it."""

    epoch: str
    last_seq: int


class Offered(NamedTuple):
    """A change that somebody waits for."""

    change: Change
    written: bytes
    """The change as it is kept."""
    taken: asyncio.Future[Appended]


class Entries(Protocol):
    """Where a journal is kept. Every call may raise ``StorageUnavailable``; then it had no effect that counts."""

    async def open(self, known: Place | None) -> Place:
        """Find out where it is. Begins a new epoch if there is none, or if entries up to `known` are gone."""

    async def append(self, known: Place, group: Sequence[Offered], closed: bool) -> list[Appended | None]:
        """Number and write what is new, unless `closed`. Returns what became of each; nothing if it was refused.

        An empty group is written as well: it shows whether one can be.

        Raises:
            Discontinued: it is not the history of `known` any more.
        """

    async def after(self, known: Place, seq: int, limit: int) -> list[tuple[int, bytes]]:
        """The next entries as they are kept.

        Raises:
            Discontinued: it is not the history of `known` any more.
        """

    async def news(self, known: Place) -> Place:
        """Wait until somebody may have appended after `known`, for seconds at most. Returns where it is then."""

    async def find(self, delivery_id: str) -> tuple[int, bytes] | None:
        """As in ``Journal``, as it is kept."""

    async def last_before(self, moment: datetime) -> int:
        """As in ``Journal``."""

    async def prune(self, through: int) -> int:
        """As in ``Journal``."""


class StoredJournal:
    """Shared by all processes that use the same `entries`; each may append, and each reads everything."""

    def __init__(self, entries: Entries) -> None:
        self._entries = entries
        self._place = Place("", 0)
        self._at_hand: deque[Entry] = deque(maxlen=AT_HAND)
        self._waiting: deque[Offered] = deque()
        self._writing: asyncio.Task[None] | None = None
        self._listening: asyncio.Task[None] | None = None
        self._closed = False
        self._failing: set[str] = set()  # what of reading and writing
        self._unreadable: set[int] = set()
        self._news = asyncio.Event()

    @property
    def epoch(self) -> str:
        return self._place.epoch

    @property
    def last_seq(self) -> int:
        return self._place.last_seq

    @property
    def failing(self) -> bool:
        return bool(self._failing)

    async def open(self) -> None:
        self._place = await self._entries.open(None)
        self._listening = asyncio.create_task(self._listen(), name="listen to the journal")

    def append(self, change: Change) -> asyncio.Future[Appended]:
        appended: asyncio.Future[Appended] = asyncio.get_running_loop().create_future()
        if len(self._waiting) >= MAX_WAITING:
            refusal = "Too many deliveries wait to be written; send this one again in a minute."
            appended.set_exception(JournalUnavailable(refusal))
            return appended
        self._waiting.append(Offered(change, encode(change), appended))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write_all(), name="write to the journal")
        return appended

    async def read(self, after: int = 0) -> AsyncGenerator[Entry, None]:
        epoch = self.epoch
        while True:
            self._news.clear()
            if epoch != self.epoch:
                raise Discontinued
            if after < self.last_seq:
                try:
                    found, first, last = await self._next(after, PAGE)
                except StorageUnavailable as error:
                    self._note("reading", error)
                    await asyncio.sleep(AGAIN_AFTER)
                    continue
                if epoch != self.epoch or first != after + 1:
                    raise Discontinued
                for entry in found:
                    yield entry
                after = last
            elif self._closed:
                return
            else:
                await self._news.wait()

    async def page(self, after: int, limit: int) -> list[Entry]:
        found: list[Entry] = []
        while not found and after < self.last_seq:
            found, _, after = await self._next(after, limit)
        return found

    async def find(self, delivery_id: str) -> Entry | None:
        found = await self._entries.find(delivery_id)
        return self._entry(*found) if found else None

    async def last_before(self, moment: datetime) -> int:
        return await self._entries.last_before(moment)

    async def prune(self, through: int) -> int:
        while self._at_hand and self._at_hand[0].seq <= through:
            self._at_hand.popleft()
        return await self._entries.prune(through)

    async def close(self) -> None:
        self._closed = True
        if self._writing is not None:
            await self._writing
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.wait([self._listening])
        self._news.set()

    async def _write_all(self) -> None:
        try:
            while self._waiting:
                await self._write([self._waiting.popleft() for _ in range(min(GROUP, len(self._waiting)))])
        finally:
            self._writing = None

    async def _write(self, group: list[Offered]) -> None:
        try:
            epoch, taken = await self._append(group)
        except (StorageUnavailable, Discontinued) as error:
            self._note("writing", error)
            refusal = "The journal cannot be written at the moment; send this delivery again in a minute."
            for offered in group:
                _fail(offered.taken, JournalUnavailable(refusal))
            return
        except Exception as error:  # whatever it was: nobody may be left waiting
            for offered in group:
                _fail(offered.taken, error)
            raise
        self._note("writing", None)
        if epoch == self.epoch:
            self._announce([Entry(at.seq, offered.change) for offered, at in _new(group, taken)])
        for offered, at in zip(group, taken, strict=True):
            if at is None:
                _fail(offered.taken, Draining("The server is stopping; send this delivery again in a minute."))
            elif not offered.taken.done():
                offered.taken.set_result(at)

    async def _append(self, group: list[Offered]) -> tuple[str, list[Appended | None]]:
        known = self._place
        try:
            return known.epoch, await self._entries.append(known, group, self._closed)
        except Discontinued:
            known = await self._entries.open(known)
            self._move(known)
        return known.epoch, await self._entries.append(known, group, self._closed)

    def _announce(self, entries: list[Entry]) -> None:
        """Hand new entries to readers. Those that another process put before them are not at hand."""
        if not entries:
            return
        if self._at_hand and self._at_hand[-1].seq + 1 != entries[0].seq:
            self._at_hand.clear()
        self._at_hand.extend(entries)
        self._move(Place(self.epoch, entries[-1].seq))

    async def _listen(self) -> None:
        """Hear of what other processes do: what they append, and that another history has begun."""
        while not self._closed:  # a client of a database may well swallow what cancels it
            try:
                place = await self._entries.news(self._place)
                if place.epoch != self.epoch or place.last_seq < self.last_seq:
                    place = await self._entries.open(self._place)
                self._note("reading", None)
                self._move(place)
                if "writing" in self._failing:
                    await self._try_to_write()
            except Discontinued:
                with suppress(StorageUnavailable):
                    self._move(await self._entries.open(self._place))
            except StorageUnavailable as error:
                self._note("reading", error)
                await asyncio.sleep(AGAIN_AFTER)

    async def _try_to_write(self) -> None:
        """Find out whether it can be written again, for the next delivery may be hours away."""
        try:
            await self._entries.append(self._place, [], False)
        except StorageUnavailable:
            await asyncio.sleep(AGAIN_AFTER)
        else:
            self._note("writing", None)

    def _move(self, place: Place) -> None:
        if place.epoch != self.epoch:
            log.error("journal.discontinued", epoch=place.epoch, before=self.epoch)
            self._at_hand.clear()
            self._place = place
        elif place.last_seq > self.last_seq:
            self._place = place
        else:
            return
        self._news.set()

    async def _next(self, after: int, limit: int) -> tuple[list[Entry], int, int]:
        """The next entries, where they begin and where they end: what cannot be read is passed over."""
        if self._at_hand and self._at_hand[0].seq - 1 <= after < self._at_hand[-1].seq:
            wanted = min(self._at_hand[-1].seq - after, len(self._at_hand))
            found = [self._at_hand[-index] for index in range(wanted, max(0, wanted - limit), -1)]
            return found, found[0].seq, found[-1].seq
        known = self._place
        try:
            rows = await self._entries.after(known, after, limit)
        except Discontinued:
            self._move(await self._entries.open(known))
            raise
        if not rows:
            return [], known.last_seq + 1, known.last_seq
        return [entry for row in rows if (entry := self._entry(*row))], rows[0][0], rows[-1][0]

    def _entry(self, seq: int, written: bytes) -> Entry | None:
        try:
            return Entry(seq, decode(written))
        except ValueError as error:
            if seq not in self._unreadable:
                self._unreadable.add(seq)
                log.error("journal.unreadable_entry", seq=seq, reason=str(error))
            return None

    def _note(self, what: str, error: Exception | None) -> None:
        """Remember whether `what` works, and log when that changes: a disk that is full can still be read."""
        if error is not None and what not in self._failing:
            self._failing.add(what)
            log.error("journal.failed", what=what, reason=str(error))
        elif error is None and what in self._failing:
            self._failing.discard(what)
            log.warning("journal.recovered", what=what)


def _fail(taken: asyncio.Future[Appended], error: Exception) -> None:
    if not taken.done():
        taken.set_exception(error)


def _new(group: list[Offered], taken: list[Appended | None]) -> list[tuple[Offered, Appended]]:
    return [(offered, at) for offered, at in zip(group, taken, strict=True) if at is not None and not at.duplicate]
