"""Looking again and again costs a look only where somebody has written, and never misses what was written."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from structlog.testing import capture_logs

from omnilens.database import IN_MEMORY, Database
from omnilens.errors import StorageUnavailable
from omnilens.looking import keep_looking
from support.places import url_of

pytestmark = pytest.mark.anyio


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
async def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return IN_MEMORY if request.param == "memory" else url_of(request, request.param, tmp_path)


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    database = Database(url)
    await database.open()
    yield database
    await database.close()


async def write(database: Database) -> None:
    await database.write(
        lambda connection: connection.execute(text("UPDATE journal_state SET last_seq = last_seq + 1"))
    )


async def insert(database: Database) -> None:
    await database.write(
        lambda connection: connection.execute(
            text("INSERT INTO journal_state (id, epoch, last_seq) VALUES (1, 'e', 0)")
        )
    )


class Turns:
    """Stands in for sleeping, and ends the looking after so many turns; `between` happens before a turn."""

    def __init__(self, count: int, between: dict[int, Callable[[], Awaitable[None]]] | None = None) -> None:
        self._left = iter(range(count))
        self._between = between or {}

    async def sleep(self, _: float) -> None:
        number = next(self._left, None)
        if number is None:
            raise asyncio.CancelledError
        if happens := self._between.get(number):
            await happens()


class Look:
    """Counts, and fails the first so many times."""

    def __init__(self, fails: int = 0, by: Exception | None = None) -> None:
        self.made = 0
        self._fails = fails
        self._by = by or StorageUnavailable("gone")

    async def __call__(self) -> None:
        self.made += 1
        if self.made <= self._fails:
            raise self._by


async def looks(database: Database, turns: Turns, look: Look, *, anyway: bool = False) -> int:
    """How many looks are made in these turns."""
    with suppress(asyncio.CancelledError):
        await keep_looking("test", database, look, 1.0, turns.sleep, anyway=lambda: anyway)
    return look.made


async def test_a_mark_changes_with_what_this_process_writes(database: Database) -> None:
    await insert(database)
    first = await database.mark()
    assert await database.mark() == first
    await database.read(lambda connection: connection.execute(text("SELECT * FROM journal_state")).all())
    assert await database.mark() == first
    await write(database)
    assert await database.mark() != first


@pytest.mark.parametrize("url", ["sqlite", "postgresql"], indirect=True)
async def test_a_mark_changes_with_what_another_writes(url: str, database: Database) -> None:
    other = Database(url)
    await other.open()
    await insert(other)
    first = await database.mark()
    await write(other)
    assert await database.mark() != first
    await other.close()


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
async def test_a_transaction_that_was_under_way_at_the_mark_changes_it_when_it_ends(
    url: str, database: Database
) -> None:
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    await insert(database)
    with engine.connect() as under_way:
        under_way.execute(text("UPDATE journal_state SET last_seq = 7"))
        begun = await database.mark()
        under_way.commit()
    assert await database.mark() != begun
    engine.dispose()


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
async def test_a_file_that_is_held_for_a_moment_may_have_been_written_to(database: Database) -> None:
    class Held:
        def execute(self, _: str) -> None:
            error = sqlite3.OperationalError("database is locked")
            error.sqlite_errorcode = sqlite3.SQLITE_BUSY
            raise error

        def close(self) -> None: ...

    database._marker = Held()  # type: ignore[assignment]
    assert await database.mark() != await database.mark()


async def test_where_nobody_writes_one_look_is_enough(database: Database) -> None:
    assert await looks(database, Turns(5), Look()) == 1


async def test_each_writing_costs_one_look(database: Database) -> None:
    await insert(database)
    writing = partial(write, database)
    assert await looks(database, Turns(9, {2: writing, 3: writing, 7: writing}), Look()) == 4


async def test_what_is_written_during_a_look_is_for_the_next(database: Database) -> None:
    await insert(database)

    class Slow(Look):
        async def __call__(self) -> None:
            await super().__call__()
            if self.made == 1:
                await write(database)

    assert await looks(database, Turns(5), Slow()) == 2


async def test_where_time_matters_it_looks_anyway(database: Database) -> None:
    assert await looks(database, Turns(5), Look(), anyway=True) == 5


@pytest.mark.parametrize("failure", [StorageUnavailable("gone"), ValueError("a bug")])
async def test_a_look_that_fails_is_made_again(database: Database, failure: Exception) -> None:
    assert await looks(database, Turns(6), Look(2, failure)) == 3


async def test_trouble_that_lasts_is_not_said_each_time(database: Database) -> None:
    with capture_logs() as lines:
        await looks(database, Turns(150), Look(130))
    said = [(line["event"], line["times"]) for line in lines]
    assert said == [("test.unavailable", number) for number in (1, 61, 121)] + [("test.available", 130)]
