"""Everybody loses the connection and is back within a second, while webhooks go on: when is everyone live again?

The clients are the tests' own, in Python: they remember every update, so that one lost or given twice is found.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from functools import partial

import bodies
from bench import Bench, attempt
from catalogue import OMNILENS
from driver import Load, LoadError
from samples import Sample
from servers import Running
from support.crowd import Watcher

NAME = "storm"
SIZES = (1_000, 10_000)
WITHIN = 1.0
RATE = 2
"""Webhooks a second; each goes to everyone, and clients in Python have one core to read them with."""
SENDERS = 4
AT_ONCE = 200
"""Handshakes under way before the storm."""
PATIENCE = 60.0


def run(bench: Bench) -> Iterator[Sample]:
    for peer in bench.turns([OMNILENS]):
        for size in bench.sizes(*SIZES):
            with bench.server(peer) as (server, load):
                yield attempt(NAME, f"{size:,} clients", peer, partial(_measure, server, load, size))


def _measure(server: Running, load: Load, size: int) -> dict[str, float]:
    return asyncio.run(_storm(server, load, size))


async def _storm(server: Running, load: Load, size: int) -> dict[str, float]:
    posted = RATE * (20 if size > SIZES[0] else 8)
    load.prepare(bodies.webhooks("workflow_run", posted), SENDERS)
    watchers = [Watcher(server.port, "octo-repo") for _ in range(size)]
    for first in range(0, size, AT_ONCE):
        some = watchers[first : first + AT_ONCE]
        await asyncio.gather(*(watcher.connect() for watcher in some))
        await _until(lambda some=some: all(watcher.live for watcher in some))  # type: ignore[misc]
    posting = asyncio.create_task(asyncio.to_thread(load.command, f"pace 0 {posted} {RATE}"))
    await _until(lambda: all(watcher.seqs for watcher in watchers))

    before, cut = server.cpu(), time.perf_counter()
    await _cut(watchers)
    await _until(lambda: all(watcher.live for watcher in watchers))
    again, spent = time.perf_counter() - cut, server.cpu() - before
    answers = await posting
    await _until(lambda: all(watcher.seqs[-1] >= posted for watcher in watchers))
    wrong = sum(watcher.seqs != list(range(1, posted + 1)) or watcher.fresh > 0 for watcher in watchers)
    for watcher in watchers:
        watcher.close()
    return {
        "live again": again,
        "cpu per client": spent / size,
        "answer p99": answers["answer_p99"],
        "wrong": wrong,
    }


async def _cut(watchers: list[Watcher]) -> None:
    """Break all connections, as a network would, and let each client come back at a moment of its own."""
    coming_back = []
    for watcher in watchers:
        watcher.close()
        watcher.live = False
        coming_back.append(watcher.come_back_within(WITHIN))
    await asyncio.gather(*coming_back)


async def _until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise LoadError(f"clients were not live again within {PATIENCE:g} s")
        await asyncio.sleep(0.01)
