"""What a journal outside of the process promises beyond what all do: it survives, it is shared, and it heals."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from omnilens.errors import JournalUnavailable, StorageUnavailable
from omnilens.pipeline.journal import Discontinued, Journal, MemoryJournal, StoredJournal
from omnilens.pipeline.journal.stored import Offered, Place
from support.changes import at
from support.journals import change, entries_at, everything, opened, take
from support.places import url_of
from support.waiting import eventually_async

pytestmark = pytest.mark.anyio


@pytest.fixture(params=["sqlite", "postgresql", "redis"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return url_of(request, request.param, tmp_path)


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
    async with entries_at(url) as entries:
        groups: list[int] = []
        append = entries.append

        def counted(known: Place, group: Sequence[Offered], closed: bool) -> Any:
            groups.append(len(group))
            return append(known, group, closed)

        entries.append = counted  # type: ignore[method-assign]
        journal = StoredJournal(entries)
        await journal.open()
        await asyncio.gather(*(journal.append(change(number)) for number in range(200)))
        assert len(groups) <= 3
        assert sum(groups) == journal.last_seq == 200
        await journal.close()


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


async def test_it_fails_until_it_can_be_written_although_it_can_be_read(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("omnilens.pipeline.journal.stored.AGAIN_AFTER", 0.01)
    monkeypatch.setattr("omnilens.pipeline.journal.redis.LISTEN", 20)
    async with entries_at(url) as entries:
        full, tried, write = True, list[int](), entries.append

        async def append(known: Place, group: Sequence[Offered], closed: bool) -> Any:
            tried.append(len(group))
            if full:
                raise StorageUnavailable("The disk is full.")
            return await write(known, group, closed)

        entries.append = append  # type: ignore[method-assign]
        journal = StoredJournal(entries)
        await journal.open()
        with pytest.raises(JournalUnavailable):
            await journal.append(change(1))
        await eventually_async(lambda: tried.count(0) >= 2)
        assert journal.failing
        full = False
        await eventually_async(lambda: not journal.failing)  # although nobody has sent anything
        assert await journal.append(change(1)) == (1, False)
        await journal.close()


async def test_nobody_reads_on_in_another_history(url: str) -> None:
    """Its numbers may be the same, and what they mean another."""
    async with opened(url) as journal, entries_at(url) as entries:
        await journal.append(change(1))
        before = Place(journal.epoch, journal.last_seq)
        after = await entries.open(before._replace(last_seq=9))  # which somebody has seen, and is gone
        assert after.epoch != before.epoch
        with pytest.raises(Discontinued):
            await entries.after(before, 0, 10)
        assert [seq for seq, _ in await entries.after(after, 0, 10)] == [1]
        with pytest.raises(Discontinued):
            await entries.append(before, [], closed=False)


WRITES_UNTIL_KILLED = """
import asyncio, itertools, sys
from omnilens.pipeline.journal import StoredJournal
from support.journals import change, entries_at
from support.places import url_of

async def main(entries):
    journal = StoredJournal(entries)
    await journal.open()
    async def keep_appending(lane):
        for number in itertools.count(journal.last_seq + lane, 8):
            taken = await journal.append(change(number))
            if not taken.duplicate:
                print(taken.seq, number, flush=True)
    await asyncio.gather(*(keep_appending(lane) for lane in range(8)))

async def write():
    async with entries_at(sys.argv[1]) as entries:
        await main(entries)

asyncio.run(write())
"""


async def test_what_was_confirmed_survives_a_kill(url: str) -> None:
    """At any moment: the process is killed once it has confirmed so many, while others are on their way."""
    confirmed: dict[int, str] = {}
    for enough in (5, 80):
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
