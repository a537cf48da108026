"""What a journal in a database promises beyond what all journals do: it survives, it is shared, and it heals."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, text

from omnilens.database import Database, DatabaseUnavailable, SchemaTooNew
from omnilens.errors import JournalUnavailable
from omnilens.pipeline.journal import Journal, MemoryJournal, SqlJournal
from support.changes import at
from support.journals import change, everything, opened, take
from support.postgres import Postgres
from support.waiting import eventually_async

pytestmark = pytest.mark.anyio


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/folder/db"
    found: str = request.getfixturevalue("postgres").database()
    return found


async def test_it_goes_on_where_it_was(url: str) -> None:
    async with opened(url) as journal:
        for number in range(5):
            await journal.append(change(number))
        before, epoch = await everything(journal), journal.epoch
    async with opened(url) as journal:
        assert (journal.epoch, journal.last_seq) == (epoch, 5)
        assert await everything(journal) == before
        assert await journal.append(change(2)) == (3, True)
        assert await journal.append(change(7)) == (6, False)


async def test_numbers_are_not_given_again_after_everything_was_forgotten(url: str) -> None:
    async with opened(url) as journal:
        for number in range(5):
            await journal.append(change(number))
        assert await journal.prune(through=5) == 5
    async with opened(url) as journal:
        assert await journal.append(change(1)) == (6, False)


async def test_what_arrives_together_is_written_together(url: str) -> None:
    async with opened(url) as journal:
        before = journal.transactions
        await asyncio.gather(*(journal.append(change(number)) for number in range(200)))
        assert journal.transactions - before <= 3
        assert journal.last_seq == 200


async def test_two_processes_share_it(url: str) -> None:
    """As two connections that know nothing of each other; each sees what both have taken, in the same order."""
    async with opened(url) as one, opened(url) as other:
        readers = [asyncio.ensure_future(take(journal.read(), 300)) for journal in (one, other)]
        taken = await asyncio.gather(
            *(one.append(change(number)) for number in range(200)),
            *(other.append(change(number)) for number in range(100, 300)),
        )
        assert sorted(each.seq for each in taken if not each.duplicate) == list(range(1, 301))
        assert sum(each.duplicate for each in taken) == 100
        assert [await reader for reader in readers] == [list(range(1, 301))] * 2
        assert await everything(one) == await everything(other)


async def test_a_row_that_cannot_be_read_costs_no_other(url: str) -> None:
    async with opened(url) as journal:
        for number in range(4):
            await journal.append(change(number))
    broken = Database(url)
    await broken.open()
    await broken.write(
        lambda connection: connection.execute(text("UPDATE journal SET change = '{' WHERE seq IN (2, 4)"))
    )
    await broken.close()
    async with opened(url) as journal:
        assert await take(journal.read(), 2) == [1, 3]
        await journal.append(change(9))
        assert await take(journal.read(after=3), 1) == [5]
        await journal.close()
        assert [entry.seq async for entry in journal.read()] == [1, 3, 5]


async def test_a_full_disk_refuses_and_heals(tmp_path: Path) -> None:
    async with opened(f"sqlite:///{tmp_path}/db") as journal:
        await journal.append(change(0))
        await limit_pages(journal, 1)
        with pytest.raises(JournalUnavailable):
            for number in range(1, 1000):
                await journal.append(change(number))
        assert failing(journal)
        written = journal.last_seq
        await limit_pages(journal, 1_000_000)
        assert await journal.append(change(5000)) == (written + 1, False)
        assert not failing(journal)
        assert [entry.seq for entry in await everything(journal)] == list(range(1, written + 2))


def failing(journal: Journal) -> bool:
    return journal.failing


async def limit_pages(journal: SqlJournal, pages: int) -> None:
    """What SQLite does when a file may not grow is what it does on a full disk."""
    # The engine has one connection for each thread; this is for the one that writes.
    await journal.database.write(lambda connection: connection.exec_driver_sql(f"PRAGMA max_page_count={pages}").all())


async def test_postgresql_restarts(postgres: Postgres) -> None:
    async with opened(postgres.database()) as journal:
        await journal.append(change(0))
        coming = asyncio.ensure_future(take(journal.read(), 2))
        postgres.stop()
        try:
            with pytest.raises(JournalUnavailable):
                await journal.append(change(1))
            await eventually_async(lambda: failing(journal))
        finally:
            postgres.start()
        assert await journal.append(change(1)) == (2, False)
        assert await coming == [1, 2]


async def test_a_newer_schema_is_refused(url: str) -> None:
    async with opened(url):
        pass
    ahead = Database(url)
    await ahead.open()
    await ahead.write(lambda connection: connection.execute(text("UPDATE alembic_version SET version_num = '9999'")))
    await ahead.close()
    late = Database(url)
    with pytest.raises(SchemaTooNew, match="newer OmniLens"):
        await late.open()
    await late.close()


@pytest.mark.parametrize("path", ["/proc/nowhere/db", "/dev/null/db"])
async def test_a_place_that_cannot_be_written_is_named(path: str) -> None:
    database = Database(f"sqlite:///{path}")
    with pytest.raises(DatabaseUnavailable, match=path):
        await database.open()
    await database.close()


async def test_only_the_owner_can_read_it(tmp_path: Path) -> None:
    async with opened(f"sqlite:///{tmp_path}/folder/db") as journal:
        await journal.append(change(1))
        modes = {path.stat().st_mode & 0o777 for path in (tmp_path / "folder").iterdir()}
    assert modes == {0o600}
    assert (tmp_path / "folder").stat().st_mode & 0o777 == 0o700


WRITES_UNTIL_KILLED = """
import asyncio, itertools, sys
from omnilens.database import Database
from omnilens.pipeline.journal import SqlJournal
from support.journals import change

