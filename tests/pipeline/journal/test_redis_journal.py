"""What is special about a journal in Redis: it may forget, be full, be away, and be shared by several machines."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from omnilens.errors import JournalUnavailable, StorageUnavailable
from omnilens.pipeline.journal import Discontinued, StoredJournal
from omnilens.pipeline.journal.redis import STREAM
from support.journals import change, everything, opened, take
from support.redis_server import RedisServer
from support.waiting import eventually_async

pytestmark = pytest.mark.anyio


@pytest.fixture
def server(redis_server: RedisServer) -> Iterator[RedisServer]:
    """A Redis that is well again after the test."""
    yield redis_server
    redis_server.restore()


async def test_another_machine_hears_at_once(server: RedisServer) -> None:
    async with opened(server.url) as one, opened(server.url) as other:
        coming = asyncio.ensure_future(take(other.read(), 1))
        await one.append(change(1))
        await coming
        assert other.last_seq == 1


async def test_connections_that_are_killed_are_made_again(server: RedisServer) -> None:
    async with opened(server.url) as one, opened(server.url) as other:
        coming = asyncio.ensure_future(take(other.read(), 20))
        for number in range(20):
            server.client.client_kill_filter(_type="normal", skipme=True)
            taken = await one.append(change(number))
            assert taken.seq == number + 1
        assert await coming == list(range(1, 21))


async def test_an_emptied_redis_is_another_history(server: RedisServer) -> None:
    async with opened(server.url) as one, opened(server.url) as other:
        reading = asyncio.ensure_future(take(other.read(), 2))
        await one.append(change(1))
        before = one.epoch
        server.client.flushall()
        assert await one.append(change(1)) == (1, False)
        assert one.epoch != before
        with pytest.raises(Discontinued):
            await reading
        assert other.epoch == one.epoch
        assert await take(other.read(), 1) == [1]


async def test_an_emptied_redis_is_noticed_where_nothing_is_appended(server: RedisServer) -> None:
    async with opened(server.url) as journal:
        await journal.append(change(1))
        before = journal.epoch
        server.client.flushall()
        await eventually_async(lambda: journal.epoch != before)
        assert journal.last_seq == 0


async def test_a_restart_of_redis_is_another_history_with_what_it_kept(server: RedisServer) -> None:
    """It may have lost its last second; nobody can tell, so nobody may go on counting."""
    async with opened(server.url) as one, opened(server.url) as other:
        reading = asyncio.ensure_future(take(other.read(), 2))
        await one.append(change(1))
        before = one.epoch
        server.kill()
        with pytest.raises(JournalUnavailable):
            await one.append(change(2))
        assert failing(one)
        server.start()
        assert await one.append(change(2)) == (2, False)
        assert one.epoch != before
        with pytest.raises(Discontinued):
            await reading
        await eventually_async(lambda: other.last_seq == 2 and not failing(other))
        assert other.epoch == one.epoch
        assert [entry.change for entry in await everything(other)] == [change(1), change(2)]
        assert await other.append(change(1)) == (1, True)


async def test_a_redis_that_starts_with_nothing(server: RedisServer) -> None:
    async with opened(server.url) as journal:
        for number in range(3):
            await journal.append(change(number))
        before = journal.epoch
        server.kill()
        server.lose_everything()
        server.start()
        await eventually_async(lambda: journal.epoch != before)
        assert await journal.append(change(7)) == (1, False)


async def test_a_redis_that_hangs_refuses_and_heals(server: RedisServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("omnilens.pipeline.journal.redis.PATIENCE", 0.2)
    monkeypatch.setattr("omnilens.pipeline.journal.redis.LISTEN", 50)
    async with opened(server.url) as journal:
        await journal.append(change(1))
        server.pause()
        with pytest.raises(JournalUnavailable):
            await journal.append(change(2))
        server.resume()
        taken = await journal.append(change(2))
        assert taken.seq == 2  # a duplicate, if Redis did take what it had no time to confirm
        await eventually_async(lambda: not failing(journal))


async def test_a_redis_without_memory_refuses_and_heals(server: RedisServer) -> None:
    async with opened(server.url) as journal:
        await journal.append(change(1))
        server.client.config_set("maxmemory", "1")
        with pytest.raises(JournalUnavailable):
            await journal.append(change(2))
        assert [entry.change for entry in await everything(journal)] == [change(1)]
        server.client.config_set("maxmemory", "0")
        assert await journal.append(change(2)) == (2, False)


async def test_a_wrong_password_is_said(server: RedisServer) -> None:
    server.client.config_set("requirepass", "right")
    server.client.auth("right")
    with pytest.raises(StorageUnavailable, match=r"Authentication|password|WRONGPASS"):
        async with opened(server.url.replace("redis://", "redis://:wrong@")):
            pass


async def test_a_password_that_changes_refuses_and_heals(server: RedisServer) -> None:
    async with opened(server.url) as journal:
        await journal.append(change(1))
        server.client.config_set("requirepass", "other")
        server.client.client_kill_filter(_type="normal", skipme=True)
        with pytest.raises(JournalUnavailable):
            await journal.append(change(2))
        server.client.auth("other")
        server.client.config_set("requirepass", "")
        assert await journal.append(change(2)) == (2, False)


async def test_nobody_there_is_said(server: RedisServer) -> None:
    server.kill()
    with pytest.raises(StorageUnavailable, match="Redis cannot be asked"):
        async with opened(server.url):
            pass


async def test_an_entry_that_cannot_be_read_costs_no_other(server: RedisServer) -> None:
    async with opened(server.url) as journal:
        await journal.append(change(1))
    server.client.xadd(STREAM, {"d": "x", "s": "y", "at": "0", "c": "{"}, id="2-0")
    server.client.hset(f"{STREAM}:state", "seq", "2")
    async with opened(server.url) as journal:
        await journal.append(change(3))
        assert await take(journal.read(), 2) == [1, 3]


def failing(journal: StoredJournal) -> bool:
    return journal.failing
