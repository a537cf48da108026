"""One client stops reading while a hundred thousand updates go out. What does it cost, and do the others notice?"""

from __future__ import annotations

from collections.abc import Iterator

import bodies
from bench import Bench, attempt, settle
from catalogue import DELIVERY, NODE_ROOM, PYTHON
from driver import Load
from samples import Sample
from servers import Peak, Running

NAME = "stall"
PEERS = (DELIVERY, NODE_ROOM, PYTHON)
HEALTHY = 5
AT_ONCE = 20
"""Updates of one request; the next follows when the healthy clients have them."""
WARM_UP = 200


def run(bench: Bench) -> Iterator[Sample]:
    updates = bench.amount(100_000, 20_000)
    for peer in bench.turns(PEERS, rounds=1):
        with bench.server(peer) as (server, load):
            yield attempt(NAME, f"{updates:,} updates", peer, lambda: _measure(server, load, updates))


def _measure(server: Running, load: Load, updates: int) -> dict[str, float]:
    load.prepare(bodies.updates(AT_ONCE), senders=1)
    load.connect(HEALTHY)
    load.command(f"sequential 0 {WARM_UP} {AT_ONCE}")
    alone = load.command(f"sequential 0 {updates // AT_ONCE // 5} {AT_ONCE}")
    settle()
    before = server.memory()
    load.command("stall 1")
    with Peak(server) as peak:
        seen = load.command(f"sequential 0 {updates // AT_ONCE} {AT_ONCE}")
    drained = load.command("drain")
    return {
        "growth": peak.bytes - before,
        "cut": drained["cut"],
        "kept for it": drained["bytes"],
        "p99 alone": alone["update_p99"],
        "p99": seen["update_p99"],
        "delivered": seen["updates"] / (updates * HEALTHY),
    }
