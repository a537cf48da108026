"""Changes into each kind of journal: how many a second it takes, and what that costs on either side."""

from __future__ import annotations

import asyncio
import shutil
import statistics
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, AsyncExitStack, asynccontextmanager, contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial

import uvloop

from bench import Bench, attempt
from catalogue import fresh_sqlite
from changes import append, changes
from driver import LoadError
from omnilens.pipeline.change import Change, encode
from omnilens.pipeline.journal import Journal, MemoryJournal
from samples import Sample
from servers import Process, on
from support import postgres
from support.journals import opened
from support.postgres import postgres_running
from support.redis_server import redis_running

NAME = "journal"
AT_ONCE = (1, 100)
WARM_UP = 500
NODES = (1, 10)
"""So many share a journal, each appends its part and reads everything."""
RATE = 100
"""Changes a second that they take together."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a journal can be kept at the moment: in this process, in a file, or by a server."""

    url: str | None
    server: Process | None = None
    in_memory: bool = False
    """Whether the server has all of it in its memory."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of journal. `missing` says what is not installed, or nothing."""

    name: str
    place: Callable[[], AbstractContextManager[Place]]
    missing: Callable[[], str | None] = lambda: None


@contextmanager
def _postgresql() -> Iterator[Place]:
    with postgres_running(synced=True) as server:
        yield Place(server.database(), Process(server.pid))


@contextmanager
def _redis() -> Iterator[Place]:
    with redis_running() as server:
        server.client.config_set("appendfsync", "always")  # as docs/operations.md asks for
        yield Place(server.url, Process(server.pid), in_memory=True)


def _no_postgresql() -> str | None:
    return None if postgres.installed("initdb") else "PostgreSQL is not installed"


def _no_redis() -> str | None:
    return None if shutil.which("redis-server") else "Redis is not installed"


MEMORY = Kind("journal in memory", lambda: nullcontext(Place(None)))
SQLITE = Kind("journal in SQLite", lambda: nullcontext(Place(fresh_sqlite())))
POSTGRESQL = Kind("journal in PostgreSQL", _postgresql, _no_postgresql)
REDIS = Kind("journal in Redis", _redis, _no_redis)
KINDS = (MEMORY, SQLITE, POSTGRESQL, REDIS)


def run(bench: Bench) -> Iterator[Sample]:
    counts = {1: bench.amount(1_000, 200), 100: bench.amount(10_000, 2_000)}
    new = list(changes(WARM_UP + max(counts.values())))
    for at_once in AT_ONCE:
        some = new[: WARM_UP + counts[at_once]]
        for kind in bench.turns(KINDS):
            with _placed(bench, kind) as place:
                yield attempt(NAME, case(at_once), kind, partial(uvloop.run, _append(place, some, at_once)))
    for nodes in NODES:
        some = new[: RATE * bench.amount(4, 1)]
        for kind in bench.turns([REDIS]):
            with _placed(bench, kind) as place:
                yield attempt(NAME, shared(nodes), kind, partial(uvloop.run, _share(place, some, nodes)))


def case(at_once: int) -> str:
    return "one at a time" if at_once == 1 else f"{at_once} at once"


def shared(nodes: int) -> str:
    return f"{RATE} a second, {nodes} {'node' if nodes == 1 else 'nodes'}"


@contextmanager
def _placed(bench: Bench, kind: Kind) -> Iterator[Place]:
    with on(bench.cores.server), kind.place() as place, on(bench.cores.load):
        yield place


async def _append(place: Place, new: Sequence[Change], at_once: int) -> dict[str, float]:
    """As fast as it goes."""
    first, rest = new[:WARM_UP], new[WARM_UP:]
    async with _journal(place) as journal:
        await append(journal, first, at_once)
        before, begun = _spent(place), time.perf_counter()
        waited = await append(journal, rest, at_once)
        figures = _figures(place, before, rest, waited, time.perf_counter() - begun)
        if journal.last_seq != len(new):
            raise LoadError(f"the journal ends at {journal.last_seq:,} of {len(new):,}")
        return figures


async def _share(place: Place, new: Sequence[Change], nodes: int) -> dict[str, float]:
    """At a steady rate, to one node after the other, until each has read everything. Our CPU time is that of a node."""
    async with AsyncExitStack() as stack:
        journals = [await stack.enter_async_context(_journal(place)) for _ in range(nodes)]
        before, begun = _spent(place), time.perf_counter()
        readers = [asyncio.create_task(_read(journal, len(new))) for journal in journals]
        waited = list[float]()
        for number, change in enumerate(new):
            await asyncio.sleep(begun + number / RATE - time.perf_counter())
            waited += await append(journals[number % nodes], [change], at_once=1)
        await asyncio.gather(*readers)
        figures = _figures(place, before, new, waited, time.perf_counter() - begun)
        del figures["server memory"]  # it is that of the connections rather
        return {**figures, "cpu": figures["cpu"] / nodes}


async def _read(journal: Journal, through: int) -> None:
    async for entry in journal.read():
        if entry.seq == through:
            return


def _figures(
    place: Place, before: Mapping[str, float], new: Sequence[Change], waited: Sequence[float], seconds: float
) -> dict[str, float]:
    percentiles = statistics.quantiles(waited, n=100)
    return {
        "appends per second": len(new) / seconds,
        "bytes per second": sum(len(encode(change)) for change in new) / seconds,
        "p50": percentiles[49],
        "p99": percentiles[98],
        **{name: (after - before[name]) / len(new) for name, after in _spent(place).items()},
    }


def _spent(place: Place) -> dict[str, float]:
    """So far, by the figures that it makes for each append."""
    spent: dict[str, float] = {"cpu": time.process_time()}
    if place.server:
        spent["server cpu"] = place.server.cpu()
        if place.in_memory:
            spent["server memory"] = place.server.memory()
    return spent


@asynccontextmanager
async def _journal(place: Place) -> AsyncIterator[Journal]:
    if place.url is None:
        yield MemoryJournal()
        return
    async with opened(place.url) as journal:
        yield journal
