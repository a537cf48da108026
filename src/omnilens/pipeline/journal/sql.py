"""A journal in a database: what it has taken survives a crash of the process, of the machine, and its power.

Everything that arrives while one transaction is on its way to the disk shares the next: at rest a delivery waits for
one sync, under load a hundred of them wait for the same one.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import deque
from collections.abc import AsyncIterator
from datetime import datetime
from functools import partial
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, delete, func, insert, or_, select, update

from omnilens.database import Database, DatabaseUnavailable
from omnilens.database.schema import journal, journal_state, to_ticks
from omnilens.errors import Draining, JournalUnavailable
from omnilens.operations import logs
from omnilens.pipeline.change import Change, decode, encode
from omnilens.pipeline.journal.base import Appended, Entry

log = logs.get(__name__)

GROUP = 500
"""Changes in one transaction."""
MAX_WAITING = 10_000
"""Changes that wait to be written; the next one is refused, as GitHub gives up on it anyway."""
AT_HAND = 2_000
"""Entries kept for readers that are nearly there; others read from the database."""
PAGE = 1_000
PRUNED_AT_ONCE = 1_000
"""Entries forgotten in one transaction, so that a change never waits long behind it."""
LOOK_EVERY = 0.25
"""Seconds after which a reader asks whether another process has appended."""


class _Offered(NamedTuple):
    change: Change
    written: bytes
    taken: asyncio.Future[Appended]


class SqlJournal:
    """Shared by all processes that use the same database; each may append, and each reads everything."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.transactions = 0
        """That wrote something, or found out that there was nothing to write."""
        self._epoch = ""
        self._last_seq = 0
        self._at_hand: deque[Entry] = deque(maxlen=AT_HAND)
        self._waiting: deque[_Offered] = deque()
        self._writing: asyncio.Task[None] | None = None
        self._closed = False
        self._failing = False
        self._unreadable: set[int] = set()
        self._news = asyncio.Event()

    @property
    def epoch(self) -> str:
        return self._epoch

    @property
    def last_seq(self) -> int:
        return self._last_seq

    @property
    def failing(self) -> bool:
        return self._failing

    async def open(self) -> None:
        self._epoch, self._last_seq = await self.database.write(_open)

    async def append(self, change: Change) -> Appended:
        if len(self._waiting) >= MAX_WAITING:
            raise JournalUnavailable("Too many deliveries wait to be written; send this one again in a minute.")
        offered = _Offered(change, encode(change), asyncio.get_running_loop().create_future())
        self._waiting.append(offered)
        if self._writing is None:
            self._writing = asyncio.create_task(self._write_all(), name="write to the journal")
        return await offered.taken

    async def read(self, after: int = 0) -> AsyncIterator[Entry]:
        while True:
            news = self._news
            if after < self._last_seq:
                try:
                    found, after_these = await self._next(after, PAGE)
                except DatabaseUnavailable as error:
                    self._note(error)
                    await self._hear(news)
                    continue
                for entry in found:
                    yield entry
                after = after_these
            elif self._closed:
                return
            else:
                await self._hear(news)

    async def page(self, after: int, limit: int) -> list[Entry]:
        found: list[Entry] = []
        while not found and after < self._last_seq:
            found, after = await self._next(after, limit)
        return found

    async def last_before(self, moment: datetime) -> int:
        return await self.database.read(partial(_last_before, to_ticks(moment)))

    async def prune(self, through: int) -> int:
        while self._at_hand and self._at_hand[0].seq <= through:
            self._at_hand.popleft()
        pruned = 0
        while some := await self.database.write(partial(_prune, through)):
            pruned += some
        return pruned

    async def close(self) -> None:
        self._closed = True
        if self._writing is not None:
            await self._writing
        self._wake_readers()

    async def _write_all(self) -> None:
        try:
            while self._waiting:
                await self._write([self._waiting.popleft() for _ in range(min(GROUP, len(self._waiting)))])
        finally:
            self._writing = None

    async def _write(self, group: list[_Offered]) -> None:
        try:
            self.transactions += 1
            before, taken = await self.database.write(partial(_append, group, self._closed))
        except DatabaseUnavailable as error:
            self._note(error)
            refusal = "The journal cannot be written at the moment; send this delivery again in a minute."
            for offered in group:
                _fail(offered.taken, JournalUnavailable(refusal))
            return
        except Exception as error:  # whatever it was: nobody may be left waiting
            for offered in group:
                _fail(offered.taken, error)
            raise
        self._note(None)
        self._announce(before, [Entry(at.seq, offered.change) for offered, at in _new(group, taken)])
        for offered, at in zip(group, taken, strict=True):
            if at is None:
                _fail(offered.taken, Draining("The server is stopping; send this delivery again in a minute."))
            elif not offered.taken.done():
                offered.taken.set_result(at)

    def _announce(self, before: int, entries: list[Entry]) -> None:
        """Hand new entries to readers. Those that another process put before them are not at hand."""
        if not entries:
            return
        if self._at_hand and self._at_hand[-1].seq != before:
            self._at_hand.clear()
        self._at_hand.extend(entries)
        self._last_seq = entries[-1].seq
        self._wake_readers()

    async def _next(self, after: int, limit: int) -> tuple[list[Entry], int]:
        """The next entries, and where they end: what cannot be read is passed over."""
        if self._at_hand and self._at_hand[0].seq - 1 <= after < self._at_hand[-1].seq:
            wanted = min(self._at_hand[-1].seq - after, len(self._at_hand))
            found = [self._at_hand[-index] for index in range(wanted, max(0, wanted - limit), -1)]
            return found, found[-1].seq
        rows = await self.database.read(partial(_rows, after, limit))
        if not rows:
            return [], self._last_seq
        return [entry for row in rows if (entry := self._entry(*row))], rows[-1][0]

    def _entry(self, seq: int, written: bytes) -> Entry | None:
        try:
            return Entry(seq, decode(written))
        except ValueError as error:
            if seq not in self._unreadable:
                self._unreadable.add(seq)
                log.error("journal.unreadable_entry", seq=seq, reason=str(error))
            return None

    async def _hear(self, news: asyncio.Event) -> None:
        """Wait for a new entry: of this process, which is told at once, or of another, which is noticed."""
        try:
            async with asyncio.timeout(LOOK_EVERY):
                await news.wait()
        except TimeoutError:
            try:
                self._last_seq = max(self._last_seq, await self.database.read(_last_seq))
                self._note(None)
            except DatabaseUnavailable as error:
                self._note(error)

    def _note(self, error: DatabaseUnavailable | None) -> None:
        """Remember whether it works, and log when that changes."""
        if error is not None and not self._failing:
            log.error("journal.failed", reason=str(error))
        elif error is None and self._failing:
            log.warning("journal.recovered")
        self._failing = error is not None

    def _wake_readers(self) -> None:
        self._news.set()
        self._news = asyncio.Event()


