"""What a client costs that connects, subscribes and then only listens."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bench import Bench, attempt, settle
from catalogue import BUN, NCHAN, NODE_ROOM, OMNILENS, PYTHON
from driver import Load
from samples import Sample
from servers import Running

NAME = "connect"
PEERS = (OMNILENS, NODE_ROOM, PYTHON, NCHAN, BUN)
SIZES = (1_000, 10_000)
FIRST = 100
"""Clients that come and go before, so that what is made once is made."""


def run(bench: Bench) -> Iterator[Sample]:
    for peer in bench.turns(PEERS):
        with bench.server(peer) as (server, load):
            with Load(server, bench.cores) as before:
                before.connect(FIRST)
            settle()
            empty, connected, spent, took = server.memory(), 0, 0.0, 0.0
            for size in bench.sizes(*SIZES):
                answer: dict[str, float] = {}
                more = size - connected

                def measure(more: int = more, answer: dict[str, float] = answer) -> Mapping[str, float]:
                    answer |= load.connect(more)
                    return {}

                sample = attempt(NAME, f"{size:,} clients", peer, measure)
                if sample.problem:
                    yield sample
                    break
                connected, spent, took = size, spent + answer["cpu"], took + answer["seconds"]
                yield Sample(NAME, sample.case, peer.name, _figures(server, empty, size, spent, took))


def _figures(server: Running, empty: int, size: int, spent: float, took: float) -> dict[str, float]:
    settle(2)
    memory = server.memory()
    return {
        "cpu per connect": spent / size,
        "connects per second": size / took,
        "memory per connection": (memory - empty) / size,
        "memory": memory,
    }
