"""What a day is compared with: for each workflow how it ended the day before, when it last ran, how long it takes."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from msgspec import Struct

from omnilens.insights.durations import Usual, passed, took, usual
from omnilens.insights.schedules import expected_starts
from omnilens.model import Conclusion, Repository, Run, Status, Timestamp

DAYS_BACK = 30
"""What did not run for longer is no longer missed."""
MEASURED = 50
"""Of the last runs that passed so many tell what is usual: what was changed a month ago is soon forgotten."""

Verdict = Literal["passed", "failed"]


class LastRun(Struct, frozen=True, kw_only=True):
    """A run, as much as one line says of it."""

    id: int
    run_number: int | None
    status: Status
    conclusion: Conclusion | None
    head_branch: str | None
    run_started_at: Timestamp
    updated_at: Timestamp


class WorkflowPast(Struct, frozen=True, kw_only=True):
    """A workflow as it was before the day."""

    workflow_id: int | None
    name: str
    """As it was called last."""
    before: Verdict | None
    """How the last run ended that passed or failed on the day before; nothing if there was none."""
    last_run: LastRun | None
    """The last one that started before the day; nothing if the first one was on it."""
    usual: Usual | None
    """Of its last runs that passed, up to the end of the day; nothing where there are too few to say."""
    expected: tuple[Timestamp, ...]
    """When its schedule should start it on this day, going by the days before."""


class WorkflowList(Struct, frozen=True, kw_only=True):
    """What ran on a day or in the 30 days before it, by name."""

    repo: Repository
    date: str
    tz: str
    since: Timestamp
    """How far back was looked."""
    from_history: bool
    """Whether there is a history; else only what is in memory is known, which are two days."""
    workflows: tuple[WorkflowPast, ...]


class _Known:
    """What is known of one workflow."""

    __slots__ = ("before", "last", "newest", "scheduled", "seconds")

    def __init__(self, run: Run) -> None:
        self.newest = run
        self.last: Run | None = None
        self.before: Run | None = None
        self.seconds: deque[tuple[datetime, int]] = deque()
        self.scheduled: list[datetime] = []


class Recollection:
    """Takes in the runs from `since` to the end of a day, in any order, each once."""

    def __init__(self, since: datetime, day_before: datetime, start: datetime, end: datetime) -> None:
        """The day is from `start` to `end`, the one before it begins at `day_before`."""
        self._since = since
        self._day_before = day_before
        self._start = start
        self._end = end
        self._known: dict[int | str, _Known] = {}

    def add(self, runs: Iterable[Run]) -> None:
        """Take in what started in that time; of others nothing is taken."""
        for run in runs:
            if self._since <= run.run_started_at < self._end:
                self._add(run)

    def _add(self, run: Run) -> None:
        known = self._known.setdefault(run.workflow_id or run.name, _Known(run))
        known.newest = _later(known.newest, run)
        if run.run_started_at < self._start:
            known.last = _later(known.last, run)
        decided = passed(run) or run.failed
        if decided and self._day_before <= run.updated_at < self._start:
            known.before = run if known.before is None or run.updated_at > known.before.updated_at else known.before
        if passed(run):
            known.seconds.append((run.run_started_at, took(run)))
        if run.event == "schedule" and run.created_at and run.created_at < self._start:
            known.scheduled.append(run.created_at)

    def workflows(self) -> tuple[WorkflowPast, ...]:
        """All of them, by name."""
        told = (self._told(known) for known in self._known.values())
        return tuple(sorted(told, key=lambda each: (each.name.casefold(), each.workflow_id or 0)))

    def _told(self, known: _Known) -> WorkflowPast:
        last_seconds = [seconds for _, seconds in sorted(known.seconds)[-MEASURED:]]
        return WorkflowPast(
            workflow_id=known.newest.workflow_id,
            name=known.newest.name,
            before=None if known.before is None else "passed" if passed(known.before) else "failed",
            last_run=_line(known.last) if known.last else None,
            usual=usual(last_seconds),
            expected=expected_starts(known.scheduled, self._start, self._end),
        )


def _later(one: Run | None, other: Run) -> Run:
    return other if one is None or other.run_started_at >= one.run_started_at else one


def _line(run: Run) -> LastRun:
    return LastRun(
        id=run.id,
        run_number=run.run_number,
        status=run.status,
        conclusion=run.conclusion,
        head_branch=run.head_branch,
        run_started_at=run.run_started_at,
        updated_at=run.updated_at,
    )
