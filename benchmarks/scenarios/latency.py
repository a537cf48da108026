"""Webhooks at a steady rate, whether or not the server keeps up: from when one was due to when it was read."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import bodies
from bench import Bench, attempt
from catalogue import WITH_WEBHOOKS
from driver import Load
from samples import Sample

NAME = "latency"
SUBSCRIBERS = 1_000
RATES = (10, 100)
SENDERS = 64
WARM_UP = 20


def run(bench: Bench) -> Iterator[Sample]:
    seconds = {10: bench.amount(4, 2), 100: 2}
    requests = bodies.webhooks("workflow_run", WARM_UP + sum(rate * seconds[rate] for rate in RATES))
    for peer in bench.turns(WITH_WEBHOOKS):
        with bench.server(peer) as (_, load):
            connected = attempt(NAME, case(RATES[0]), peer, lambda: _connect(load, requests))
            if connected.problem:
                yield connected
                continue
            first = WARM_UP
            for rate in RATES:
                yield attempt(NAME, case(rate), peer, partial(_measure, load, first, rate * seconds[rate], rate))
                first += rate * seconds[rate]


def case(rate: int) -> str:
    return f"{rate} webhooks/s"


def _connect(load: Load, requests: Path) -> dict[str, float]:
    load.prepare(requests, SENDERS)
    load.connect(SUBSCRIBERS)
    load.command(f"sequential 0 {WARM_UP} 1")
    return {}


def _measure(load: Load, first: int, count: int, rate: int) -> dict[str, float]:
    seen = load.measure(f"pace {first} {count} {rate}")
    return {
        "p50": seen["update_p50"],
        "p99": seen["update_p99"],
        "max": seen["update_max"],
        "core": seen["cpu"] / seen["seconds"],
    }
