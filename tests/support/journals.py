"""Journals for tests: what goes into them, what comes out, and those in a database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from msgspec.structs import replace

from omnilens.database import Database
from omnilens.model import Status
from omnilens.pipeline.change import RunReported
from omnilens.pipeline.journal import Entry, Journal, SqlEntries, StoredJournal
from omnilens.pipeline.journal.stored import Entries
from support.changes import origin, run_reported


def change(number: int, delivery_id: str | None = None, body: str | None = None) -> RunReported:
    """A change with a mark of its own for each number."""
    about = replace(origin(number), delivery_id=delivery_id or f"d{number}", signature=body or f"b{number}")
    return replace(run_reported(Status.IN_PROGRESS, number), origin=about)


async def take(reader: AsyncIterator[Entry], count: int) -> list[int]:
    """The numbers of the next entries."""
    async with asyncio.timeout(10):
        return [(await anext(reader)).seq for _ in range(count)]


async def everything(journal: Journal) -> list[Entry]:
    """All that a journal has."""
    entries: list[Entry] = []
    while page := await journal.page(entries[-1].seq if entries else 0, 1000):
        entries += page
    return entries


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[StoredJournal]:
    """A journal in the database or the Redis at `url`, as a process has it from its start to its end."""
    async with entries_at(url) as entries:
        journal = StoredJournal(entries)
        await journal.open()
        try:
            yield journal
        finally:
            await journal.close()


@asynccontextmanager
async def entries_at(url: str) -> AsyncIterator[Entries]:
    """Where a journal is kept."""
    if url.startswith("redis"):
        from omnilens.pipeline.journal.redis import RedisEntries

        redis = RedisEntries(url)
        yield redis
        await redis.close()
        return
    async with database_at(url) as database:
        yield SqlEntries(database)


@asynccontextmanager
async def database_at(url: str) -> AsyncIterator[Database]:
    """A database, as a process has it from its start to its end."""
    database = Database(url)
    await database.open()
    try:
        yield database
    finally:
        await database.close()
