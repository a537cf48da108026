"""The second reader of the journal: makes notices of what it says, for those who follow its repositories.

It reads what the board has taken in already, since the board knows all about each run, and has a place of its own in
the journal, in the database. Most reports make no notice, and few teach anything: what is learnt is written together,
at the next notice or after a while. If the server dies before, it is read again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing, suppress
from datetime import datetime, timedelta
from typing import Protocol

from omnilens.errors import StorageUnavailable
from omnilens.model import Repository
from omnilens.operations import logs
from omnilens.operations.metrics import Metrics
from omnilens.people.notices.book import Book, Lost, Place
from omnilens.people.notices.desk import Desk, States, heard
from omnilens.pipeline.journal import Discontinued, Entry, Journal

log = logs.get(__name__)

AT_ONCE = 100
"""Entries that are decided about in one turn of the event loop: less than a millisecond."""
GATHER = 0.05
"""Seconds in which what follows an entry joins it: nobody sees that much later, and a busy hour costs a fifth."""
MOST_UNWRITTEN = 500
"""Lanes that may wait to be written."""
MOST_UNSAID = 5_000
"""Entries after which the place in the journal is written, although nothing came of them."""
BOARD_WAITS = 1.0
"""Seconds until somebody who waits for the board looks whether it still reads the same journal."""
AGAIN_AFTER = 1.0
"""Seconds until something that failed is tried once more."""


Followers = Callable[[Repository], Awaitable[Sequence[int]]]
"""The users who follow a repository. Whether they may read it is asked when they are told, and not here."""


class Board(Protocol):
    """What reads the journal before us."""

    @property
    def states(self) -> States:
        """What is known of each run."""

    async def has(self, seq: int, patience: float) -> bool:
        """Wait until it has the journal up to `seq`, for `patience` seconds at most. Returns whether it has."""


class Keeper:
    """Reads the journal, and keeps the notices that come of it."""

    def __init__(
        self,
        journal: Journal,
        board: Board,
        book: Book,
        followers: Followers,
        retention: timedelta,
        now: Callable[[], datetime],
        metrics: Metrics,
        news: Callable[[], None],
    ) -> None:
        """Nothing is told of what happened longer than `retention` ago. `news` is called when there may be some."""
        self._journal = journal
        self._board = board
        self._book = book
        self._followers = followers
        self._retention = retention
        self._now = now
        self._metrics = metrics
        self._news = news
        self._desk = Desk()
        self._written = Place("", 0)  # what the database has
        self._seq = 0  # what the desk has
        self._turn = asyncio.Lock()

    async def open(self) -> None:
        """Find out where to go on; where nobody ever was, or in another journal, that is its end.

        Raises:
            StorageUnavailable: it cannot be found out.
        """
        end = Place(self._journal.epoch, self._journal.last_seq)
        place = await self._book.begin(end)
        if place.epoch != end.epoch:
            with suppress(Lost):
                await self._book.move(place, end)
            place = await self._book.place()
        self._start_at(place)

    async def run(self) -> None:
        """Follow the journal until it closes. Nothing else ends it."""
        while True:
            try:
                await self._follow()
                return await self.settle()
            except Discontinued:
                await self._skip()
            except Lost:
                await self._look_again()
            except StorageUnavailable as error:
                log.warning("notices.cannot_be_made", reason=str(error))
                await asyncio.sleep(AGAIN_AFTER)
                await self._look_again()
            except Exception:
                log.exception("notices.failed")
                await asyncio.sleep(AGAIN_AFTER)
                await self._look_again()

    async def settle(self) -> None:
        """Write what was only learnt so far.

        Raises:
            StorageUnavailable: not now.
        """
        async with self._turn:
            if self._seq > self._written.seq:
                with suppress(Lost):  # which the next notice will find as well, and begin again where the others are
                    await self._write({})

    async def let_go(self, seq: int = 0) -> None:
        """Read the journal at least up to `seq`, and have nothing of it in memory any more.

        Raises:
            StorageUnavailable: what was learnt cannot be written now.
        """
        try:
            while self._seq < seq and await self._read_on():
                pass
        except Lost:
            await self._look_again()
        await self.settle()
        async with self._turn:
            if not self._desk.unwritten:
                self._desk = Desk()

    async def _follow(self) -> None:
        if self._written.epoch != self._journal.epoch:
            raise Discontinued
        while await self._is_more():
            await asyncio.sleep(GATHER)
            while await self._read_on():
                pass

    async def _is_more(self) -> bool:
        """Wait until the journal has more. Returns whether it ever will."""
        async with aclosing(self._journal.read(self._seq)) as entries:
            async for _ in entries:
                return True
        return False

    async def _read_on(self) -> bool:
        """Read some more of the journal. Returns whether there was anything."""
        async with self._turn:
            entries = await self._journal.page(self._seq, AT_ONCE)
            if entries:
                await self._shown(entries[-1].seq)
                await self._take(entries)
        return bool(entries)

    async def _shown(self, seq: int) -> None:
        """Wait until the board has taken in the journal up to `seq`."""
        while not await self._board.has(seq, BOARD_WAITS):
            if self._written.epoch != self._journal.epoch:
                raise Discontinued
            await asyncio.sleep(GATHER)  # a board that still has another history says so at once

    async def _take(self, entries: list[Entry]) -> None:
        these = heard(entries, self._board.states)
        await self._book.complete(self._desk, these)
        # In the event loop, some at a time: a thread that computes would have to be waited for at every write and read.
        self._metrics.failed_changes.inc(self._desk.take(these, self._now() - self._retention))
        self._seq = entries[-1].seq
        await asyncio.sleep(0)
        unsaid = self._seq - self._written.seq
        if self._desk.puts or self._desk.unwritten > MOST_UNWRITTEN or unsaid > MOST_UNSAID:
            await self._write({entry.change.repository.slug: entry.change.repository for entry in entries})

    async def _write(self, repositories: Mapping[str, Repository]) -> None:
        """Write the desk. All that is to be told of is in `repositories`, since nothing to be told of ever waits."""
        slugs = {put.notice.repo_slug for put in self._desk.puts if put.new}
        followers = {slug: await self._followers(repositories[slug]) for slug in slugs}
        after = self._written._replace(seq=self._seq)
        new = await self._book.write(self._written, after, self._desk, followers, self._now())
        changed = bool(self._desk.puts)
        self._desk.was_written()
        self._written = after
        for notice in new:
            self._metrics.notices.labels(notice.kind).inc()
            log.info("notice.made", kind=notice.kind, repo=notice.repo_slug, run=notice.run_id, key=notice.key)
        if changed:
            self._news()

    async def _skip(self) -> None:
        """Go on at the end of the journal: what came between is not to be had, or belongs to another one."""
        await asyncio.sleep(AGAIN_AFTER)  # of several servers, some hear earlier of another journal than others
        end = self._written._replace(epoch=self._journal.epoch, seq=self._journal.last_seq)
        log.warning("notices.skipped", after=self._written.seq, until=end.seq)
        try:
            await self._book.move(self._written, end)
            self._start_at(end)
        except (Lost, StorageUnavailable):
            await asyncio.sleep(AGAIN_AFTER)
            await self._look_again()

    async def _look_again(self) -> None:
        """Somebody else reads the same journal, or the database was away: go on from what it has."""
        async with self._turn:
            while True:
                try:
                    self._start_at(await self._book.place())
                    break
                except StorageUnavailable:
                    await asyncio.sleep(AGAIN_AFTER)
        self._news()

    def _start_at(self, place: Place) -> None:
        self._desk = Desk()
        self._written, self._seq = place, place.seq
