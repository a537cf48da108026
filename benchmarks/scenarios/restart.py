"""A server starts on a journal that has a lot in it: when does it serve, with everything as it was?"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from http.client import HTTPConnection

from bench import Bench, attempt
from catalogue import SQLITE, Peer, fresh_sqlite, with_database
from changes import append, changes
from driver import LoadError
from samples import Sample
from servers import Running, running
from support.journals import opened

NAME = "restart"
SIZES = (0, 10_000, 100_000)
AT_ONCE = 1_000
"""Appends under way while the journal is filled."""


def run(bench: Bench) -> Iterator[Sample]:
    for size in bench.amount(SIZES, SIZES[:2]):
        url = fresh_sqlite()
        asyncio.run(_fill(url, size))
        for peer in bench.turns([replace(SQLITE, command=partial(with_database, url))]):
            yield attempt(NAME, case(size), peer, partial(_measure, peer, bench.cores.server, size))


def case(size: int) -> str:
    return f"{size:,} events" if size else "an empty journal"


async def _fill(url: str, size: int) -> None:
    async with opened(url) as journal:
        await append(journal, changes(size), AT_ONCE)


def _measure(peer: Peer, core: int, size: int) -> dict[str, float]:
    started = time.perf_counter()
    with running(peer, core) as server:
        ready = time.perf_counter() - started
        figures = {"until ready": ready, "cpu": server.cpu(), "memory": server.memory()}
        if (seq := _last_seq(server)) != size:
            raise LoadError(f"the board ends at {seq:,} of {size:,}")
        return figures


def _last_seq(server: Running) -> int:
    """Of the last update that the board knows of."""
    connection = HTTPConnection("127.0.0.1", server.port, timeout=5)
    connection.request("GET", "/api/repos")
    repositories = json.loads(connection.getresponse().read())["repos"]
    connection.close()
    last: int = max(repository["seq"] for repository in repositories)
    return last
