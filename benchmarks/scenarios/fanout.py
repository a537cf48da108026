"""One update to everybody: the next is sent when everyone has the last, so that nothing can be joined."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import bodies
from bench import Bench, attempt
from catalogue import DELIVERERS, OMNILENS, PYTHON
from driver import Load
from samples import Sample

NAME = "fanout"
SIZES = (1_000, 5_000, 10_000)
DELIVERIES = 60_000
SLOW = {PYTHON.name: 4}
"""Who needs a multiple of the time gets a part of the work: a delivery costs the same."""
WARM_UP = 20


def run(bench: Bench) -> Iterator[Sample]:
    webhooks = bodies.webhooks("workflow_run", 400)
    for peer in bench.turns(DELIVERERS):
        with bench.server(peer) as (_, load):
            requests = webhooks if peer is OMNILENS else bodies.plain(peer)
            load.prepare(requests, senders=1)
            connected, posted = 0, 0
            for size in bench.sizes(*SIZES):
                work = bench.amount(DELIVERIES, DELIVERIES // 3) // SLOW.get(peer.name, 1)
                updates = max(3, work // size)
                warm_up = WARM_UP if not connected else 2
                more, first = size - connected, posted
                sample = attempt(NAME, case(size), peer, partial(_measure, load, more, first, warm_up, updates))
                yield sample
                if sample.problem:
                    break
                connected, posted = size, posted + warm_up + updates


def case(size: int) -> str:
    return f"{size:,} subscribers"


def _measure(load: Load, more: int, first: int, warm_up: int, updates: int) -> dict[str, float]:
    load.connect(more)
    load.command(f"sequential {first} {warm_up} 1")
    seen = load.measure(f"sequential {first + warm_up} {updates} 1")
    return {
        "cpu per delivery": seen["cpu"] / seen["updates"],
        "deliveries per second": seen["updates"] / seen["seconds"],
        "p50": seen["update_p50"],
        "p99": seen["update_p99"],
        "bytes": seen["received"] / seen["updates"],
    }
