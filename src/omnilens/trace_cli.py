"""``omnilens trace``: where a delivery was, and when."""

from __future__ import annotations

import sys
from urllib.parse import quote

import msgspec
from rich.console import Console
from rich.table import Table

from omnilens.asking_cli import COULD_NOT, NotAnswered, ask
from omnilens.pipeline.trace import Trace
from omnilens.settings import Settings

NOT_KNOWN = 1
"""The exit code where the server knows nothing of it."""


def trace(settings: Settings, delivery: str, url: str, as_json: bool) -> int:
    """Print it. Returns the exit code."""
    try:
        found = ask(settings, url, "GET", f"/api/deliveries/{quote(delivery, safe='')}/trace", Trace)
    except NotAnswered as error:
        Console(stderr=True).print(str(error), highlight=False, soft_wrap=True, markup=False)
        return NOT_KNOWN if error.code == "delivery-not-found" else COULD_NOT
    if as_json:
        sys.stdout.write(msgspec.json.encode(found).decode() + "\n")
    else:
        _show(found)
    return 0


def _show(trace: Trace) -> None:
    console = Console(highlight=False, soft_wrap=True)
    about = [trace.outcome, trace.repo, trace.run and f"run {trace.run}", trace.seq and f"seq {trace.seq}"]
    console.print(f"{trace.delivery}: {', '.join(str(each) for each in about if each)}", markup=False)
    table = Table("", "UTC", "after", "", box=None, pad_edge=False, header_style="dim")
    table.columns[2].justify = "right"
    for step in trace.steps:
        table.add_row(step.place, f"{step.at:%H:%M:%S.%f}", _span(step.after), step.detail)
    console.print(table)
    if trace.came > 1:
        console.print(f"It came {trace.came} times; only the first counted.")
    if not trace.whole:
        console.print("Another server took it, or it was too long ago: the times between are not known here.")


def _span(seconds: float | None) -> str:
    if seconds is None:
        return ""
    if abs(seconds) < 0.001:
        return f"{seconds * 1_000_000:+.0f} µs"
    return f"{seconds * 1_000:+.1f} ms" if abs(seconds) < 1 else f"{seconds:+.2f} s"
