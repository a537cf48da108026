"""How the board looks in a terminal: what is broken, what runs and how far it is, and the rest."""

from __future__ import annotations

from datetime import datetime, timedelta

from rich.console import Group, RenderableType
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from omnilens.model import Conclusion, JobUpdate, RunDetail, Update
from omnilens.watching.view import Section, View, Workflow, place_of, word_of, workflows_of

_STYLES = {Section.BROKEN: "bold red", Section.RUNNING: "blue", Section.REST: "default"}
_MARKS = {Section.BROKEN: "✗", Section.RUNNING: "●", Section.REST: "·"}
"""Beside the colour and the word, for those who do not see the one."""


def board(view: View, status: Text, now: datetime) -> RenderableType:
    """Everything, with `status` saying how live it is."""
    found = workflows_of(view)
    head = Text.assemble((view.repo.full_name, "bold"), "  ", status)
    if not found:
        return Group(head, Text("No workflow has run since yesterday.", style="dim"))
    table = Table(box=None, pad_edge=False, show_header=False, expand=True, padding=(0, 2, 0, 0))
    for ratio in (None, 2, 3, 2, None):
        table.add_column(ratio=ratio, no_wrap=True, overflow="ellipsis")
    for workflow in found:
        table.add_row(*_row(workflow, now))
    return Group(head, Text(), table)


def live(latest: datetime | None, now: datetime) -> Text:
    """That it is live."""
    said = f"updated {age(now - latest)} ago" if latest else "no update yet"
    return Text.assemble(("● live", "green"), (f"  {said}", "dim"))


def down(cause: str, since: datetime, now: datetime) -> Text:
    """That it is not."""
    return Text.assemble(("✗ not live", "bold red"), f"  for {age(now - since)}: {cause} Trying again.")


def asks(reason: str, seconds: float) -> Text:
    """That it is not, and what it does instead."""
    return Text.assemble(("○ not live", "yellow"), f"  {reason} Asks every {seconds:g} s instead.")


def line(update: Update) -> str:
    """An update as one line, for what is no terminal."""
    run = update.runData
    number = f" #{run.run_number}" if run.run_number else ""
    of = f" / {update.jobData.name}" if isinstance(update, JobUpdate) else ""
    word = word_of(update.jobData if isinstance(update, JobUpdate) else run)
    facts = " · ".join(filter(None, [run.head_branch, run.actor.login if run.actor else None, run.display_title]))
    return f"{update.timestamp:%Y-%m-%dT%H:%M:%SZ} {run.name}{number}{of} {word}  {facts}".rstrip()


def age(span: timedelta) -> str:
    """How long ago, coarse on purpose."""
    seconds = max(0, int(span.total_seconds()))
    for unit, length in (("d", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= (2 * length if unit == "d" else length):
            return f"{seconds // length} {unit}"
    return f"{seconds} s"


def _row(workflow: Workflow, now: datetime) -> tuple[RenderableType, ...]:
    run = workflow.latest
    section = workflow.section
    passed = run.conclusion is Conclusion.SUCCESS
    style = "green" if section is Section.REST and passed else _STYLES[section]
    mark = "✓" if passed else _MARKS[section]
    return (
        Text(f"{mark} {word_of(run)}", style=style),
        Text(run.name, style="bold" if section is Section.BROKEN else "default"),
        _doing(workflow, now),
        Text(_origin(run), style="dim"),
        Text(age(now - workflow.since), justify="right"),
    )


def _doing(workflow: Workflow, now: datetime) -> RenderableType:
    run, section, since, usual, claim = workflow
    if section is Section.RUNNING and usual:
        gone = (now - since).total_seconds()
        total = max(usual.total_seconds(), 1.0)
        late = gone > total
        grid = Table.grid(padding=(0, 1), expand=True)
        grid.add_column(ratio=1)
        grid.add_column(no_wrap=True)
        style = "yellow" if late else "blue"
        bar = ProgressBar(total=total, completed=min(gone, total), complete_style=style, finished_style=style)
        grid.add_row(bar, Text(f"of usually {age(usual)}", style="yellow" if late else "dim"))
        return grid
    doing = Text(place_of(run) if section is not Section.REST else run.display_title, style="dim")
    if claim is None:
        return doing
    who = Text(f"{claim.name} is on it · {age(now - claim.at)}")
    return Text(" · ").join([who, doing]) if doing else who


def _origin(run: RunDetail) -> str:
    return " · ".join(filter(None, [run.head_branch, run.actor.login if run.actor else None]))
