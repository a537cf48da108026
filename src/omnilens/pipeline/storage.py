"""What is kept where, by the settings: the journal, and the history of what it no longer has."""

from __future__ import annotations

from datetime import datetime

from omnilens.database import IN_MEMORY, Database
from omnilens.github.rest import ETags, MemoryETags
from omnilens.operations.metrics import Metrics
from omnilens.pipeline.dead_letters import DeadLetters
from omnilens.pipeline.fetched_days import FetchedDays
from omnilens.pipeline.history import NOTHING, History, Past
from omnilens.pipeline.journal import Journal, MemoryJournal, SqlEntries, StoredJournal
from omnilens.pipeline.store import RUNS_KEPT
from omnilens.pipeline.stored_etags import StoredETags
from omnilens.settings import Settings


class Storage:
    """Everything that outlives a process."""

    def __init__(self, settings: Settings, metrics: Metrics) -> None:
        self._retention = settings.event_retention
        self._history_retention = settings.history_retention
        self.database = Database(settings.database) if settings.database else None
        self.people = self.database or Database(IN_MEMORY)
        """What is known about people. It is always kept: only for as long as the process runs, if nowhere else."""
        self.history = History(self.database) if self.database else None
        self.fetched_days = FetchedDays(self.database) if self.database else None
        self.dead_letters = DeadLetters(self.database, metrics) if self.database else None
        self.journal: Journal = StoredJournal(SqlEntries(self.database)) if self.database else MemoryJournal()
        self._redis = None
        if settings.redis_url:
            from omnilens.pipeline.journal.redis import RedisEntries  # only here: it takes longer than all of ours

            self._redis = RedisEntries(settings.redis_url.get_secret_value())
            self.journal = StoredJournal(self._redis)
        self.etags: ETags = MemoryETags()
        if self.database:
            self.etags = StoredETags(self.database, lambda: self.journal.epoch)

    async def open(self) -> None:
        """Make it ready.

        Raises:
            StorageUnavailable, SchemaTooNew: it is not to be had; the sentence says why.
        """
        await self.people.open()
        await self.journal.open()

    async def past(self, now: datetime, known: Past = NOTHING) -> Past:
        """Where a board begins: what the journal does not have, of the last two days, and what is `known` besides."""
        if self.history is None:
            return known
        await self.history.keep(known)
        return await self.history.past(self.journal.epoch, now - RUNS_KEPT)

    async def archive(self, now: datetime, applied: int) -> None:
        """Move what is older than the retention from the journal into the history, and forget what is old there."""
        # What is tried again counts as received when it came first: it may be old already, and not yet on the board.
        through = min(await self.journal.last_before(now - self._retention), applied)
        if self.history:
            await self.history.fold(self.journal, through)
            await self.history.prune(now - self._history_retention)
        if self.fetched_days:
            await self.fetched_days.prune(now - self._history_retention)
        if self.dead_letters:
            await self.dead_letters.prune(now - self._history_retention)
        await self.journal.prune(through)

    async def close(self) -> None:
        """Let go of it, once nobody reads the journal any more."""
        if self._redis:
            await self._redis.close()
        await self.people.close()
