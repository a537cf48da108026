"""The keeper: each notice is made once, whoever dies meanwhile and however many read the same journal."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from sqlalchemy import Connection, select

from omnilens.database import Database, DatabaseUnavailable
from omnilens.database.notice_schema import notice_lanes, notices
from omnilens.model import Actor, Conclusion, Repository, Status
from omnilens.operations.metrics import Metrics
from omnilens.people.notices import keeper as keeper_module
from omnilens.people.notices.book import Book
from omnilens.people.notices.forgetting import strip_notices
from omnilens.people.notices.inbox import Inbox, Notification
from omnilens.people.notices.keeper import Keeper
from omnilens.people.users import Profile, Users
from omnilens.pipeline.change import Change
from omnilens.pipeline.journal import Journal, MemoryJournal
from omnilens.pipeline.store import Store
from support.changes import at, job_reported, run_reported
from support.journals import database_at
from support.postgres import Postgres
from support.waiting import eventually_async

pytestmark = pytest.mark.anyio

RETENTION = timedelta(minutes=30)


@pytest.fixture(params=["sqlite", "postgresql", "memory"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    url = f"sqlite:///{tmp_path}/data.db" if request.param == "sqlite" else "sqlite:///:memory:"
    if request.param == "postgresql":
        postgres: Postgres = request.getfixturevalue("postgres")
        url = postgres.database()
    async with database_at(url) as database:
        yield database


@pytest.fixture
async def ada(database: Database) -> int:
    return (await Users(database, lambda: at(0)).enter(Profile("proxy", "ada", "ada"))).id


def ended(number: int, conclusion: Conclusion, **fields: Any) -> Change:
    return run_reported(Status.COMPLETED, number, id=number, conclusion=conclusion, **fields)


def broken_and_fixed() -> list[Change]:
    return [ended(1, Conclusion.FAILURE), ended(2, Conclusion.FAILURE), ended(3, Conclusion.SUCCESS)]


class Board:
    """Has what the journal has as soon as it is asked for it, unless it is held."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._store = Store()
        self._seq = 0
        self.states = self._store.state
        self.held = False

    async def has(self, seq: int, patience: float) -> bool:
        if self.held:
            return False  # at once, as of a board that still has another history
        for entry in await self._journal.page(self._seq, seq):
            self._store.apply(entry)
            self._seq = entry.seq
        return self._seq >= seq


def a_keeper(
    journal: Journal,
    database: Database,
    now: Callable[[], datetime] = lambda: at(60),
    board: Board | None = None,
) -> Keeper:
    users = Users(database, now)

    async def everyone(_: Repository) -> list[int]:
        return [user.id for user in await users.all()]

    board = board or Board(journal)
    return Keeper(journal, board, Book(database), everyone, RETENTION, now, Metrics(), lambda: None)


