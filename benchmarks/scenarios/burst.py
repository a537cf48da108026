"""A hundred webhooks at once, over a connection each, from the first byte sent to the last update read."""

from __future__ import annotations

from collections.abc import Iterator

import bodies
from bench import Bench, attempt
from catalogue import DELIVERERS, WITH_WEBHOOKS
from driver import Load
from samples import Sample

NAME = "burst"
WEBHOOKS = 100
SUBSCRIBERS = 1_000
CASE = f"{WEBHOOKS} webhooks to {SUBSCRIBERS:,} subscribers"


def run(bench: Bench) -> Iterator[Sample]:
    signed = bodies.webhooks("workflow_run", 2 * WEBHOOKS)
    for peer in bench.turns(DELIVERERS):
        requests = signed if peer in WITH_WEBHOOKS else bodies.plain(peer)
        with bench.server(peer) as (_, load):
            load.prepare(requests, senders=WEBHOOKS)
            yield attempt(NAME, CASE, peer, lambda: _measure(load))


def _measure(load: Load) -> dict[str, float]:
    load.connect(SUBSCRIBERS)
    load.command(f"burst 0 {WEBHOOKS} 1")
    seen = load.measure(f"burst {WEBHOOKS} {WEBHOOKS} 1")
    return {
        "cpu per delivery": seen["cpu"] / seen["updates"],
        "seconds": seen["seconds"],
        "p50": seen["update_p50"],
        "p99": seen["update_p99"],
    }
