"""Which figures each scenario shows, under which names, and how its rows are written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from catalogue import DELIVERY, OMNILENS
from samples import Samples, Spread
from scenarios.journal import MEMORY

Format = Callable[[float], str]
OURS = (OMNILENS.name, DELIVERY.name)
SHORT = {OMNILENS.name: "OmniLens", DELIVERY.name: "delivery alone", MEMORY.name: "in memory"}


@dataclass(frozen=True, slots=True)
class Column:
    title: str
    figure: str
    write: Format
    drawn: Literal["no", "linear", "logarithmic"] = "no"


@dataclass(frozen=True, slots=True)
class Table:
    """The first column is what peers are compared by: the base divided by theirs, so that below 1 is better or, for a
    rate, above."""

    scenario: str
    title: str
    columns: tuple[Column, ...]
    note: str = ""
    bases: tuple[str, ...] = OURS
    """Those that the others are compared with."""


def microseconds(value: float) -> str:
    return f"{value * 1e6:,.1f}" if value < 1e-4 else f"{value * 1e6:,.0f}"


def milliseconds(value: float) -> str:
    return f"{value * 1e3:,.1f}" if value < 0.1 else f"{value * 1e3:,.0f}"


def seconds(value: float) -> str:
    return f"{value:.1f}"


def whole(value: float) -> str:
    return f"{value:,.0f}"


def kilobytes(value: float) -> str:
    return f"{value / 1024:,.1f}"


def megabytes(value: float) -> str:
    return f"{value / 1024 / 1024:,.1f}"


def percent(value: float) -> str:
    return f"{value:.0%}"


def yes(value: float) -> str:
    return "yes" if value else "no"


P50 = Column("p50 ms", "p50", milliseconds)
P99 = Column("p99 ms", "p99", milliseconds)

TABLES = (
    Table(
        "fanout",
        "One update to everybody",
        (
            Column("CPU µs per delivery", "cpu per delivery", microseconds, "linear"),
            Column("deliveries/s", "deliveries per second", whole),
            P50,
            P99,
            Column("bytes", "bytes", whole),
        ),
        "The next update is sent when everyone has the last: one write for each delivery. OmniLens takes signed "
        "webhooks of 20 KB, all of that included, and sends its own larger updates; the others take the same plain "
        "POST and send the same bytes.",
    ),
    Table(
        "burst",
        "A burst of webhooks",
        (
            Column("CPU µs per delivery", "cpu per delivery", microseconds, "linear"),
            Column("whole burst ms", "seconds", milliseconds),
            P50,
            P99,
        ),
        "All at once, over a connection each; time runs from the first byte sent to the last update read. OmniLens, "
        "Node and python-socketio take signed webhooks of 20 KB, the others plain updates.",
    ),
    Table(
        "connect",
        "Connections",
        (
            Column("CPU µs per connect", "cpu per connect", microseconds, "linear"),
            Column("memory KB each", "memory per connection", kilobytes, "linear"),
            Column("in all MB", "memory", megabytes),
            Column("connects/s", "connects per second", whole),
        ),
        "Handshake, CONNECT and an acknowledged subscription; for nginx and Bun the WebSocket handshake alone. Memory "
        "is resident memory, two seconds after the last of them.",
    ),
    Table(
        "intake",
        "Webhook intake",
        (
            Column("CPU µs each", "cpu per webhook", microseconds, "linear"),
            Column("per second and core", "webhooks per second and core", whole),
            Column("per second", "webhooks per second", whole),
            P50,
            P99,
        ),
        "GitHub's own example bodies, each of another run and signed, over 100 connections, nobody watching. OmniLens "
        "verifies, decodes, journals in memory, merges, and writes two log lines; Node verifies, parses, picks the "
        "fields and logs a line; python-socketio does as Node does.",
    ),
    Table(
        "journal",
        "Journals",
        (
            Column("appends/s", "appends per second", whole),
            Column("MB/s", "bytes per second", megabytes),
            P50,
            P99,
            Column("CPU µs each", "cpu", microseconds),
            Column("its server's µs", "server cpu", microseconds),
            Column("its KB each", "server memory", kilobytes),
        ),
        "Changes of GitHub's own example runs and jobs, as JSON, appended by one process: what waits at the same time "
        "shares a transaction. SQLite, PostgreSQL and Redis (`appendfsync always`) sync each of them to the disk; the "
        "two servers have a core of their own, and Redis all that it keeps in its memory. Where nodes share it, each "
        "takes its part and reads everything; the CPU time is that of one of them.",
        bases=(MEMORY.name,),
    ),
    Table(
        "latency",
        "From webhook to browser",
        (
            replace(P99, drawn="logarithmic"),
            P50,
            Column("max ms", "max", milliseconds),
            Column("of its core", "core", percent),
        ),
        "1,000 subscribers; webhooks of 20 KB come at a fixed rate whether or not the server keeps up, and latency "
        "counts from when one was due.",
    ),
    Table(
        "stall",
        "One client stops reading",
        (
            Column("memory grew MB", "growth", megabytes),
            Column("was cut", "cut", yes),
            Column("p99 of others ms", "p99", milliseconds),
            Column("p99 before ms", "p99 alone", milliseconds),
            Column("others got", "delivered", percent),
        ),
        "Five more clients read all the while. Measured once, on the delivery layer alone.",
    ),
    Table(
        "storm",
        "Everybody reconnects",
        (
            Column("live again s", "live again", seconds),
            Column("CPU µs per client", "cpu per client", microseconds),
            Column("webhook answered, p99 ms", "answer p99", milliseconds),
            Column("clients with a wrong view", "wrong", whole),
        ),
        "All connections break at once and come back at moments spread over one second, with webhooks going on. Until "
        "the last one is subscribed again and has been given what it missed; the clients are in Python, on one core. "
        "A view is wrong if any update of the whole run is missing, came twice or came out of order.",
    ),
    Table(
        "restart",
        "A start with a full journal",
        (
            Column("seconds until ready", "until ready", seconds),
            Column("CPU s", "cpu", seconds),
            Column("memory MB", "memory", megabytes),
        ),
        "From the start of the process until `/readyz` says 200: the board, the numbers and the updates for those who "
        "were away are what they were. The events are those of runs with two jobs in ten repositories, in SQLite.",
    ),
    Table(
        "measuring",
        "What measuring costs",
        (Column("CPU µs", "cpu", microseconds),),
        "The same server twice: as it is, and with counters that do not count, no times noted and nobody to look at "
        "them. The updates go one after the other.",
        bases=(OMNILENS.name,),
    ),
    Table(
        "polling",
        "Polling or push",
        (Column("CPU µs", "cpu", microseconds), Column("bytes", "bytes", whole)),
        "What one of each costs OmniLens, with 200 runs on the board and 1,000 browsers.",
    ),
)


@dataclass(frozen=True, slots=True)
class Row:
    case: str
    peer: str
    cells: tuple[str, ...]
    ours: bool


def heads(table: Table, samples: Samples) -> list[str]:
    first, *others = (column.title for column in table.columns)
    return ["", first, "lowest–highest", *(f"{SHORT[name]} ÷ it" for name in bases(table, samples)), *others]


def bases(table: Table, samples: Samples) -> list[str]:
    """Those that the others are compared with, where there are others."""
    peers = {each.peer for each in samples.all}
    return [name for name in table.bases if name in peers] if len(peers) > 1 else []


def rows(table: Table, samples: Samples) -> list[Row]:
    return [
        Row(case, peer, _cells(table, samples, case, peer), peer in OURS)
        for case in samples.cases
        for peer in samples.peers(case)
    ]


def _cells(table: Table, samples: Samples, case: str, peer: str) -> tuple[str, ...]:
    first, *others = table.columns
    width = len(heads(table, samples)) - 1
    problem = samples.problem(case, peer)
    spread = samples.spread(case, peer, first.figure)
    if spread is None:
        return (f"failed: {problem}", *[""] * (width - 1))
    found = bases(table, samples)
    ratios = ["" if peer in found else _ratio(samples, case, name, peer, first.figure) for name in found]
    rest = [_cell(column, samples.spread(case, peer, column.figure)) for column in others]
    return (first.write(spread.median), f"{first.write(spread.low)}–{first.write(spread.high)}", *ratios, *rest)


def _cell(column: Column, spread: Spread | None) -> str:
    return column.write(spread.median) if spread else ""


def _ratio(samples: Samples, case: str, ours: str, theirs: str, figure: str) -> str:
    value = ratio(samples, case, ours, theirs, figure)
    return "" if value is None else f"{value:.2f}"


def ratio(samples: Samples, case: str, ours: str, theirs: str, figure: str) -> float | None:
    above, below = samples.median(case, ours, figure), samples.median(case, theirs, figure)
    return above / below if above is not None and below else None
