"""What it costs that everything is measured: the same server beside one in which nothing is."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import bodies
from bench import Bench, attempt
from catalogue import OMNILENS, UNMEASURED
from driver import Load
from samples import Sample

NAME = "measuring"
PEERS = (OMNILENS, UNMEASURED)
INTAKE, FANOUT = "a webhook of 8 KB, nobody watching", "an update to one of 1,000 subscribers"
AT_ONCE = 100
WARM_UP = 1_000
SUBSCRIBERS = 1_000
TURNS = 2
"""Each more often than elsewhere: the difference is small."""


def run(bench: Bench) -> Iterator[Sample]:
    webhooks, updates = bench.amount(8_000, 2_000), bench.amount(60, 20)
    jobs = bodies.webhooks("workflow_job", WARM_UP + webhooks)
    runs = bodies.webhooks("workflow_run", 2 + updates)
    for peer in bench.turns(PEERS, bench.rounds * TURNS):
        with bench.server(peer) as (_, load):
            load.prepare(jobs, senders=AT_ONCE)
            yield attempt(NAME, INTAKE, peer, partial(_intake, load, webhooks))
        with bench.server(peer) as (_, load):
            load.prepare(runs, senders=1)
            yield attempt(NAME, FANOUT, peer, partial(_fanout, load, updates))
    for requests in (jobs, runs):
        requests.unlink()


def _intake(load: Load, count: int) -> dict[str, float]:
    load.command(f"post 0 {WARM_UP}")
    return {"cpu": load.measure(f"post {WARM_UP} {count}")["cpu"] / count}


def _fanout(load: Load, updates: int) -> dict[str, float]:
    load.connect(SUBSCRIBERS)
    load.command("sequential 0 2 1")
    seen = load.measure(f"sequential 2 {updates} 1")
    return {"cpu": seen["cpu"] / seen["updates"]}
