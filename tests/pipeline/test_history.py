"""What the journal forgets, the history keeps; and a start brings back the very board that was."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from structlog.testing import capture_logs

from omnilens.database import Database
from omnilens.model import Repository, Status, Update
from omnilens.operations.metrics import Metrics
from omnilens.pipeline import flow
from omnilens.pipeline.change import Change
from omnilens.pipeline.flow import Flow, Rules
from omnilens.pipeline.history import History, Past, PastRepository
from omnilens.pipeline.journal import Discontinued, MemoryJournal, SqlEntries, StoredJournal
from omnilens.pipeline.mapping import RepositoryMap
from omnilens.pipeline.merge import RunState, RunView, merge
from omnilens.pipeline.store import Store
from omnilens.settings import RepositoryPattern
from support.changes import at, changes, run_reported
from support.journals import database_at
from support.postgres import Postgres

EVER = (at(-1e9), at(1e9))


class Process:
    """The part of a server that a restart has to bring back."""

    def __init__(self, path: Path, pattern: str = "*/*") -> None:
        self.database = Database(f"sqlite:///{path}")
        self.journal = StoredJournal(SqlEntries(self.database))
        self.history = History(self.database)
        self.store = Store()
        self.delivered: list[Update] = []
        self.applied_one = asyncio.Event()
        rules = Rules([b"secret"], "github.com", timedelta(minutes=30), reject_stale=True)
        self.repositories = RepositoryMap([RepositoryPattern(*pattern.split("/"))], "github.com")
        self.flow = Flow(rules, self.repositories, self.journal, self.store, self, Metrics())

    def deliver(self, update: Update) -> int:
        self.delivered.append(update)
        return 0

    async def ready(self) -> None:
        self.applied_one.set()

    async def start(self, since: datetime) -> None:
        await self.database.open()
        await self.journal.open()
        await self.flow.replay(await self.history.past(self.journal.epoch, since))

    def board(self) -> list[RunView]:
        return self.store.runs("api", *EVER)


@asynccontextmanager
async def started(path: Path, pattern: str = "*/*", since: datetime = EVER[0]) -> AsyncIterator[Process]:
    process = Process(path, pattern)
    await process.start(since)
    following = asyncio.create_task(process.flow.follow())
    try:
        yield process
    finally:
        await process.journal.close()
        await following
        await process.database.close()


def distinct(reported: Sequence[Change]) -> list[Change]:
    """Each as a delivery of its own, received a second after the one before."""
    return [
        replace(each, origin=replace(each.origin, delivery_id=f"d{n}", signature=f"s{n}", received_at=at(n)))
        for n, each in enumerate(reported)
    ]


async def append(process: Process, reported: Sequence[Change]) -> None:
    for each in reported:
        await process.journal.append(each)
    while process.journal.last_seq > process.flow.applied:
        await process.applied_one.wait()
        process.applied_one.clear()


async def archive(process: Process, moment: datetime) -> None:
    through = await process.journal.last_before(moment)
    await process.history.fold(process.journal, through)
    await process.journal.prune(through)


@given(reported=st.lists(changes(), max_size=25), cut=st.integers(0, 25), between=st.integers(0, 25))
@settings(max_examples=40)
def test_a_restart_brings_back_the_same_board_and_the_same_updates(
    reported: list[Change], cut: int, between: int, tmp_path_factory: Any
) -> None:
    path = tmp_path_factory.mktemp("restart") / "db"
    said = distinct(reported)

    async def run() -> None:
        async with started(path) as process:
            await append(process, said[:between])
            await archive(process, at(cut))
        async with started(path) as process:
            await append(process, said[between:])
            board, seq = process.board(), process.store.seq("api")
            (begun,) = [
                known.seq for known in (await process.history.past(process.journal.epoch, EVER[0])).repositories
            ] or [0]
            resumed = process.store.since("api", begun)
        async with started(path.with_name("other")) as process:  # one that never stopped, and never forgot
            await append(process, said)
            assert (process.board(), process.store.seq("api")) == (board, seq)
            assert process.store.since("api", begun) == resumed
            assert resumed is not None

    asyncio.run(run())


@pytest.mark.anyio
async def test_nothing_is_announced_again(tmp_path: Path) -> None:
    async with started(tmp_path / "db") as process:
        await append(process, [run_reported(Status.IN_PROGRESS, 1)])
        assert len(process.delivered) == 1
    async with started(tmp_path / "db") as process:
        assert process.delivered == []
        assert process.store.seq("api") == 1
        assert [view.run.status for view in process.board()] == [Status.IN_PROGRESS]


@pytest.mark.anyio
async def test_a_start_says_how_far_it_has_come(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = distinct([run_reported(Status.IN_PROGRESS, second, id=second) for second in range(1, 7)])
    async with started(tmp_path / "db") as process:
        await append(process, said)
        await archive(process, at(1))
    monkeypatch.setattr(flow, "REPLAYED_AT_ONCE", 2)
    with capture_logs() as lines:
        async with started(tmp_path / "db"):
            pass
    progress = [(line["changes"], line["of"]) for line in lines if line["event"] == "journal.replayed"]
    assert progress == [(2, 5), (4, 5), (5, 5)]  # the first one is in the history


@pytest.mark.anyio
async def test_a_client_that_was_away_over_a_restart_gets_what_it_missed(tmp_path: Path) -> None:
    said = distinct([run_reported(Status.IN_PROGRESS, second, id=second) for second in range(1, 7)])
    async with started(tmp_path / "db") as process:
        await append(process, said[:4])
        await archive(process, at(2))
    async with started(tmp_path / "db") as process:
        await append(process, said[4:])
        assert [update.seq for update in process.store.since("api", 3) or []] == [4, 5, 6]
        assert process.store.since("api", 1) is None  # it was before what is remembered: a reset, not a hole


@pytest.mark.anyio
async def test_what_is_older_than_memory_is_in_the_history(tmp_path: Path) -> None:
    async with started(tmp_path / "db") as process:
        said = distinct([run_reported(Status.COMPLETED, 5, id=1), run_reported(Status.IN_PROGRESS, 6, id=2)])
        await append(process, said)
        await archive(process, at(100))
        assert [view.run.id for view in await process.history.runs("api", *EVER)] == [1, 2]
        assert [view.run.id for view in await process.history.runs("api", at(6), at(100))] == [2]
        assert await process.history.runs("other", *EVER) == []
        found = await process.history.run("api", 1)
        assert found == process.store.run("api", 1)
        assert await process.history.run("api", 3) is None
        assert await process.history.prune(at(6)) == 1
        assert [view.run.id for view in await process.history.runs("api", *EVER)] == [2]


@pytest.mark.anyio
async def test_what_the_operator_took_off_the_board_stays_off(tmp_path: Path) -> None:
    other = Repository(slug="other", full_name="else/other", id=2)
    said = distinct([run_reported(Status.COMPLETED, 5, id=1), replace(run_reported(id=2), repository=other)])
    async with started(tmp_path / "db") as process:
        await append(process, said[:2])
        await archive(process, at(1))
        assert {each.slug for each in process.repositories.all()} == {"api", "other"}
    async with started(tmp_path / "db", pattern="else/*") as process:
        assert {each.slug for each in process.repositories.all()} == {"other"}
        assert process.board() == []
        assert process.store.run("other", 2) is not None


@pytest.mark.anyio
async def test_a_renamed_repository_keeps_its_slug_over_a_restart(tmp_path: Path) -> None:
    renamed = Repository(slug="api", full_name="acme/backend", id=1)
    said = distinct([run_reported(id=1), replace(run_reported(id=2), repository=renamed)])
    async with started(tmp_path / "db", pattern="acme/api") as process:
        await append(process, said)
        await archive(process, at(100))
    async with started(tmp_path / "db", pattern="acme/api") as process:
        (known,) = process.repositories.all()
        assert (known.slug, known.full_name, known.id) == ("api", "acme/backend", 1)


@pytest.mark.anyio
async def test_after_a_gap_nobody_is_told_of_less_than_there_was(tmp_path: Path) -> None:
    """Another process has let the journal forget what this one never saw."""
    said = distinct([run_reported(Status.IN_PROGRESS, second, id=second) for second in range(1, 7)])
    async with started(tmp_path / "db") as process:
        await append(process, said)
        await process.journal.prune(through=4)
        past = await process.history.past(process.journal.epoch, EVER[0])
        with pytest.raises(Discontinued):
            await process.flow.replay(past)
        await process.flow.replay(past, despite_gaps=True)
        assert process.store.since("api", 3) is None
        assert [update.seq for update in process.store.since("api", 4) or []] == [5, 6]
        assert process.store.since("never-heard-of", 2) is None


@pytest.mark.anyio
async def test_what_a_board_knows_can_be_kept_before_it_begins_again(tmp_path: Path) -> None:
    async with started(tmp_path / "db") as process:
        await append(process, distinct([run_reported(Status.IN_PROGRESS, 1, id=1), run_reported(id=2)]))
        before = process.board()
        await process.history.keep(process.flow.known())
        await process.history.keep(process.flow.known())
        await process.journal.prune(through=2)
        await process.flow.replay(await process.history.past("another epoch", EVER[0]), despite_gaps=True)
        assert process.board() == before


@pytest.mark.anyio
async def test_only_recent_runs_come_back_into_memory(tmp_path: Path) -> None:
    async with started(tmp_path / "db") as process:
        await append(process, distinct([run_reported(updated=second, id=second) for second in (1, 50)]))
        await archive(process, at(100))
    async with started(tmp_path / "db", since=at(10)) as process:
        assert [view.run.id for view in process.board()] == [50]
        assert len(await process.history.runs("api", *EVER)) == 2


@pytest.mark.anyio
async def test_machines_that_begin_again_at_once_take_turns(postgres: Postgres) -> None:
    url, journal = postgres.database(), MemoryJournal()
    reported = distinct([run_reported(updated=second, id=second) for second in range(1, 400)])
    states = [("api", merge(RunState(), each)) for each in reported]
    known = Past(0, [PastRepository(reported[0].repository, 0, at(1))], states)
    for each in reported:
        await journal.append(each)
    async with database_at(url) as one, database_at(url) as other:
        histories = (History(one), History(other))
        await asyncio.gather(*(history.keep(known) for history in histories))
        await asyncio.gather(*(history.fold(journal, journal.last_seq) for history in histories))
        pasts = [await history.past(journal.epoch, EVER[0]) for history in histories]
        assert pasts[0] == pasts[1]
        assert pasts[0].seq == len(pasts[0].runs) == len(reported)
