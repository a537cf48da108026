"""What is special about a journal in SQLite or PostgreSQL: disks, rows, tables and migrations."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text

from omnilens.database import Database, DatabaseUnavailable, SchemaTooNew, migrate
from omnilens.database.tables import metadata
from omnilens.errors import JournalUnavailable
from omnilens.pipeline.journal import SqlEntries, StoredJournal
from support.journals import change, everything, opened, take
from support.places import url_of
from support.postgres import Postgres
from support.waiting import eventually_async

pytestmark = pytest.mark.anyio


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return url_of(request, request.param, tmp_path)


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
        await journal.close()
        assert [entry.seq async for entry in journal.read()] == [1, 3, 5]


async def test_a_full_disk_refuses_and_heals(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/db")
    await database.open()
    journal = StoredJournal(SqlEntries(database))
    await journal.open()
    await journal.append(change(0))
    await limit_pages(database, 1)
    with pytest.raises(JournalUnavailable):
        for number in range(1, 1000):
            await journal.append(change(number))
    assert failing(journal)
    written = journal.last_seq
    await limit_pages(database, 1_000_000)
    assert await journal.append(change(5000)) == (written + 1, False)
    assert not failing(journal)
    assert [entry.seq for entry in await everything(journal)] == list(range(1, written + 2))
    await journal.close()
    await database.close()


def failing(journal: StoredJournal) -> bool:
    return journal.failing


async def limit_pages(database: Database, pages: int) -> None:
    """What SQLite does when a file may not grow is what it does on a full disk."""
    # The engine has one connection for each thread; this is for the one that writes.
    await database.write(lambda connection: connection.exec_driver_sql(f"PRAGMA max_page_count={pages}").all())


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


def test_the_migrations_make_the_tables_that_the_code_expects(tmp_path: Path) -> None:
    async def make() -> None:
        database = Database(f"sqlite:///{tmp_path}/db")
        await database.open()
        await database.close()

    asyncio.run(make())
    engine = create_engine(f"sqlite:///{tmp_path}/db")
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


def test_the_steps_are_those_that_alembic_knows() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrate.__file__).parent / "migrations"))
    known = ScriptDirectory.from_config(config).walk_revisions()
    assert migrate.revisions() == [step.revision for step in known][::-1]


OPENS_IT = """
import asyncio, sys
from omnilens.database import Database

async def main():
    database = Database(sys.argv[1])
    await database.open()
    await database.close()

asyncio.run(main())
print("alembic" in sys.modules)
"""


def test_what_is_up_to_date_is_opened_without_the_means_to_migrate(tmp_path: Path) -> None:
    asked = [sys.executable, "-c", OPENS_IT, f"sqlite:///{tmp_path}/db"]
    starts = [subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip() for _ in range(2)]
    assert starts == ["True", "False"]
