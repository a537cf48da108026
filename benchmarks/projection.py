"""From what one request and one update cost to what an hour costs, with the arithmetic."""

from __future__ import annotations

from dataclasses import dataclass

from samples import Samples
from scenarios.polling import BROWSERS, CASE, EVERY, WEBHOOKS_PER_MINUTE

HOUR = 3600


@dataclass(frozen=True, slots=True)
class Hour:
    how: str
    arithmetic: str
    cpu: float
    bytes: float


def hours(samples: Samples) -> list[Hour]:
    """An hour of each way; nothing if not all was measured."""
    cost = _costs(samples.of("polling"))
    if len(cost) < 5:
        return []
    polls, updates = BROWSERS * HOUR // EVERY, WEBHOOKS_PER_MINUTE * 60
    runs, same, overview = (
        cost[name] for name in ("poll of the runs", "poll of the runs, unchanged", "poll of the overview")
    )
    push, beats = cost["push of an update to all"], cost["heartbeats of all, a second"]
    each = f"{BROWSERS:,} × {HOUR // EVERY} × "
    return [
        _polling("polling, all of it every time", each, runs, overview, polls),
        _polling("polling, with ETag, nothing changes", each, same, overview, polls),
        Hour(
            f"push, {WEBHOOKS_PER_MINUTE} webhooks a minute",
            f"{updates} × {push[0] * 1e3:.1f} ms + {HOUR} × {beats[0] * 1e3:.1f} ms of heartbeats",
            updates * push[0] + HOUR * beats[0],
            updates * push[1] + HOUR * beats[1],
        ),
    ]


Cost = tuple[float, float]


def _polling(how: str, each: str, runs: Cost, overview: Cost, polls: int) -> Hour:
    return Hour(
        how,
        f"{each}({runs[0] * 1e6:.0f} + {overview[0] * 1e6:.0f}) µs",
        polls * (runs[0] + overview[0]),
        polls * (runs[1] + overview[1]),
    )


def _costs(samples: Samples) -> dict[str, Cost]:
    found: dict[str, Cost] = {}
    for what in samples.peers(CASE):
        cpu, size = samples.median(CASE, what, "cpu"), samples.median(CASE, what, "bytes")
        if cpu is not None and size is not None:
            found[what] = (cpu, size)
    return found
