"""When a workflow was broken on a branch, given all that was reported of its runs, in whatever order it came.

What is known of each attempt of a run only grows, and the incidents are read from all of it anew: so any order and any
repetition of the same deliveries gives the same incidents, and a late one puts right what it can.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Literal, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from omnilens.model import FAILED, Conclusion, Job, Run, Status, Timestamp

MAX_RUNS = 200
"""Failed runs of one incident that are told apart; nobody counts further."""

Verdict = Literal["failed", "passed", "other"]
"""Cancelled, skipped, neutral and the like are no verdict about a branch: other."""


class Attempt(Struct, frozen=True, gc=False):
    """What is known of one attempt of a run."""

    run_id: int
    attempt: int
    verdict: Verdict | None = None
    """Nothing while it goes on, as far as is known."""
    ended_at: Timestamp | None = None
    failed_at: Timestamp | None = None
    """When the first job failed, be it a step of one that goes on."""
    job: str | None = None
    step: str | None = None

    @property
    def place(self) -> tuple[int, int]:
        return self.run_id, self.attempt

    @property
    def counts_from(self) -> datetime | None:
        """When it began to say something about the branch; nothing as long as it does not."""
        if self.verdict in {None, "failed"}:
            return min(filter(None, (self.failed_at, self.ended_at)), default=None)
        return self.ended_at


class Incident(Struct, frozen=True, gc=False):
    """A time in which a workflow was broken on a branch."""

    run_id: int
    attempt: int
    """The first failure."""
    since: Timestamp
    runs: tuple[int, ...]
    """Those that failed, by number."""
    ended_at: Timestamp | None = None
    ended_by: int | None = None
    """The run that passed."""


class Branch(Struct, frozen=True, gc=False):
    """How a workflow stands on a branch."""

    good: int = 0
    """The newest run that passed. Older ones say nothing about the branch any more, however late they end."""
    broken: Incident | None = None


class Failure(NamedTuple):
    """Where something failed first."""

    at: datetime
    job: str
    step: str | None


def verdict_of(run: Run) -> Verdict | None:
    """What a run says about its branch."""
    if not run.completed:
        return None
    if run.failed:
        return "failed"
    return "passed" if run.conclusion is Conclusion.SUCCESS else "other"


def attempt_of(run: Run) -> Attempt:
    """What a report of a run says about its attempt."""
    verdict = verdict_of(run)
    return Attempt(run.id, run.run_attempt, verdict, run.updated_at if verdict else None)


def attempts_of(run_id: int, jobs: Iterable[Job]) -> list[Attempt]:
    """What the jobs of a run say about its attempts: only of those in which one failed."""
    first: dict[int, Failure] = {}
    for job in jobs:
        failure = failure_of(job)
        if failure and (job.run_attempt not in first or failure < first[job.run_attempt]):
            first[job.run_attempt] = failure
    return [Attempt(run_id, attempt, None, None, *failure) for attempt, failure in first.items()]


def failure_of(job: Job) -> Failure | None:
    """Where a job failed, be it that it still goes on; a step that may fail ends in success for GitHub."""
    over = job.conclusion in FAILED
    if job.status is Status.COMPLETED and not over:
        return None
    failed = [step for step in job.steps if step.conclusion in FAILED]
    if not over and not failed:
        return None
    step = min(failed, key=lambda step: step.number, default=None)
    at = (step and step.completed_at) or job.completed_at or job.updated_at or job.started_at or job.created_at
    return Failure(at, job.name, step.name if step else None) if at else None


def fails(attempt: Attempt) -> bool:
    """Whether it says that the branch is broken."""
    return attempt.verdict == "failed" or (attempt.verdict is None and attempt.failed_at is not None)


def learn(known: Attempt, said: Attempt) -> Attempt:
    """What is known of an attempt, and what was said of it. The later of two ends counts, and the earliest failure."""
    after = known
    if said.verdict and (known.ended_at is None or _end(said) > _end(known)):
        after = replace(after, verdict=said.verdict, ended_at=said.ended_at)
    if said.failed_at and (known.failed_at is None or _failure(said) < _failure(known)):
        after = replace(after, failed_at=said.failed_at, job=said.job, step=said.step)
    return after


def read(branch: Branch, attempts: Iterable[Attempt]) -> tuple[Branch, list[Incident]]:
    """How the branch stands after `attempts`, and every incident on the way, the one that lasts included."""
    incidents: list[Incident] = []
    for attempt in in_order(attempts):
        at = attempt.counts_from
        if at is None or attempt.verdict == "other":
            continue
        if attempt.verdict != "passed":
            branch = _failed(branch, attempt, at)
            continue
        broken = branch.broken
        if broken and attempt.run_id >= broken.runs[-1]:
            incidents.append(replace(broken, ended_at=at, ended_by=attempt.run_id))
            broken = None
        branch = Branch(max(branch.good, attempt.run_id), broken)
    return branch, [*incidents, *([branch.broken] if branch.broken else [])]


def in_order(attempts: Iterable[Attempt]) -> list[Attempt]:
    """As they came to say something; those that say nothing yet are left out."""
    timed = [(at, attempt.place, attempt) for attempt in attempts if (at := attempt.counts_from)]
    return [attempt for _, _, attempt in sorted(timed, key=lambda each: each[:2])]


def _failed(branch: Branch, attempt: Attempt, at: datetime) -> Branch:
    broken, run_id = branch.broken, attempt.run_id
    if run_id < branch.good:
        return branch
    if broken is None:
        return Branch(branch.good, Incident(run_id, attempt.attempt, at, (run_id,)))
    if run_id in broken.runs or len(broken.runs) >= MAX_RUNS:
        return branch
    return Branch(branch.good, replace(broken, runs=tuple(sorted((*broken.runs, run_id)))))


def _end(attempt: Attempt) -> tuple[datetime | None, str | None]:
    return attempt.ended_at, attempt.verdict


def _failure(attempt: Attempt) -> tuple[datetime | None, str, str]:
    return attempt.failed_at, attempt.job or "", attempt.step or ""
