"""A thousand browsers that ask every ten seconds, against as many that are told: what an hour would cost."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from http.client import HTTPConnection
from pathlib import Path

import bodies
from bench import Bench, attempt
from catalogue import OMNILENS
from driver import Load
from samples import Sample
from servers import Running

NAME = "polling"
BROWSERS = 1_000
EVERY = 10
WEBHOOKS_PER_MINUTE = 10
RUNS = 200
"""On the board that is polled."""
RUNS_PATH = "/api/repos/octo-repo/runs"
OVERVIEW_PATH = "/api/repos/octo-repo/overview"
AT_ONCE = 8
CASE = "one of each"


def run(bench: Bench) -> Iterator[Sample]:
    webhooks = bodies.webhooks("workflow_run", RUNS + 50)
    for _ in bench.turns([OMNILENS]):
        with bench.server(OMNILENS) as (server, load):
            load.prepare(webhooks, AT_ONCE)
            load.command(f"post 0 {RUNS}")
            polls = {
                "poll of the runs": bodies.polls(RUNS_PATH),
                "poll of the runs, unchanged": bodies.polls(RUNS_PATH, _tag(server)),
                "poll of the overview": bodies.polls(OVERVIEW_PATH),
            }
            for name, requests in polls.items():
                yield _named(name, partial(_poll, load, requests, bench.amount(3_000, 500)))
        with bench.server(OMNILENS) as (server, load):
            load.prepare(webhooks, AT_ONCE)
            load.connect(BROWSERS)
            yield _named("push of an update to all", partial(_push, load))
            yield _named("heartbeats of all, a second", partial(_idle, server, bench.amount(12, 6)))


def _named(what: str, measure: Callable[[], Mapping[str, float]]) -> Sample:
    """A sample in which the thing that is measured stands where others have the peer."""
    return replace(attempt(NAME, CASE, OMNILENS, measure), peer=what)


def _poll(load: Load, requests: Path, count: int) -> dict[str, float]:
    load.command(f"requests {requests}")
    load.command("post 0 100")
    seen = load.measure(f"post 0 {count}")
    return {"cpu": seen["cpu"] / count, "bytes": seen["bytes"] / count}


def _push(load: Load) -> dict[str, float]:
    load.command("sequential 0 10 1")
    seen = load.measure("sequential 10 40 1")
    return {"cpu": seen["cpu"] / 40, "bytes": seen["received"] / 40}


def _idle(server: Running, seconds: int) -> dict[str, float]:
    """The load answers heartbeats while this waits."""
    before = server.cpu()
    time.sleep(seconds)
    # A ping and a pong in ten seconds, 3 and 7 bytes; packets around them are not counted anywhere.
    return {"cpu": (server.cpu() - before) / seconds, "bytes": BROWSERS * (3 + 7) / 10}


def _tag(server: Running) -> str:
    connection = HTTPConnection("127.0.0.1", server.port, timeout=5)
    connection.request("GET", RUNS_PATH, headers={"accept-encoding": "gzip"})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    tag = answer.getheader("etag")
    assert tag
    return tag
