"""What the figures are meant to be, and whether they are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from catalogue import BUN, DELIVERY, FLOOR, NCHAN, NODE_ROOM, OMNILENS, SQLITE, UNMEASURED, Peer
from samples import Samples
from scenarios.burst import CASE as BURST
from scenarios.latency import case as at_rate
from scenarios.restart import case as of_events
from tables import ratio

MB = 1024 * 1024
WAITING = 1 * MB
"""What OmniLens keeps for a client that does not read."""


@dataclass(frozen=True, slots=True)
class Verdict:
    target: str
    measured: str
    met: bool


def judge(samples: Samples) -> list[Verdict]:
    """Each target of which everything was measured."""
    return [
        *_fanout(samples),
        *_burst(samples),
        *_connect(samples),
        *_intake(samples),
        *_latency(samples),
        *_stall(samples),
        *_storm(samples),
        *_restart(samples),
        *_measuring(samples),
    ]


def _compare(
    samples: Samples, what: str, case: str, ours: Peer, peer: Peer, figure: str, most: float
) -> Iterator[Verdict]:
    value = ratio(samples, case, ours.name, peer.name, figure)
    if value is not None:
        yield Verdict(f"{what}, {case}: {ours.name} at most {most:g} × {peer.name}", f"{value:.2f} ×", value <= most)


def _fanout(samples: Samples) -> Iterator[Verdict]:
    samples = samples.of("fanout")
    limits = ((OMNILENS, NODE_ROOM, 0.65), (DELIVERY, FLOOR, 1.25), (DELIVERY, NCHAN, 1.1), (DELIVERY, BUN, 1.1))
    for case in samples.cases:
        if case.startswith(("1,000 ", "10,000 ")):
            for ours, peer, most in limits:
                yield from _compare(samples, "CPU per delivery", case, ours, peer, "cpu per delivery", most)


def _burst(samples: Samples) -> Iterator[Verdict]:
    samples = samples.of("burst")
    for peer, most in ((NODE_ROOM, 0.25), (FLOOR, 1.0)):
        yield from _compare(samples, "CPU per delivery", BURST, OMNILENS, peer, "cpu per delivery", most)


def _connect(samples: Samples) -> Iterator[Verdict]:
    samples = samples.of("connect")
    for case in samples.cases:
        yield from _compare(samples, "CPU per connect", case, OMNILENS, NODE_ROOM, "cpu per connect", 1.0)
        yield from _compare(samples, "Memory per connection", case, OMNILENS, NODE_ROOM, "memory per connection", 0.5)
        each = samples.median(case, OMNILENS.name, "memory per connection")
        if each is not None:
            yield Verdict(f"Memory per connection, {case}: at most 8 KB", f"{each / 1024:.1f} KB", each <= 8 * 1024)
    total = samples.median("10,000 clients", OMNILENS.name, "memory")
    if total is not None:
        yield Verdict("Memory of 10,000 clients: under 120 MB in all", f"{total / MB:.0f} MB", total < 120 * MB)


def _intake(samples: Samples) -> Iterator[Verdict]:
    samples = samples.of("intake")
    for case in samples.cases:
        value = ratio(samples, case, OMNILENS.name, NODE_ROOM.name, "webhooks per second and core")
        if value is not None:
            yield Verdict(
                f"Webhooks per second and core, {case}: at least 1 × Node (aim: 1.3)", f"{value:.2f} ×", value >= 1
            )
        durable = ratio(samples, case, SQLITE.name, OMNILENS.name, "webhooks per second")
        if durable is not None:
            target = f"Webhooks per second, {case}: synced to SQLite at least 0.6 × in memory"
            yield Verdict(target, f"{durable:.2f} ×", durable >= 0.6)


def _latency(samples: Samples) -> Iterator[Verdict]:
    p99 = samples.of("latency").median(at_rate(100), OMNILENS.name, "p99")
    if p99 is not None:
        target = "From webhook to browser, p99, 100 webhooks/s, 1,000 subscribers: under 50 ms"
        yield Verdict(target, f"{p99 * 1e3:.1f} ms", p99 < 0.05)


def _stall(samples: Samples) -> Iterator[Verdict]:
    samples = samples.of("stall")
    for case in samples.cases:
        growth, cut, delivered, p99, alone = (
            samples.median(case, DELIVERY.name, figure) for figure in ("growth", "cut", "delivered", "p99", "p99 alone")
        )
        if growth is None or cut is None or delivered is None or p99 is None or alone is None:
            return
        yield Verdict("A client that stalls is cut", "cut" if cut else "kept", bool(cut))
        most = WAITING + 2 * MB
        yield Verdict("Memory grows by at most 1 MiB and 2 MB for it", f"{growth / MB:.1f} MB", growth <= most)
        yield Verdict("The others get every update", f"{delivered:.0%}", delivered == 1)
        unnoticed = p99 <= max(2 * alone, alone + 0.001)
        yield Verdict(
            "The others do not notice: p99 as before", f"{p99 * 1e3:.2f} ms, before {alone * 1e3:.2f}", unnoticed
        )


def _storm(samples: Samples) -> Iterator[Verdict]:
    samples = samples.of("storm")
    for case in samples.cases:
        wrong, again = (samples.median(case, OMNILENS.name, figure) for figure in ("wrong", "live again"))
        if wrong is not None and again is not None:
            target = f"{case} that reconnect within a second are all live again, none stale or given anything twice"
            yield Verdict(target, f"{again:.1f} s, {wrong:.0f} wrong", wrong == 0)


def _measuring(samples: Samples) -> Iterator[Verdict]:
    samples = samples.of("measuring")
    for case in samples.cases:
        with_it, without = (samples.spread(case, peer.name, "cpu") for peer in (OMNILENS, UNMEASURED))
        if with_it and without:
            # By the lowest: what else goes on here only ever adds, and more than the difference.
            value = with_it.low / without.low
            target = f"Measuring costs less than 5 %, by the lowest of all rounds: {case}"
            yield Verdict(target, f"{100 * (value - 1):.1f} %", value < 1.05)


def _restart(samples: Samples) -> Iterator[Verdict]:
    ready = samples.of("restart").median(of_events(100_000), SQLITE.name, "until ready")
    if ready is not None:
        yield Verdict("A start with 100,000 events in the journal: under 10 s", f"{ready:.1f} s", ready < 10)
