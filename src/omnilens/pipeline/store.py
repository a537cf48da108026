"""The board in memory: what every run is now, and the updates of the last half hour for clients that were away.

A function of the journal and nothing else, so that every server that reads the same journal holds the same board and
the same numbers. Snapshot and updates come from the one function ``apply``: a snapshot taken at one ``seq`` together
with the updates after it is the snapshot taken later.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any, NamedTuple

from msgspec.structs import replace

from omnilens.model import FAILED, Job, JobUpdate, JobUpdateType, Run, Status, Update, UpdateType, WorkflowUpdate
from omnilens.pipeline.actors import is_by, without
from omnilens.pipeline.change import Change, RunReported
from omnilens.pipeline.earlier import Earlier, Recording
from omnilens.pipeline.journal import Entry
from omnilens.pipeline.merge import RunState, RunView, merge, tells, view

RUNS_KEPT = timedelta(hours=48)
"""Two days cover "today" and "yesterday" in every time zone."""
MAX_RUNS = 5_000
"""Runs kept for one repository; at about 2 KB each this bounds it to some ten megabytes."""
MAX_UPDATES = 20_000
"""Updates kept for one repository: three hundred-job matrix builds a minute for half an hour."""


class _Known(NamedTuple):
    """A run: what was reported, and what of that is shown."""

    state: RunState
    view: RunView


@dataclass(slots=True)
class _Board:
    """One repository."""

    seq: int = 0
    version: int = 0
    """Rises with everything that changes a snapshot, also with what nobody is told of."""
    forgotten: int = 0
    """The ``seq`` of the last update that is no longer kept: whoever saw less cannot be told what was missed."""
    last_event_at: datetime | None = None
    runs: OrderedDict[int, _Known] = field(default_factory=OrderedDict)
    """By id, the one that was heard of last at the end. A plain dict takes ever longer to find its first key."""
    updates: deque[Update] = field(default_factory=deque)
    earlier: Earlier = field(default_factory=Earlier)
    """The runs as they were before `updates`."""

    def keep(self, run_id: int, known: _Known) -> None:
        self.version += 1
        self.runs[run_id] = known
        self.runs.move_to_end(run_id)
        if len(self.runs) > MAX_RUNS:
            self.runs.popitem(last=False)

    def forget_oldest_update(self) -> None:
        oldest = self.updates.popleft()
        self.forgotten = oldest.seq
        self.earlier.pass_by(oldest)


class Store:
    """The runs of all repositories, by slug."""

    def __init__(self, version: int = 0) -> None:
        """Versions of snapshots are counted from `version`: one that no other process counts from."""
        self.epoch = ""
        """Names the history that every ``seq`` counts in."""
        self._boards: dict[str, _Board] = {}
        self._version = version
        self._unknown = 0

    def apply(self, entry: Entry) -> Update | None:
        """Take a change in. Returns what to tell those who watch, if anything became different for them."""
        seq, change = entry
        board = self._boards.get(change.repository.slug) or self._board(change.repository.slug)
        board.last_event_at = max(board.last_event_at or change.origin.received_at, change.origin.received_at)
        known = board.runs.get(change.run.id)
        before = known.state if known else RunState()
        state = merge(before, change)
        if state is before:
            return None
        after = view(state)
        board.keep(change.run.id, _Known(state, after))
        if not tells(change, known.view if known else None, after):
            return None
        update = _update(change, after, seq=seq, prev=board.seq)
        board.seq = seq
        board.earlier.note(change.run.id, known.view if known else None)
        board.updates.append(update)
        if len(board.updates) > MAX_UPDATES:
            board.forget_oldest_update()
        return update

    def reset(self, epoch: str) -> None:
        """Forget everything, and begin again in `epoch`."""
        self._version = 1 + max((board.version for board in self._boards.values()), default=self._version)
        self._boards.clear()
        self._unknown = 0
        self.epoch = epoch

    def skip(self, seq: int) -> None:
        """Go on after `seq` without knowing what there was up to it: nobody can be told."""
        self._unknown = seq
        self._version += 1
        for board in self._boards.values():
            board.seq = board.forgotten = seq
            board.version += 1
            board.updates.clear()
            board.earlier.clear()

    def begin(self, slug: str, seq: int, last_event_at: datetime) -> None:
        """Begin the board of a repository where its history ends. Nobody can be told what was before."""
        board = self._board(slug)
        board.seq = board.forgotten = seq
        board.last_event_at = board.earlier.since = last_event_at

    def restore(self, slug: str, state: RunState) -> None:
        """Put a run of the history on the board, without telling anybody."""
        shown = view(state)
        self._board(slug).keep(shown.run.id, _Known(state, shown))

    def changed_past(self, slug: str) -> None:
        """The history of a repository has become another: snapshots of its days are no longer what they were."""
        self._board(slug).version += 1

    def knows(self, slug: str) -> bool:
        """Whether something of a repository is here."""
        return slug in self._boards

    def forget_actor(self, login: str) -> None:
        """Show nobody any more that a person triggered a run. Who has seen it is not told."""
        for board in self._boards.values():
            for run_id, known in board.runs.items():
                stripped = without(known.state, login)
                if stripped is not known.state:
                    board.runs[run_id] = _Known(stripped, view(stripped))
                    board.version += 1
            if any(is_by(update.runData, login) for update in board.updates):
                board.version += 1
                board.updates = deque(
                    replace(each, runData=replace(each.runData, actor=None)) if is_by(each.runData, login) else each
                    for each in board.updates
                )
            board.earlier.without(login)

    def seq(self, slug: str) -> int:
        """The ``seq`` of the last update of a repository, 0 before the first."""
        board = self._boards.get(slug)
        return board.seq if board else self._unknown

    def version(self, slug: str) -> int:
        """Another number means another snapshot."""
        board = self._boards.get(slug)
        return board.version if board else self._version

    def last_event_at(self, slug: str) -> datetime | None:
        """When the last change of a repository was received."""
        board = self._boards.get(slug)
        return board.last_event_at if board else None

    def since(self, slug: str, seq: int) -> list[Update] | None:
        """The updates of a repository after `seq`; nothing (not: none) if that cannot be said without a hole."""
        board = self._boards.get(slug)
        if board is None:
            return [] if seq == self._unknown else None
        if not board.forgotten <= seq <= board.seq:
            return None
        missed = list(takewhile(lambda update: update.seq > seq, reversed(board.updates)))
        return missed[::-1]

    def recording(self, slug: str) -> Recording:
        """A repository as it was before all updates that are kept, and those updates."""
        board = self._boards.get(slug)
        if board is None:
            return Recording(None, self._unknown, [], [])
        views = board.earlier.board({run_id: known.view for run_id, known in board.runs.items()})
        return Recording(board.earlier.since, board.forgotten, list(views.values()), list(board.updates))

    def runs(self, slug: str, start: datetime, end: datetime) -> list[RunView]:
        """The runs of a repository that were active between `start` and `end`, newest first.

        A run belongs to every day it was active in: the one it started on, and each one until it completed.
        """
        board = self._boards.get(slug)
        runs = board.runs.values() if board else ()
        active = [known.view for known in runs if _active_between(known.view.run, start, end)]
        return newest_first(active)

    def all_runs(self, slug: str) -> list[RunView]:
        """Every run of a repository that is here, in no particular order."""
        board = self._boards.get(slug)
        return [known.view for known in board.runs.values()] if board else []

    def run(self, slug: str, run_id: int) -> RunView | None:
        """One run, with all its steps."""
        board = self._boards.get(slug)
        known = board.runs.get(run_id) if board else None
        return known.view if known else None

    def state(self, slug: str, run_id: int) -> RunState | None:
        """All that was reported of one run."""
        board = self._boards.get(slug)
        known = board.runs.get(run_id) if board else None
        return known.state if known else None

    def unfinished(self, slug: str) -> list[RunView]:
        """The runs of a repository that are not completed, as far as is known."""
        board = self._boards.get(slug)
        runs = board.runs.values() if board else ()
        return [known.view for known in runs if not known.view.run.completed]

    def states(self) -> list[tuple[str, RunState]]:
        """All runs with the slug of their repository, each repository's in the order in which they were heard of."""
        return [(slug, known.state) for slug, board in self._boards.items() for known in board.runs.values()]

    def forget(self, now: datetime, retention: timedelta) -> None:
        """Let go of updates older than `retention`, and of runs that no day on show contains any more."""
        for board in self._boards.values():
            while board.updates and board.updates[0].timestamp < now - retention:
                board.forget_oldest_update()
            board.earlier.tidy(board.updates)
            for run_id, known in list(board.runs.items()):
                if known.view.run.updated_at < now - RUNS_KEPT:
                    del board.runs[run_id]
                    board.version += 1

    def _board(self, slug: str) -> _Board:
        fresh = _Board(seq=self._unknown, forgotten=self._unknown, version=self._version)
        return self._boards.setdefault(slug, fresh)


