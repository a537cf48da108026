"""How runs looked before the updates that are kept: what a board can be rewound to.

The board notes a run as it is before the first update of it that is kept, which is one look into a dict. Everything
else is done when updates are forgotten, or when somebody rewinds. A run without updates looked as it does now.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from msgspec.structs import replace

from omnilens.model import Job, JobUpdate, Run, Update
from omnilens.pipeline.actors import is_by
from omnilens.pipeline.merge import RunView, in_order


class Recording(NamedTuple):
    """A board as it was, and what came then."""

    since: datetime | None
    """From when on it is whole; nothing where that is not known: then from its first update on."""
    seq: int
    """Where `views` stands: the ``seq`` of the last update that is contained in it."""
    views: list[RunView]
    """In no particular order."""
    updates: list[Update]


class _Past:
    """A run on its way through updates."""

    __slots__ = ("jobs", "run")

    def __init__(self, known: RunView | None, run: Run) -> None:
        self.run = run
        self.jobs: dict[int, Job] = {job.id: job for job in known.jobs} if known else {}

    def take(self, update: Update) -> None:
        if update.runData.run_attempt != self.run.run_attempt:
            self.jobs.clear()  # a new attempt runs its jobs again
        self.run = update.runData
        if isinstance(update, JobUpdate) and update.jobData.run_attempt == self.run.run_attempt:
            self.jobs[update.jobData.id] = update.jobData

    def view(self) -> RunView:
        return RunView(self.run, in_order(self.jobs.values()))


class Earlier:
    """The runs of one repository that have updates which are kept."""

    __slots__ = ("_known", "since")

    def __init__(self) -> None:
        self.since: datetime | None = None
        """When the last update was received that is not kept."""
        self._known: dict[int, RunView | _Past | None] = {}

    def note(self, run_id: int, before: RunView | None) -> None:
        """Keep how a run is, unless it is kept already how it was before. Nothing: it was not there."""
        self._known.setdefault(run_id, before)

    def pass_by(self, update: Update) -> None:
        """The oldest update is kept no longer: the run looked as after it."""
        self.since = update.timestamp
        self._known[update.workflowId] = _after(self._known.get(update.workflowId), update)

    def tidy(self, updates: Iterable[Update]) -> None:
        """Forget runs of which none of these updates is: they look as they do now."""
        if self._known:
            kept = {update.workflowId for update in updates}
            self._known = {run_id: known for run_id, known in self._known.items() if run_id in kept}

    def clear(self) -> None:
        """Nothing is known of what was before."""
        self.since = None
        self._known.clear()

    def without(self, login: str) -> None:
        """Show nobody any more that a person triggered a run."""
        for run_id, known in self._known.items():
            if known is not None and is_by(known.run, login):
                run = replace(known.run, actor=None)
                if isinstance(known, _Past):
                    known.run = run
                else:
                    self._known[run_id] = RunView(run, known.jobs)

    def board(self, now: Mapping[int, RunView]) -> dict[int, RunView]:
        """The runs as they were, given those that are there now."""
        runs = {run_id: view for run_id, view in now.items() if run_id not in self._known}
        for run_id, known in self._known.items():
            if known is not None:
                runs[run_id] = known.view() if isinstance(known, _Past) else known
        return runs


def shortened(recording: Recording, most: int) -> Recording:
    """A recording of no more than so many updates, the last ones: it begins later."""
    surplus: Sequence[Update] = recording.updates[: max(0, len(recording.updates) - most)]
    if not surplus:
        return recording
    runs: dict[int, RunView | _Past | None] = {view.run.id: view for view in recording.views}
    for update in surplus:
        runs[update.workflowId] = _after(runs.get(update.workflowId), update)
    views = [known.view() if isinstance(known, _Past) else known for known in runs.values() if known]
    last = surplus[-1]
    return Recording(last.timestamp, last.seq, views, recording.updates[len(surplus) :])


def _after(known: RunView | _Past | None, update: Update) -> _Past:
    past = known if isinstance(known, _Past) else _Past(known, known.run if known else update.runData)
    past.take(update)
    return past
