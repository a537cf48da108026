"""What every journal promises."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from itertools import islice
from pathlib import Path

import pytest

from omnilens.errors import Draining, JournalUnavailable
from omnilens.pipeline.journal import Discontinued, Journal, MemoryJournal
from support.changes import at
from support.journals import change, opened, take
from support.places import url_of

pytestmark = pytest.mark.anyio


@pytest.fixture(params=["memory", "sqlite", "postgresql", "redis"])
async def journal(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Journal]:
    if request.param == "memory":
        yield MemoryJournal()
        return
    async with opened(url_of(request, request.param, tmp_path)) as journal:
        yield journal


async def test_seq_rises_by_one(journal: Journal) -> None:
    assert [(await journal.append(change(number))).seq for number in range(3)] == [1, 2, 3]


async def test_the_same_delivery_again_is_a_duplicate(journal: Journal) -> None:
    await journal.append(change(1))
    assert await journal.append(change(2, delivery_id="d1")) == (1, True)


async def test_the_same_body_under_another_id_is_a_duplicate(journal: Journal) -> None:
    await journal.append(change(1))
    assert await journal.append(change(2, body="b1")) == (1, True)


async def test_at_the_same_moment_one_of_them_counts(journal: Journal) -> None:
    taken = await asyncio.gather(*(journal.append(change(1)) for _ in range(20)))
    assert sorted(each.duplicate for each in taken) == [False, *[True] * 19]


async def test_readers_get_everything_in_order_and_then_what_comes(journal: Journal) -> None:
    await journal.append(change(1))
    await journal.append(change(2))
    reader = journal.read()
    assert await take(reader, 2) == [1, 2]
    coming = asyncio.ensure_future(take(reader, 2))
    await asyncio.sleep(0)
    assert not coming.done()
    await journal.append(change(3))
    await journal.append(change(4))
    assert await coming == [3, 4]


async def test_reading_goes_on_from_a_place(journal: Journal) -> None:
    for number in range(5):
        await journal.append(change(number))
    assert await take(journal.read(after=3), 2) == [4, 5]


async def test_a_slow_reader_misses_nothing(journal: Journal) -> None:
    reader = journal.read()
    for number in range(3):
        await journal.append(change(number))
    seen = await take(reader, 1)
    for number in range(3, 200):
        await journal.append(change(number))
    assert seen + await take(reader, 199) == list(range(1, 201))


async def test_a_delivery_is_found_by_its_id_until_it_is_forgotten(journal: Journal) -> None:
    for number in range(3):
        await journal.append(change(number))
    found = await journal.find("d1")
    assert found is not None
    assert (found.seq, found.change.origin.delivery_id) == (2, "d1")
    await journal.prune(through=2)
    assert [await journal.find("d1"), await journal.find("d9")] == [None, None]
    assert await journal.find("d2") is not None


async def test_pruning_forgets_entries_and_their_marks(journal: Journal) -> None:
    for number in range(4):
        await journal.append(change(number))
    assert await journal.last_before(at(2)) == 2
    assert await journal.prune(through=2) == 2
    assert await take(journal.read(after=2), 2) == [3, 4]
    assert await journal.append(change(0)) == (5, False)
    assert await journal.append(change(3)) == (4, True)


async def test_readers_end_when_it_closes_but_not_before_they_have_everything(journal: Journal) -> None:
    await journal.append(change(1))
    reader = journal.read()
    await journal.append(change(2))
    await journal.close()
    async with asyncio.timeout(5):
        assert [entry.seq async for entry in reader] == [1, 2]
        assert [entry.seq async for entry in journal.read(after=2)] == []


async def test_a_waiting_reader_ends_when_it_closes(journal: Journal) -> None:
    reading = asyncio.ensure_future(take(journal.read(), 1))
    await asyncio.sleep(0)
    await journal.close()
    with pytest.raises(StopAsyncIteration):
        await reading


async def test_a_pruned_journal_still_ends(journal: Journal) -> None:
    await journal.append(change(1))
    await journal.prune(await journal.last_before(at(10)))
    await journal.close()
    async with asyncio.timeout(5):
        assert [entry async for entry in journal.read(after=1)] == []


async def test_a_reader_that_missed_something_is_told(journal: Journal) -> None:
    for number in range(3):
        await journal.append(change(number))
    await journal.prune(through=2)
    with pytest.raises(Discontinued):
        await anext(journal.read(after=1))
    assert await take(journal.read(after=2), 1) == [3]
    await journal.prune(through=3)
    with pytest.raises(Discontinued):
        await anext(journal.read(after=2))


async def test_a_closed_journal_refuses_but_still_knows_duplicates(journal: Journal) -> None:
    await journal.append(change(1))
    await journal.close()
    assert await journal.append(change(1)) == (1, True)
    with pytest.raises(Draining):
        await journal.append(change(2))


async def test_a_full_journal_refuses_and_forgets_nothing() -> None:
    journal = MemoryJournal(capacity=2)
    for number in islice(range(5), 2):
        await journal.append(change(number))
    with pytest.raises(JournalUnavailable):
        await journal.append(change(9))
    await journal.prune(through=1)
    assert (await journal.append(change(9))).seq == 3


async def test_pages_are_bounded_and_end_at_the_end(journal: Journal) -> None:
    for number in range(7):
        await journal.append(change(number))
    assert [entry.seq for entry in await journal.page(after=2, limit=3)] == [3, 4, 5]
    assert [entry.seq for entry in await journal.page(after=5, limit=3)] == [6, 7]
    assert await journal.page(after=7, limit=3) == []
    assert (await journal.page(after=0, limit=1))[0].change == change(0)


async def test_how_far_everything_is_older(journal: Journal) -> None:
    assert await journal.last_before(at(100)) == 0
    for received in (0, 1, 5, 2, 9):
        await journal.append(change(received, delivery_id=f"d{received}"))
    assert await journal.last_before(at(0)) == 0
    assert await journal.last_before(at(3)) == 2
    assert await journal.last_before(at(100)) == 5


async def test_every_journal_in_memory_is_a_history_of_its_own() -> None:
    assert MemoryJournal().epoch != MemoryJournal().epoch


async def test_a_reader_that_was_busy_finds_what_another_has_found_meanwhile(journal: Journal) -> None:
    idle, busy = journal.read(), journal.read()
    await journal.append(change(1))
    assert [await take(idle, 1), await take(busy, 1)] == [[1], [1]]
    waiting = asyncio.ensure_future(take(idle, 2))
    await asyncio.sleep(0)
    for number in (2, 3):  # the busy one has looked for neither when the idle one has both
        await journal.append(change(number))
    assert await waiting == [2, 3]
    assert await asyncio.wait_for(take(busy, 2), 5) == [2, 3]
