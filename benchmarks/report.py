"""The tables: on the console, and in docs/benchmarks.md between its two markers, with a chart for each."""

from __future__ import annotations

import platform
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table as Grid

import catalogue
from chart import Bar, bars
from projection import hours
from samples import Samples
from servers import Cores
from tables import OURS, TABLES, Column, Table, heads, rows
from targets import judge

DOCS = catalogue.HERE.parent / "docs"
PAGE = DOCS / "benchmarks.md"
MIGRATION = DOCS / "migration.md"
CHARTS = DOCS / "benchmarks"
RESULTS = CHARTS / "results.json"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
WIDE = 140


def machine(cores: Cores, rounds: int) -> str:
    """What it was measured on, in general terms."""
    model = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    kernel = ".".join(platform.release().split(".")[:2])
    pinned = "a core each" if cores.server != cores.load else "one core together"
    times = "one round" if rounds == 1 else f"medians of {rounds} rounds"
    parts = [model[1] if model else platform.machine(), f"Linux {kernel}", *_versions()]
    return f"Measured on {', '.join(parts)}; server and load on {pinned}, {times}."


def _versions() -> Iterator[str]:
    commands = (
        ("Python", [catalogue.server_python(), "-V"]),
        ("Node.js", ["node", "--version"]),
        ("nginx", ["nginx", "-v"]),
    )
    for name, command in commands:
        if program := shutil.which(command[0]) or shutil.which(command[0], path="/usr/sbin"):
            said = subprocess.run([program, *command[1:]], capture_output=True, text=True, check=False)
            if version := re.search(r"\d+(\.\d+)+", said.stdout + said.stderr):
                yield f"{name} {version[0]}"


# On the console


def console(samples: Samples) -> None:
    screen = Console()
    if not screen.is_terminal:
        screen = Console(width=WIDE)
    for table in TABLES:
        found = samples.of(table.scenario)
        if found.all:
            screen.print(_grid(table, found))
    for hour in hours(samples):
        screen.print(f"{hour.how}: {hour.cpu:,.0f} CPU s and {hour.bytes / 1e6:,.0f} MB an hour = {hour.arithmetic}")
    for verdict in judge(samples):
        screen.print(f"{'[green]✓' if verdict.met else '[red]✗'}[/] {verdict.target}: {verdict.measured}")
    for name, why in samples.skipped.items():
        screen.print(f"[yellow]skipped[/] {name}: {why}")


def _grid(table: Table, samples: Samples) -> Grid:
    grid = Grid(title=table.title, title_justify="left")
    for title in heads(table, samples):
        grid.add_column(title, justify="right" if title else "left", overflow="fold")
    for case in samples.cases:
        grid.add_section()
        grid.add_row(f"[bold]{case}[/]")
        for row in rows(table, samples):
            if row.case == case:
                grid.add_row(row.peer, *row.cells, style="bold" if row.ours else None)
    return grid


# In the documentation


def write(samples: Samples) -> None:
    """Put what was measured between the markers of the pages."""
    _put(PAGE, [samples.machine, "", *_body(samples)])
    if hours(samples):
        _put(MIGRATION, _hours(samples))
    CHARTS.mkdir(exist_ok=True)
    for table in TABLES:
        found = samples.of(table.scenario)
        for column in table.columns if found.all else ():
            if column.drawn != "no":
                _file(table, column).write_text(_chart(table, column, found), encoding="utf-8")


def _put(page: Path, lines: Iterable[str]) -> None:
    before, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    page.write_text(before + "\n".join([BEGIN, "", *lines, END]) + after, encoding="utf-8")


def _body(samples: Samples) -> Iterator[str]:
    yield from _targets(samples)
    for table in TABLES:
        found = samples.of(table.scenario)
        if not found.all:
            continue
        yield from (f"## {table.title}", "", table.note, "")
        for column in table.columns:
            if column.drawn != "no":
                yield from (f"![{table.title}: {column.title}](benchmarks/{_file(table, column).name})", "")
        yield from _markdown(table, found)
        if table.scenario == "polling":
            yield from _hours(samples)
    if samples.skipped:
        yield from ("Not installed, and so not measured:", "")
        yield from (f"- {name}: {why}" for name, why in samples.skipped.items())
        yield ""


def _targets(samples: Samples) -> Iterator[str]:
    verdicts = judge(samples)
    if verdicts:
        yield from ("## Targets", "", f"{sum(each.met for each in verdicts)} of {len(verdicts)} are met.", "")
        yield from _lines(["", "target", "measured"], [["✓" if v.met else "✗", v.target, v.measured] for v in verdicts])


def _markdown(table: Table, samples: Samples) -> Iterator[str]:
    for case in samples.cases:
        found = [row for row in rows(table, samples) if row.case == case]
        cells = [[f"**{row.peer}**" if row.ours else row.peer, *row.cells] for row in found]
        yield from _lines([case, *heads(table, samples)[1:]], cells)


def _hours(samples: Samples) -> Iterator[str]:
    cells = [[hour.how, hour.arithmetic, f"{hour.cpu:,.0f}", f"{hour.bytes / 1e6:,.0f}"] for hour in hours(samples)]
    if cells:
        yield from ("An hour of a board that 1,000 browsers look at:", "")
        yield from _lines(["", "arithmetic", "CPU s", "MB"], cells)


def _lines(titles: Sequence[str], cells: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(titles)} |"
    yield f"| --- |{' ---: |' * (len(titles) - 1)}" if titles[0] else f"| --- | --- |{' ---: |' * (len(titles) - 2)}"
    yield from (f"| {' | '.join(row)} |" for row in cells)
    yield ""


def _file(table: Table, column: Column) -> Path:
    return CHARTS / f"{table.scenario}-{column.figure.replace(' ', '-')}.svg"


def _chart(table: Table, column: Column, samples: Samples) -> str:
    """Of the largest case."""
    case = samples.cases[-1]
    found = []
    for peer in samples.peers(case):
        if spread := samples.spread(case, peer, column.figure):
            text = column.write(spread.median)
            found.append(Bar(peer, spread.median, spread.low, spread.high, text, peer in OURS))
    return bars(f"{table.title}: {case}", column.title, found, logarithmic=column.drawn == "logarithmic")
