"""Signed webhooks as fast as a server takes them, with nobody watching: what one costs, whole path."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import bodies
from bench import Bench, attempt
from catalogue import NODE_ROOM, OMNILENS, PYTHON, SQLITE
from driver import Load
from samples import Sample

NAME = "intake"
PEERS = (OMNILENS, SQLITE, NODE_ROOM, PYTHON)
EVENTS: tuple[tuple[str, bodies.Event], ...] = (
    ("workflow_job, 8 KB", "workflow_job"),
    ("workflow_run, 20 KB", "workflow_run"),
)
AT_ONCE = 100
"""As in the flood that OmniLens is asked to take."""
WARM_UP = 1_000


def run(bench: Bench) -> Iterator[Sample]:
    count = bench.amount(8_000, 2_000)
    for case, event in EVENTS:
        requests = bodies.webhooks(event, WARM_UP + count)
        for peer in bench.turns(PEERS):
            with bench.server(peer) as (_, load):
                yield attempt(NAME, case, peer, partial(_measure, load, requests, count))
        requests.unlink()


def _measure(load: Load, requests: Path, count: int) -> dict[str, float]:
    load.prepare(requests, senders=AT_ONCE)
    load.command(f"post 0 {WARM_UP}")
    seen = load.measure(f"post {WARM_UP} {count}")
    cpu = seen["cpu"] / count
    return {
        "cpu per webhook": cpu,
        "webhooks per second and core": 1 / cpu,
        "webhooks per second": count / seen["seconds"],
        "p50": seen["answer_p50"],
        "p99": seen["answer_p99"],
    }