def newest_first(views: Iterable[RunView]) -> list[RunView]:
    """In the order in which runs are listed."""
    return sorted(views, key=lambda view: (view.run.run_started_at, view.run.id), reverse=True)


def _active_between(run: Run, start: datetime, end: datetime) -> bool:
    return run.run_started_at < end and (not run.completed or run.updated_at >= start)


def _update(change: Change, view: RunView, *, seq: int, prev: int) -> Update:
    run = view.run
    about: dict[str, Any] = {
        "repoSlug": change.repository.slug,
        "workflowId": run.id,
        "workflowName": run.name,
        "timestamp": change.origin.received_at,
        "runData": run,
        "seq": seq,
        "prev": prev,
    }
    if isinstance(change, RunReported):
        return WorkflowUpdate(type=_run_type(run), status=run.status, conclusion=run.conclusion, **about)
    # As the board has it, which may be newer than this delivery; a job beyond the limit of a run is not on the board.
    job = next((job for job in view.jobs if job.id == change.job.id), change.job)
    return JobUpdate(type=_job_type(job), status=job.status, conclusion=job.conclusion, jobData=job, **about)


def _run_type(run: Run) -> UpdateType:
    if run.failed:
        return "workflow_failed"
    return "workflow_completed" if run.completed else "workflow_started"


def _job_type(job: Job) -> JobUpdateType:
    if job.conclusion in FAILED:
        return "job_failed"
    if job.status is Status.COMPLETED:
        return "job_completed"
    return "job_started" if job.status is Status.IN_PROGRESS else "job_queued"