def _fail(taken: asyncio.Future[Appended], error: Exception) -> None:
    if not taken.done():
        taken.set_exception(error)


def _new(group: list[_Offered], taken: list[Appended | None]) -> list[tuple[_Offered, Appended]]:
    return [(offered, at) for offered, at in zip(group, taken, strict=True) if at is not None and not at.duplicate]


def _open(connection: Connection) -> tuple[str, int]:
    """Begin a history, unless there is one."""
    begun = connection.execute(select(journal_state.c.epoch, journal_state.c.last_seq)).one_or_none()
    if begun is not None:
        return begun.epoch, begun.last_seq
    epoch = secrets.token_hex(8)
    connection.execute(insert(journal_state).values(id=1, epoch=epoch, last_seq=0, folded=0))
    return epoch, 0


def _append(group: list[_Offered], closed: bool, connection: Connection) -> tuple[int, list[Appended | None]]:
    """Number and write what is new. Returns the last number before, and what became of each; nothing if refused."""
    # Locked until the commit: nobody else can number, so numbers come into sight in their order.
    seq = before = connection.execute(select(journal_state.c.last_seq).with_for_update()).scalar_one()
    known = _known(connection, group)
    rows, taken = [], list[Appended | None]()
    for change, written, _ in group:
        origin = change.origin
        marks = (f"id:{origin.delivery_id}", f"signature:{origin.signature}")
        if first := known.get(marks[0]) or known.get(marks[1]):
            taken.append(Appended(first, duplicate=True))
        elif closed:
            taken.append(None)
        else:
            seq += 1
            known |= dict.fromkeys(marks, seq)
            taken.append(Appended(seq, duplicate=False))
            at = to_ticks(origin.received_at)
            rows.append((seq, origin.delivery_id, origin.signature, at, written))
    if rows:
        connection.execute(insert(journal), [dict(zip(journal.c.keys(), row, strict=True)) for row in rows])
        connection.execute(update(journal_state).values(last_seq=seq))
    return before, taken


def _known(connection: Connection, group: list[_Offered]) -> dict[str, int]:
    """Which of these were taken before, by their marks."""
    origins = [offered.change.origin for offered in group]
    same = or_(
        journal.c.delivery_id.in_([origin.delivery_id for origin in origins]),
        journal.c.signature.in_([origin.signature for origin in origins]),
    )
    known: dict[str, int] = {}
    for seq, delivery_id, signature in connection.execute(
        select(journal.c.seq, journal.c.delivery_id, journal.c.signature).where(same)
    ):
        known[f"id:{delivery_id}"] = known[f"signature:{signature}"] = seq
    return known


def _rows(after: int, limit: int, connection: Connection) -> list[tuple[int, bytes]]:
    wanted = select(journal.c.seq, journal.c.change).where(journal.c.seq > after).order_by(journal.c.seq).limit(limit)
    return [(seq, written) for seq, written in connection.execute(wanted)]


def _last_seq(connection: Connection) -> int:
    last: int = connection.execute(select(journal_state.c.last_seq)).scalar_one()
    return last


def _last_before(ticks: int, connection: Connection) -> int:
    first_after = select(func.min(journal.c.seq)).where(journal.c.received_at >= ticks).scalar_subquery()
    earlier = select(func.max(journal.c.seq)).where(or_(first_after.is_(None), journal.c.seq < first_after))
    found: int | None = connection.execute(earlier).scalar_one()
    return found or 0


def _prune(through: int, connection: Connection) -> int:
    oldest = select(journal.c.seq).where(journal.c.seq <= bindparam("through")).order_by(journal.c.seq)
    some = oldest.limit(PRUNED_AT_ONCE).scalar_subquery()
    return connection.execute(delete(journal).where(journal.c.seq.in_(some)), {"through": through}).rowcount