async def main():
    database = Database(sys.argv[1])
    await database.open()
    journal = SqlJournal(database)
    await journal.open()
    async def keep_appending(lane):
        for number in itertools.count(journal.last_seq + lane, 8):
            taken = await journal.append(change(number))
            if not taken.duplicate:
                print(taken.seq, number, flush=True)
    await asyncio.gather(*(keep_appending(lane) for lane in range(8)))

asyncio.run(main())
"""


async def test_what_was_confirmed_survives_a_kill(url: str) -> None:
    """At any moment: the process is killed once it has confirmed so many, while others are on their way."""
    confirmed: dict[int, str] = {}
    for enough in (1, 30, 100):
        confirmed |= await asyncio.to_thread(confirmed_until_killed, url, enough)
    async with opened(url) as journal:
        kept = {entry.seq: entry.change.origin.delivery_id for entry in await everything(journal)}
        assert list(kept) == list(range(1, len(kept) + 1))
        assert {seq: kept[seq] for seq in confirmed} == confirmed


def confirmed_until_killed(url: str, enough: int) -> dict[int, str]:
    command = [sys.executable, "-c", WRITES_UNTIL_KILLED, url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]) as process:
        assert process.stdout
        lines = [next(process.stdout) for _ in range(enough)]
        process.kill()
        lines += process.stdout
    whole = [line.split() for line in lines if line.endswith("\n")]
    return {int(seq): f"d{number}" for seq, number in whole}


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("append"), st.integers(0, 8), st.integers(0, 8)),
        st.tuples(st.just("prune"), st.integers(0, 10), st.just(0)),
        st.tuples(st.just("reopen"), st.just(0), st.just(0)),
    ),
    max_size=25,
)


@given(steps=STEPS)
@settings(max_examples=40)
def test_it_does_what_the_one_in_memory_does(steps: list[tuple[str, int, int]], tmp_path_factory: Any) -> None:
    path = tmp_path_factory.mktemp("same") / "db"
    model = MemoryJournal()

    async def run() -> None:
        rest = list(steps)
        while rest:
            async with opened(f"sqlite:///{path}") as journal:
                while rest and (step := rest.pop(0))[0] != "reopen":
                    assert await STEP[step[0]](journal, *step[1:]) == await STEP[step[0]](model, *step[1:])
                assert await everything(journal) == await everything(model)
                assert await journal.last_before(at(5)) == await model.last_before(at(5))

    asyncio.run(run())


async def offer(journal: Journal, delivery: int, body: int) -> object:
    return await journal.append(change(delivery, delivery_id=f"d{delivery}", body=f"b{body}"))


async def prune(journal: Journal, through: int, _: int) -> object:
    return await journal.prune(through)


STEP: dict[str, Callable[[Journal, int, int], Awaitable[object]]] = {"append": offer, "prune": prune}


def test_the_migrations_make_the_tables_that_the_code_expects(tmp_path: Path) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    from omnilens.database.schema import metadata

    async def migrate() -> None:
        database = Database(f"sqlite:///{tmp_path}/db")
        await database.open()
        await database.close()

    asyncio.run(migrate())
    engine = create_engine(f"sqlite:///{tmp_path}/db")
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()
