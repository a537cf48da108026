"""The board in memory: what every run is now, and the updates of the last half hour for clients that were away.

A function of the journal and nothing else, so that every server that reads the same journal holds the same board and
the same numbers. Snapshot and updates come from the one function ``apply``: a snapshot taken at one ``seq`` together
with the updates after it is the snapshot taken later.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import takewhile
from operator import attrgetter

from omnilens.model import FAILED, Job, JobUpdate, JobUpdateType, RunDetail, Status, Update, WorkflowUpdate
from omnilens.pipeline.change import Change, JobReported, RunReported
from omnilens.pipeline.journal import Entry
from omnilens.pipeline.merge import RunState, merge, view

RUNS_KEPT = timedelta(hours=48)
"""Two days cover "today" and "yesterday" in every time zone."""
MAX_RUNS = 5_000
"""Runs kept for one repository; at about 2 KB each this bounds it to some ten megabytes."""
MAX_UPDATES = 20_000
"""Updates kept for one repository: three hundred-job matrix builds a minute for half an hour."""


@dataclass(slots=True)
class _Board:
    """One repository."""

    seq: int = 0
    forgotten: int = 0
    """The ``seq`` of the last update that is no longer kept: whoever saw less cannot be told what was missed."""
    last_event_at: datetime | None = None
    runs: dict[int, RunState] = field(default_factory=dict)
    views: dict[int, RunDetail] = field(default_factory=dict)
    updates: deque[Update] = field(default_factory=deque)

    def forget_oldest_update(self) -> None:
        self.forgotten = self.updates.popleft().seq


class Store:
    """The runs of all repositories, by slug."""

    def __init__(self) -> None:
        self._boards: dict[str, _Board] = {}

    def apply(self, entry: Entry) -> Update | None:
        """Take a change in. Returns what to tell those who watch, if anything became different for them."""
        seq, change = entry
        board = self._boards.setdefault(change.repository.slug, _Board())
        board.last_event_at = max(board.last_event_at or change.origin.received_at, change.origin.received_at)
        run_id = change.run.id
        known = board.runs.get(run_id, RunState())
        state = merge(known, change)
        if state is known:
            return None
        before, after = board.views.get(run_id), view(state)
        board.runs[run_id], board.views[run_id] = state, after
        if len(board.runs) > MAX_RUNS:
            self._drop_runs(board, [min(board.views.values(), key=attrgetter("updated_at")).id])
        if after == before or change.origin.historic:
            return None
        update = _update(change, after, seq=seq, prev=board.seq)
        board.seq = seq
        board.updates.append(update)
        if len(board.updates) > MAX_UPDATES:
            board.forget_oldest_update()
        return update

    def seq(self, slug: str) -> int:
        """The ``seq`` of the last update of a repository, 0 before the first."""
        board = self._boards.get(slug)
        return board.seq if board else 0

    def last_event_at(self, slug: str) -> datetime | None:
        """When the last change of a repository was received."""
        board = self._boards.get(slug)
        return board.last_event_at if board else None

    def since(self, slug: str, seq: int) -> list[Update] | None:
        """The updates of a repository after `seq`; nothing (not: none) if that cannot be said without a hole."""
        board = self._boards.get(slug)
        if board is None:
            return [] if seq == 0 else None
        if not board.forgotten <= seq <= board.seq:
            return None
        missed = list(takewhile(lambda update: update.seq > seq, reversed(board.updates)))
        return missed[::-1]

    def runs(self, slug: str, start: datetime, end: datetime) -> list[RunDetail]:
        """The runs of a repository that were active between `start` and `end`, newest first.

        A run belongs to every day it was active in: the one it started on, and each one until it completed.
        """
        board = self._boards.get(slug)
        views: Iterable[RunDetail] = board.views.values() if board else ()
        active = [run for run in views if run.run_started_at < end and (not run.completed or run.updated_at >= start)]
        return sorted(active, key=lambda run: (run.run_started_at, run.id), reverse=True)

    def run(self, slug: str, run_id: int) -> RunDetail | None:
        """One run, with all its steps."""
        board = self._boards.get(slug)
        return board.views.get(run_id) if board else None

    def forget(self, now: datetime, retention: timedelta) -> None:
        """Let go of updates older than `retention`, and of runs that no day on show contains any more."""
        for board in self._boards.values():
            while board.updates and board.updates[0].timestamp < now - retention:
                board.forget_oldest_update()
            self._drop_runs(board, [run.id for run in board.views.values() if run.updated_at < now - RUNS_KEPT])

    @staticmethod
    def _drop_runs(board: _Board, run_ids: Iterable[int]) -> None:
        for run_id in run_ids:
            del board.runs[run_id], board.views[run_id]


def _update(change: Change, run: RunDetail, *, seq: int, prev: int) -> Update:
    if isinstance(change, RunReported):
        return _workflow_update(change, run, seq=seq, prev=prev)
    return _job_update(change, run, seq=seq, prev=prev)


def _workflow_update(change: RunReported, run: RunDetail, *, seq: int, prev: int) -> WorkflowUpdate:
    return WorkflowUpdate(
        type="workflow_failed" if run.failed else "workflow_completed" if run.completed else "workflow_started",
        repoSlug=change.repository.slug,
        workflowId=run.id,
        workflowName=run.name,
        status=run.status,
        conclusion=run.conclusion,
        timestamp=change.origin.received_at,
        runData=run.without_jobs(),
        seq=seq,
        prev=prev,
    )


def _job_update(change: JobReported, run: RunDetail, *, seq: int, prev: int) -> JobUpdate:
    # As the board has it, which may be newer than this delivery; a job beyond the limit of a run is not on the board.
    job = next((job for job in run.jobs if job.id == change.job.id), change.job)
    return JobUpdate(
        type=_job_type(job),
        repoSlug=change.repository.slug,
        workflowId=run.id,
        workflowName=run.name,
        status=job.status,
        conclusion=job.conclusion,
        timestamp=change.origin.received_at,
        runData=run.without_jobs(),
        jobData=job,
        seq=seq,
        prev=prev,
    )


def _job_type(job: Job) -> JobUpdateType:
    if job.conclusion in FAILED:
        return "job_failed"
    if job.status is Status.COMPLETED:
        return "job_completed"
    return "job_started" if job.status is Status.IN_PROGRESS else "job_queued"
