"""The second reader of the journal: makes notices of what it says, for those who follow its repositories.

It has a place of its own in the journal, in the database. Most reports make no notice, and are only learnt from: those
are written together, at the next notice or after a while. If the server dies before, they are read again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from omnilens.errors import StorageUnavailable
from omnilens.model import Repository
from omnilens.operations import logs
from omnilens.operations.metrics import Metrics
from omnilens.people.notices.book import Book, Lost, Place
from omnilens.people.notices.desk import Desk
from omnilens.pipeline.change import Change, RunReported
from omnilens.pipeline.journal import Discontinued, Entry, Journal

log = logs.get(__name__)

AT_ONCE = 500
"""Entries that are decided about together."""
GATHER = 0.05
"""Seconds in which what follows an entry joins it: nobody sees that much later, and a busy hour costs a fifth."""
IN_A_TURN = 50
"""Entries that are decided about in one turn of the event loop: about a millisecond."""
MOST_UNWRITTEN = 500
"""Runs and lanes that may wait to be written."""
AGAIN_AFTER = 1.0
"""Seconds until something that failed is tried once more."""


Followers = Callable[[Repository], Awaitable[Sequence[int]]]
"""The users who follow a repository. Whether they may read it is asked when they are told, and not here."""


class Keeper:
    """Reads the journal, and keeps the notices that come of it."""

    def __init__(
        self,
        journal: Journal,
        book: Book,
        followers: Followers,
        retention: timedelta,
        now: Callable[[], datetime],
        metrics: Metrics,
        news: Callable[[], None],
    ) -> None:
        """Nothing is told of what happened longer than `retention` ago. `news` is called when there may be some."""
        self._journal = journal
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
            if self._desk.unwritten:
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
        async for entry in self._journal.read(self._seq):
            if entry.seq > self._seq:
                await asyncio.sleep(GATHER)
            while entry.seq > self._seq:
                if not await self._read_on():
                    raise Discontinued

    async def _read_on(self) -> bool:
        """Read some more of the journal. Returns whether there was anything."""
        async with self._turn:
            entries = await self._journal.page(self._seq, AT_ONCE)
            if entries:
                await self._take(entries)
        return bool(entries)

    async def _take(self, entries: list[Entry]) -> None:
        await self._book.complete(self._desk, entries)
        # In the event loop, some at a time: a thread that computes would have to be waited for at every write and read.
        for start in range(0, len(entries), IN_A_TURN):
            some = entries[start : start + IN_A_TURN]
            self._metrics.failed_changes.inc(self._desk.take(some, self._is_young))
            self._seq = some[-1].seq
            await asyncio.sleep(0)
        if self._desk.puts or self._desk.unwritten > MOST_UNWRITTEN:
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

    def _is_young(self, change: Change) -> bool:
        reported = change.run.updated_at if isinstance(change, RunReported) else change.job.updated_at
        happened = min(reported or change.origin.received_at, change.origin.received_at)
        return not change.origin.historic and happened >= self._now() - self._retention

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
