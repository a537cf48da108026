"""Everybody comes back at once, while updates go on: nobody is left out, and nobody gets anything twice."""

from __future__ import annotations

import asyncio

import pytest

from omnilens.serve import open_files
from support.crowd import Watcher
from support.payloads import run_payload
from support.server import LiveServer
from support.waiting import eventually_async

pytestmark = pytest.mark.anyio

CLIENTS = 1000
WITHIN = 1.0


@pytest.fixture(autouse=True)
def enough_files() -> None:
    assert open_files() > 2 * CLIENTS + 100


async def test_a_thousand_clients_come_back_within_a_second() -> None:
    with LiveServer(repositories="octo-org/octo-repo") as server:
        watchers = [Watcher(server.port, "octo-repo") for _ in range(CLIENTS)]
        await asyncio.gather(*(watcher.connect() for watcher in watchers))
        await eventually_async(lambda: all(watcher.live for watcher in watchers))

        posted = 0
        storm_is_over = asyncio.Event()

        async def keep_posting() -> None:
            nonlocal posted
            while not storm_is_over.is_set() or posted < 10:
                answer = await asyncio.to_thread(server.post, "workflow_run", run_payload(id=posted + 1))
                assert answer.status_code == 200
                posted += 1

        posting = asyncio.create_task(keep_posting())
        await eventually_async(lambda: all(watcher.seqs for watcher in watchers))
        coming_back: list[asyncio.Task[None]] = []
        for watcher in watchers:
            watcher.on_lost = lambda watcher=watcher: coming_back.append(  # type: ignore[misc]
                asyncio.create_task(watcher.come_back_within(WITHIN))
            )
        await asyncio.to_thread(server.cut_connections)
        await eventually_async(lambda: len(coming_back) == CLIENTS)
        await asyncio.gather(*coming_back)
        await eventually_async(lambda: all(watcher.live for watcher in watchers))
        storm_is_over.set()
        await posting
        await eventually_async(lambda: all(watcher.seqs[-1] == posted for watcher in watchers))

        assert {tuple(watcher.seqs) for watcher in watchers} == {tuple(range(1, posted + 1))}
        assert not any(watcher.fresh for watcher in watchers)
        assert server.omnilens.metrics.value("omnilens_connections") == CLIENTS
        for watcher in watchers:
            watcher.close()