@asynccontextmanager
async def reading(keeper: Keeper) -> AsyncIterator[None]:
    """While this is entered, it reads; on leaving it dies as it is."""
    await keeper.open()
    task = asyncio.create_task(keeper.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


async def listed(database: Database, user: int) -> list[Notification]:
    inbox = Inbox(database, lambda: at(60))
    return await inbox.page(user, await inbox.slugs(user), None, 100)


async def told(database: Database, user: int, kinds: Sequence[str]) -> None:
    """Wait until these are what the user was told."""
    found: list[str] = []
    async with asyncio.timeout(20):
        while found != list(kinds):
            found = [notice.kind for notice in reversed(await listed(database, user))]
            await asyncio.sleep(0.005)


async def test_what_the_journal_says_is_told_to_those_who_follow(database: Database, ada: int) -> None:
    journal = MemoryJournal()
    async with reading(a_keeper(journal, database)):
        for change in broken_and_fixed():
            await journal.append(change)
        await told(database, ada, ["broke", "fixed"])
    broke = (await listed(database, ada))[1]
    assert (broke.failures, broke.outcome, broke.repo) == (2, "fixed", "acme/api")


async def test_one_that_dies_at_any_moment_tells_nothing_twice_and_nothing_less(database: Database, ada: int) -> None:
    journal = MemoryJournal()
    await a_keeper(journal, database).open()
    for change in broken_and_fixed():
        await journal.append(change)
        async with reading(a_keeper(journal, database)):
            await asyncio.sleep(0)
    for _ in range(3):
        async with reading(a_keeper(journal, database)):
            await told(database, ada, ["broke", "fixed"])


async def test_one_that_dies_in_the_middle_of_writing_has_written_nothing(database: Database, ada: int) -> None:
    journal = MemoryJournal()
    with patch("omnilens.people.notices.book._put", side_effect=KeyError("the power is gone")):
        async with reading(a_keeper(journal, database)):
            await journal.append(ended(1, Conclusion.FAILURE))
            await asyncio.sleep(0.2)
    assert await listed(database, ada) == []
    async with reading(a_keeper(journal, database)):
        await told(database, ada, ["broke"])


async def test_nothing_is_told_before_the_board_has_it(database: Database, ada: int) -> None:
    journal = MemoryJournal()
    board = Board(journal)
    board.held = True
    keeper = a_keeper(journal, database, board=board)
    async with reading(keeper):
        await journal.append(job_reported(Status.COMPLETED, 1, conclusion=Conclusion.FAILURE))
        await journal.append(run_reported(Status.IN_PROGRESS, 2))
        await asyncio.sleep(2 * keeper_module.GATHER)
        assert keeper._seq == 0
        board.held = False
        await told(database, ada, ["failing"])


async def test_a_run_that_the_board_has_forgotten_is_told_of_by_its_own_report(database: Database, ada: int) -> None:
    journal = MemoryJournal()
    board = Board(journal)
    board.states = lambda slug, run_id: None
    async with reading(a_keeper(journal, database, board=board)):
        await journal.append(job_reported(Status.COMPLETED, 1, conclusion=Conclusion.FAILURE))
        await journal.append(ended(1, Conclusion.FAILURE))
        await told(database, ada, ["broke"])


async def test_the_place_is_written_although_nothing_comes_of_it(
    database: Database, ada: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeper_module, "MOST_UNSAID", 10)
    journal, book = MemoryJournal(), Book(database)
    async with reading(a_keeper(journal, database)):
        for number in range(20):
            await journal.append(run_reported(Status.IN_PROGRESS, number, id=number + 1))
        async with asyncio.timeout(20):
            while (await book.place()).seq < 11:  # noqa: ASYNC110 - it is in the database
                await asyncio.sleep(0.005)


async def test_of_several_that_read_the_same_journal_one_writes(database: Database, ada: int) -> None:
    journal = MemoryJournal()
    keepers = [a_keeper(journal, database) for _ in range(3)]
    async with reading(keepers[0]), reading(keepers[1]), reading(keepers[2]):
        for number in range(1, 40, 2):
            await journal.append(ended(number, Conclusion.FAILURE))
            await journal.append(ended(number + 1, Conclusion.SUCCESS))
        await told(database, ada, ["broke", "fixed"] * 20)


async def test_what_was_only_learnt_is_read_again_or_written_in_time(database: Database, ada: int) -> None:
    journal = MemoryJournal()
    async with reading(a_keeper(journal, database)):
        await journal.append(ended(5, Conclusion.SUCCESS))
        await asyncio.sleep(0.05)
    keeper = a_keeper(journal, database)
    async with reading(keeper):
        await eventually_async(lambda: keeper._seq == 1)
        await keeper.settle()
    assert (await Book(database).place()).seq == 1
    async with reading(a_keeper(journal, database)):
        await journal.append(ended(4, Conclusion.FAILURE))  # older than what passed, so that nobody is told
        await journal.append(ended(6, Conclusion.FAILURE))
        await told(database, ada, ["broke"])
    assert (await listed(database, ada))[0].run_id == 6


async def test_what_happened_long_ago_is_not_told(database: Database, ada: int) -> None:
    journal = MemoryJournal()
    late = at(0) + RETENTION + timedelta(seconds=2)
    async with reading(a_keeper(journal, database, lambda: late)):
        await journal.append(ended(1, Conclusion.FAILURE))  # of a second before that
        await journal.append(ended(10, Conclusion.FAILURE, workflow_id=9))
        await told(database, ada, ["broke"])
    assert [notice.run_id for notice in await listed(database, ada)] == [10]


async def test_another_journal_is_begun_at_its_end(
    database: Database, ada: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeper_module, "AGAIN_AFTER", 0.01)
    first, second = MemoryJournal(), MemoryJournal()
    await a_keeper(first, database).open()
    await second.append(ended(1, Conclusion.FAILURE, workflow_id=7))
    async with reading(a_keeper(second, database)):
        await second.append(ended(2, Conclusion.FAILURE))
        await told(database, ada, ["broke"])
    assert (await listed(database, ada))[0].run_id == 2


async def test_what_the_journal_has_forgotten_is_passed_over(
    database: Database, ada: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeper_module, "AGAIN_AFTER", 0.01)
    journal = MemoryJournal()
    await a_keeper(journal, database).open()
    await journal.append(ended(1, Conclusion.FAILURE))
    await journal.append(ended(2, Conclusion.FAILURE))
    await journal.prune(1)
    keeper = a_keeper(journal, database)
    async with reading(keeper):
        await eventually_async(lambda: keeper._seq == 2)
        await journal.append(ended(3, Conclusion.FAILURE))
        await told(database, ada, ["broke"])


async def test_a_database_that_is_away_for_a_while_only_delays(
    database: Database, ada: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeper_module, "AGAIN_AFTER", 0.01)
    journal, tries = MemoryJournal(), 0
    write = Database.write

    async def failing(self: Database, transaction: Any) -> Any:
        nonlocal tries
        tries += 1
        if tries < 4:
            raise DatabaseUnavailable("It is away.")
        return await write(self, transaction)

    keeper = a_keeper(journal, database)
    async with reading(keeper):
        monkeypatch.setattr(Database, "write", failing)
        await journal.append(ended(1, Conclusion.FAILURE))
        await told(database, ada, ["broke"])
    assert tries == 4


async def test_what_is_old_is_forgotten_read_or_not(database: Database, ada: int) -> None:
    journal, book = MemoryJournal(), Book(database)
    async with reading(a_keeper(journal, database)):
        await journal.append(ended(1, Conclusion.FAILURE))
        await told(database, ada, ["broke"])
    await book.prune(at(60) + timedelta(days=1), timedelta(days=90))
    await told(database, ada, ["broke"])
    await book.prune(at(60) + timedelta(days=91), timedelta(days=90))
    assert await listed(database, ada) == []


async def test_whoever_is_gone_by_then_keeps_nothing_from_the_others(database: Database, ada: int) -> None:
    class Several:
        async def __call__(self, repository: Repository) -> Sequence[int]:
            return [424242, ada]

    journal = MemoryJournal()
    book, board = Book(database), Board(journal)
    keeper = Keeper(journal, board, book, Several(), RETENTION, lambda: at(60), Metrics(), lambda: None)
    async with reading(keeper):
        await journal.append(ended(1, Conclusion.FAILURE))
        await told(database, ada, ["broke"])


async def test_confirming_and_reading(database: Database, ada: int) -> None:
    bob = (await Users(database, lambda: at(0)).enter(Profile("proxy", "bob", "bob"))).id
    journal, inbox = MemoryJournal(), Inbox(database, lambda: datetime.now(UTC))
    async with reading(a_keeper(journal, database)):
        for number in range(1, 4):
            await journal.append(ended(number, Conclusion.FAILURE, workflow_id=number))
        await told(database, ada, ["broke"] * 3)
    ids = [notice.id for notice in await listed(database, ada)]
    before = await inbox.version()

    found = await inbox.waiting(ada, 0, before)
    assert ([each.id for each in found.pending], found.newest, found.unread) == (ids, ids[0], {"api": 3})
    assert [each.id for each in (await inbox.waiting(ada, ids[1], before)).pending] == ids[:1]
    assert [each.id for each in (await inbox.waiting(ada, 0, ids[1])).pending] == ids[1:]
    assert await inbox.confirm({ada: {ids[0], 999}}) == 1
    assert await inbox.confirm({ada: {ids[0]}, bob: set(ids)}) == 3
    assert [each.id for each in (await inbox.waiting(ada, 0, before)).pending] == ids[1:]

    assert await inbox.read(ada, [ids[2]], None) == 1
    assert await inbox.read(ada, [ids[2]], ids[1]) == 1
    changes = await inbox.changes(before)
    assert {user: sorted(read) for user, read in changes.read.items()} == {ada: sorted(ids[1:])}
    assert (list(changes.told), await inbox.unread(ada), await inbox.unread(bob)) == ([], {"api": 1}, {"api": 3})
    assert (await inbox.changes(changes.version)).version == changes.version


async def test_whoever_is_forgotten_is_in_nothing_that_notices_are_made_from(database: Database, ada: int) -> None:
    journal, people = MemoryJournal(), Users(database, lambda: at(60))
    keeper = a_keeper(journal, database)
    async with reading(keeper):
        for number, login in ((1, "zaphod"), (2, "zaphod"), (3, "Zaphod-x"), (4, "trillian")):
            await journal.append(ended(number, Conclusion.FAILURE, workflow_id=number, actor=Actor(login=login)))
        await told(database, ada, ["broke"] * 4)
        fork = {"event": "pull_request", "actor": Actor(login="zaphod"), "head_branch": "patch"}
        await journal.append(ended(9, Conclusion.FAILURE, workflow_id=9, **fork))
        await told(database, ada, ["broke"] * 5)
        await journal.append(run_reported(Status.IN_PROGRESS, 50, id=5, workflow_id=5, actor=Actor(login="zaphod")))
        await keeper.let_go(journal.last_seq)
        await database.write(lambda connection: strip_notices("ZAPHOD", connection))
        await journal.append(ended(6, Conclusion.FAILURE, workflow_id=1, actor=Actor(login="trillian")))
        await keeper.let_go(journal.last_seq)
        kept = await database.read(everything_about_notices)
        assert b'"zaphod"' not in kept.lower()
        assert b"zaphod:" not in kept.lower()
        assert b'"zaphod-x"' in kept.lower()
        assert kept.count(b"trillian") >= 2
        assert len(await people.all()) == 1


def everything_about_notices(connection: Connection) -> bytes:
    columns = (notice_lanes.c.state, notices.c.notice)
    names = connection.execute(select(notice_lanes.c.lane)).scalars().all()
    states = (bytes(row) for column in columns for row in connection.execute(select(column)).scalars())
    return b"\n".join([*(name.encode() for name in names), *states])
