"""A clock that is set back, or far ahead: what is old is a matter of time, what is on the board is not."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from omnilens.model import Status, Update
from omnilens.operations.metrics import Metrics
from omnilens.pipeline.change import Change
from omnilens.pipeline.flow import Flow, Rules
from omnilens.pipeline.journal import Entry, Journal
from omnilens.pipeline.mapping import RepositoryMap
from omnilens.pipeline.storage import Storage
from omnilens.pipeline.store import Store
from omnilens.settings import RepositoryPattern, load
from support.changes import at, changes, run_reported
from support.journals import everything

RETENTION = timedelta(minutes=30)
EVER = (at(-1e9), at(1e9))
HOUR = 3600
CLOCKS = st.integers(-2 * HOUR, 2 * HOUR)


class Nobody:
    def deliver(self, update: Update) -> int:
        return 0

    async def ready(self) -> None:
        pass


def kept_at(url: str) -> Storage:
    given = {"webhook_secrets": ("secret",), "repositories": "*/*", "event_retention": RETENTION}
    return Storage(load(None, database_url=url, **given), Metrics())


def received(change: Change, number: int, seconds: int) -> Change:
    """A change as a delivery of its own, at what the clock said."""
    origin = replace(change.origin, delivery_id=f"d{number}", signature=f"s{number}", received_at=at(seconds))
    return replace(change, origin=origin)


@given(moments=st.lists(st.tuples(changes(), CLOCKS, st.booleans()), max_size=20))
@settings(max_examples=40)
def test_a_start_brings_back_the_board_whatever_the_clock_did(
    moments: list[tuple[Change, int, bool]], tmp_path_factory: Any
) -> None:
    url = f"sqlite:///{tmp_path_factory.mktemp('clock')}/db"

    async def run() -> None:
        board, before = Store(), kept_at(url)
        await before.open()
        for number, (change, clock, tidies) in enumerate(moments, start=1):
            said = received(change, number, clock)
            await before.journal.append(said)
            board.apply(Entry(number, said))
            if tidies:
                await before.archive(at(clock), applied=number)
        await before.journal.close()
        await before.close()

        again, store = kept_at(url), Store()
        await again.open()
        rules = Rules([b"secret"], "github.com", RETENTION, reject_stale=True)
        repositories = RepositoryMap([RepositoryPattern("*", "*")], "github.com")
        flow = Flow(rules, repositories, again.journal, store, Nobody(), Metrics())
        await flow.replay(await again.past(at(0)))
        assert store.runs("api", *EVER) == board.runs("api", *EVER)
        assert store.seq("api") == board.seq("api")
        assert again.journal.last_seq == len(moments)
        await again.journal.close()
        await again.close()

    asyncio.run(run())


@pytest.mark.parametrize("clock", [[0, 1, HOUR, 2, 3], [0, 1, -HOUR, 2, 3], [HOUR, 0, 0, 0, 0], [0, 0, 0, 0, -HOUR]])
@pytest.mark.parametrize("kind", ["memory", "sqlite"])
def test_what_is_young_stays_and_what_is_old_by_every_clock_goes(kind: str, clock: list[int], tmp_path: Any) -> None:
    async def run() -> None:
        storage = kept_at("memory" if kind == "memory" else f"sqlite:///{tmp_path}/db")
        await storage.open()
        for number, seconds in enumerate(clock):
            await storage.journal.append(received(run_reported(Status.IN_PROGRESS, number), number, seconds))
        for moment in (-HOUR, 0, 3):
            await storage.archive(at(moment) + RETENTION, applied=len(clock))
            young = {number for number, seconds in enumerate(clock, start=1) if seconds >= moment}
            assert young <= await numbers(storage.journal)
        await storage.archive(at(HOUR + 1) + RETENTION, applied=len(clock))
        assert await numbers(storage.journal) == set()
        await storage.journal.close()
        await storage.close()

    asyncio.run(run())


async def numbers(journal: Journal) -> set[int]:
    return {entry.seq for entry in await everything(journal)}


def test_a_board_keeps_updates_by_their_order_when_the_clock_went_back() -> None:
    store = Store()
    for number, seconds in enumerate((0, 1, -HOUR, 2), start=1):
        assert store.apply(Entry(number, received(run_reported(Status.IN_PROGRESS, number), number, seconds)))
    store.forget(at(1) + RETENTION, RETENTION)
    assert [update.seq for update in store.since("api", 1) or []] == [2, 3, 4]
    assert store.since("api", 0) is None
    store.forget(at(3) + RETENTION, RETENTION)
    assert store.since("api", 4) == []
