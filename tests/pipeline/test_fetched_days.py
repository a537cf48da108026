"""What of GitHub was fetched and seen is remembered as long as what came with it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from omnilens.database import Database
from omnilens.github.rest import ETag
from omnilens.operations.metrics import Metrics
from omnilens.pipeline.fetched_days import FetchedDay, FetchedDays, start_of
from omnilens.pipeline.storage import Storage
from omnilens.pipeline.store import Store
from omnilens.pipeline.stored_etags import LONGEST_ADDRESS, StoredETags
from omnilens.settings import load
from support.changes import at
from support.journals import database_at
from support.places import url_of

pytestmark = pytest.mark.anyio

MONDAY = date(2026, 11, 16)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return url_of(request, request.param, tmp_path)


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    async with database_at(url) as opened:
        yield opened


def fetched(day: date, slug: str = "api", address: str | None = None) -> FetchedDay:
    return FetchedDay(slug=slug, day=day, fetched_at=at(5), runs=7, complete=True, etag_address=address)


def after(days: int) -> date:
    return MONDAY + timedelta(days=days)


async def test_the_days_of_a_repository(database: Database) -> None:
    days = FetchedDays(database)
    for each in (fetched(MONDAY), fetched(after(1)), fetched(after(3)), fetched(after(1), "other")):
        await days.remember(each)
    again = FetchedDay(slug="api", day=after(1), fetched_at=at(9), runs=8, complete=False, etag_address="/a")
    await days.remember(again)
    assert await days.between("api", MONDAY, after(2)) == {MONDAY: fetched(MONDAY), after(1): again}
    assert await days.between("api", after(4), after(9)) == {}


async def test_a_day_is_forgotten_with_the_first_of_its_runs(database: Database) -> None:
    days, etags = FetchedDays(database), StoredETags(database, lambda: "epoch")
    for number in range(3):
        await days.remember(fetched(after(number), address=f"/{number}"))
        await etags.put(ETag(f"/{number}", "x"))
    await days.prune(start_of(after(1)))
    assert set(await days.between("api", MONDAY, after(9))) == {after(1), after(2)}
    assert [await etags.get(f"/{number}") for number in range(3)] == [None, "x", "x"]
    await days.prune(start_of(after(1)) + timedelta(microseconds=1))
    assert set(await days.between("api", MONDAY, after(9))) == {after(2)}


async def test_which_repositories_were_backfilled(database: Database) -> None:
    days = FetchedDays(database)
    assert await days.backfilled("api") is None
    await days.remember_backfill("api", after(3), at(1))
    await days.remember_backfill("api", MONDAY, at(2))
    assert (await days.backfilled("api"), await days.backfilled("other")) == (MONDAY, None)


async def test_what_was_seen_outlives_the_process_but_not_the_journal(url: str) -> None:
    for number in range(2):
        async with database_at(url) as database:
            etags = StoredETags(database, lambda: "one")
            assert await etags.get("/runs") == (None if number == 0 else '"first"')
            await etags.put(ETag("/runs", '"first"'))
            assert await StoredETags(database, lambda: "another").get("/runs") is None


async def test_what_is_longer_than_any_is_not_kept(database: Database) -> None:
    etags = StoredETags(database, lambda: "epoch")
    address = "/" * (LONGEST_ADDRESS + 1)
    await etags.put(ETag(address, "x"))
    assert await etags.get(address) is None


async def test_without_the_database_nothing_was_seen(tmp_path: Path) -> None:
    async with database_at(f"sqlite:///{tmp_path}/db") as database:
        await database.write(lambda connection: connection.exec_driver_sql("DROP TABLE etags"))
        etags = StoredETags(database, lambda: "epoch")
        with capture_logs() as lines:
            await etags.put(ETag("/runs", "x"))
            assert await etags.get("/runs") is None
        assert [line["event"] for line in lines] == ["etag.not_kept", "etag.not_read"]


@pytest.mark.parametrize("kept", [True, False])
async def test_storage_has_them_where_there_is_a_database(kept: bool, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/db" if kept else "memory"
    storage = Storage(load(None, webhook_secrets=("s",), database_url=url), Metrics())
    await storage.open()
    assert (storage.fetched_days is not None) is kept
    await storage.etags.put(ETag("/runs", "x"))
    assert await storage.etags.get("/runs") == "x"
    if storage.fetched_days:
        await storage.fetched_days.remember(fetched(MONDAY))
        await storage.archive(start_of(after(200)), 0)
        assert await storage.fetched_days.between("api", MONDAY, MONDAY) == {}
    await storage.journal.close()
    await storage.close()


def test_a_snapshot_is_another_when_the_past_is() -> None:
    store = Store(version=5)
    first = store.version("api")
    store.changed_past("api")
    second = store.version("api")
    assert second != first
    assert store.since("api", 0) == []
    assert store.version("other") == first
