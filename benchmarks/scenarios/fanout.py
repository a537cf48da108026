"""One update to everybody: the next is sent when everyone has the last, so that nothing can be joined.

Servers that are compared are up at once and measured in turn, a moment each. The machine is faster at one time and
slower at another, by a third and for seconds, and servers lie closer together than that: so both times come to all.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from itertools import product

import bodies
from bench import Bench, attempt, say
from catalogue import DELIVERERS, NODE_LOOP, OMNILENS, PYTHON, WITH_WEBHOOKS, Peer
from driver import Load
from samples import Sample

NAME = "fanout"
SIZES = (1_000, 5_000, 10_000)
TOGETHER = (WITH_WEBHOOKS, tuple(peer for peer in DELIVERERS if peer not in WITH_WEBHOOKS))
"""Who is up at once. Not all of them: the heartbeats of those that wait go on beside what is measured."""
TURNS = 5
"""How often each is measured in a round, at every size."""
DELIVERIES = 30_000
SLOW = {NODE_LOOP.name: 2, PYTHON.name: 4}
"""Who needs a multiple of the time gets a part of the work: a delivery costs the same."""
WARM_UP = 20


@dataclass(slots=True)
class Entrant:
    """A server that is up, and what it has been sent."""

    peer: Peer
    load: Load
    posted: int = 0

    def post(self, updates: int) -> dict[str, float]:
        """Have so many more updates sent. Returns what was measured meanwhile."""
        first = self.posted
        self.posted += updates
        return self.load.measure(f"sequential {first} {updates} 1")


def run(bench: Bench) -> Iterator[Sample]:
    for number, peers in product(range(bench.rounds), TOGETHER):
        with ExitStack() as stack:
            entrants = [_enter(bench, peer, stack) for peer in bench.of(peers)]
            say(f"  round {number + 1}: {'; '.join(entrant.peer.name for entrant in entrants)}")
            connected = 0
            for size in bench.sizes(*SIZES):
                yield from _at(bench, entrants, size, size - connected)
                connected = size


def _enter(bench: Bench, peer: Peer, stack: ExitStack) -> Entrant:
    _, load = stack.enter_context(bench.server(peer))
    load.prepare(bodies.webhooks("workflow_run", 400) if peer is OMNILENS else bodies.plain(peer), senders=1)
    return Entrant(peer, load)


def _at(bench: Bench, entrants: list[Entrant], size: int, more: int) -> Iterator[Sample]:
    """What each takes with so many subscribers. Who fails is out."""
    for turn in range(bench.amount(TURNS, 1)):
        for entrant in list(entrants):
            work = bench.amount(DELIVERIES, DELIVERIES // 2) // SLOW.get(entrant.peer.name, 1)
            measure = partial(_measure, entrant, 0 if turn else more, max(3, work // size))
            sample = attempt(NAME, case(size), entrant.peer, measure)
            if sample.problem:
                entrants.remove(entrant)
            yield sample


def case(size: int) -> str:
    return f"{size:,} subscribers"


def _measure(entrant: Entrant, more: int, updates: int) -> dict[str, float]:
    if more:
        entrant.load.connect(more)
    entrant.post(2 if entrant.posted else WARM_UP)
    seen = entrant.post(updates)
    return {
        "cpu per delivery": seen["cpu"] / seen["updates"],
        "deliveries per second": seen["updates"] / seen["seconds"],
        "p50": seen["update_p50"],
        "p99": seen["update_p99"],
        "bytes": seen["received"] / seen["updates"],
    }
