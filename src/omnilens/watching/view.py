"""The board as a client has it: a snapshot, and the updates after it. Decides only; the page's rules, in Python.

The rule that everything rests on: a snapshot at ``seq`` n with the updates after n applied is what the server would
answer now. Nothing is applied over a gap.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import median_high
from typing import Any, Literal, NamedTuple

import msgspec
from msgspec import Struct
from msgspec.structs import asdict, replace

from omnilens.model import (
    Conclusion,
    Job,
    JobUpdate,
    Repository,
    Run,
    RunDetail,
    Status,
    Timestamp,
    Update,
    WorkflowUpdate,
)
from omnilens.people.notices.lanes import branch_of
from omnilens.people.notices.rules import waiting

MOST_RUNS = 5_000
"""Runs that are kept, for whoever watches for weeks."""
MADE_OF = 2
"""Passed runs that it takes to say what is usual."""


class Snapshot(Struct, frozen=True, kw_only=True):
    """As much of the server's list of runs as is needed."""

    repo: Repository
    runs: tuple[RunDetail, ...]
    seq: int
    epoch: str


class Claim(Struct, frozen=True, kw_only=True):
    """As much as is needed of that somebody is on it."""

    workflow_id: int
    branch: str | None
    run_id: int
    name: str
    at: Timestamp


class ClaimChanged(Struct, frozen=True, kw_only=True):
    """As much as is needed of that it is somebody else now, or nobody."""

    workflow_id: int
    branch: str | None
    claim: Claim | None


class View(Struct, frozen=True, kw_only=True):
    """What is known, and up to where."""

    repo: Repository
    runs: Mapping[int, RunDetail]
    seq: int
    epoch: str
    claims: tuple[Claim, ...] = ()


def view_of(snapshots: Iterable[Snapshot]) -> View:
    """What snapshots know together, of several days. Goes on from the oldest: what is applied twice does no harm."""
    days = sorted(snapshots, key=lambda each: each.seq)
    runs = {run.id: run for day in days for run in day.runs}
    return View(repo=days[-1].repo, runs=runs, seq=days[0].seq, epoch=days[-1].epoch)


def read_update(said: Any) -> Update:
    """An update as it came over the socket.

    Raises:
        msgspec.ValidationError: it is none that we understand.
    """
    kind: type[Update] = JobUpdate if isinstance(said, dict) and "jobData" in said else WorkflowUpdate
    return msgspec.convert(said, kind)


def claimed(view: View, said: Any) -> View:
    """The view after ``claim-changed``.

    Raises:
        msgspec.ValidationError: it is nothing that we understand.
    """
    changed = msgspec.convert(said, ClaimChanged)
    place = changed.workflow_id, changed.branch
    others = tuple(each for each in view.claims if (each.workflow_id, each.branch) != place)
    return replace(view, claims=(*others, changed.claim) if changed.claim else others)


def link(view: View, update: Update) -> Literal["known", "next", "gap"]:
    """How an update follows on what is known."""
    if update.seq <= view.seq:
        return "known"
    return "next" if update.prev <= view.seq else "gap"


def applied(view: View, update: Update) -> View:
    """The view after an update that comes next."""
    known = view.runs.get(update.runData.id)
    runs = {**view.runs, update.runData.id: _after(known, update)}
    if len(runs) > MOST_RUNS:
        del runs[min(runs.values(), key=lambda run: run.updated_at).id]
    return replace(view, runs=runs, seq=update.seq)


def _after(known: RunDetail | None, update: Update) -> RunDetail:
    """A new attempt runs its jobs again; those of the attempt before say nothing about it."""
    run = update.runData
    jobs = known.jobs if known is not None and known.run_attempt == run.run_attempt else ()
    if isinstance(update, JobUpdate) and update.jobData.run_attempt == run.run_attempt:
        jobs = (*(job for job in jobs if job.id != update.jobData.id), update.jobData)
    return RunDetail(**{**asdict(run), "jobs": tuple(sorted(jobs, key=_job_place))})


def _job_place(job: Job) -> tuple[float, int]:
    begun = job.created_at or job.started_at
    return (begun.timestamp() if begun else 0.0, job.id)


class Section(StrEnum):
    """Where a workflow stands on the screen."""

    BROKEN = "broken"
    RUNNING = "running"
    REST = "rest"


class Workflow(NamedTuple):
    """A workflow, by its newest run."""

    latest: RunDetail
    section: Section
    since: datetime
    """When it broke, began to run, or ended."""
    usual: timedelta | None
    """How long it usually takes; nothing where too few passed to say."""
    claim: Claim | None = None
    """Who is on it."""


_SECTIONS = tuple(Section)


def workflows_of(view: View) -> list[Workflow]:
    """The workflows: those that need somebody, those that run, the rest; each by name."""
    groups: dict[int | str, list[RunDetail]] = {}
    for run in sorted(view.runs.values(), key=lambda each: (each.run_started_at, each.id), reverse=True):
        groups.setdefault(run.workflow_id or run.name, []).append(run)
    found = [_workflow(runs)._replace(claim=_claim(view.claims, runs)) for runs in groups.values()]
    return sorted(found, key=lambda each: (_SECTIONS.index(each.section), each.latest.name.casefold(), each.latest.id))


def needs_somebody(run: RunDetail) -> bool:
    """Whether it broke or waits for somebody."""
    return run.failed or waiting(run, run.jobs)[0]


def _workflow(runs: list[RunDetail]) -> Workflow:
    latest = runs[0]
    took = [each.updated_at - each.run_started_at for each in runs if each.conclusion is Conclusion.SUCCESS]
    usual = median_high(took) if len(took) >= MADE_OF else None
    if needs_somebody(latest):
        return Workflow(latest, Section.BROKEN, _trouble_since(runs), usual)
    if not latest.completed:
        return Workflow(latest, Section.RUNNING, latest.run_started_at, usual)
    return Workflow(latest, Section.REST, latest.updated_at, usual)


def _claim(claims: Iterable[Claim], runs: list[RunDetail]) -> Claim | None:
    """The claim that counts for the newest run: one that a run has ended by passing is over."""
    latest = runs[0]
    if latest.conclusion is Conclusion.SUCCESS:
        return None
    here = [run for run in runs if branch_of(run) == branch_of(latest)]
    for claim in claims:
        if (claim.workflow_id, claim.branch) == (latest.workflow_id, branch_of(latest)):
            over = any(run.id >= claim.run_id and run.conclusion is Conclusion.SUCCESS for run in here)
            return None if over else claim
    return None


def _trouble_since(runs: list[RunDetail]) -> datetime:
    """Only passing ends a row of failures."""
    since = runs[0].updated_at
    for run in runs:
        if run.conclusion is Conclusion.SUCCESS:
            break
        since = run.updated_at if run.failed else since
    return since


def place_of(run: RunDetail) -> str:
    """Where it broke, or what it is doing: the job and its step."""
    for matches in (_broke, _waits, _runs):
        job = next((each for each in run.jobs if matches(each)), None)
        if job is not None:
            step = next((each.name for each in job.steps if matches(each)), None)
            return f"{job.name} · {step}" if step else job.name
    return ""


def _broke(thing: Any) -> bool:
    return thing.conclusion in {Conclusion.FAILURE, Conclusion.TIMED_OUT, Conclusion.STARTUP_FAILURE}


def _waits(thing: Any) -> bool:
    return thing.status is Status.WAITING


def _runs(thing: Any) -> bool:
    return thing.status is Status.IN_PROGRESS


def word_of(thing: Run | Job) -> str:
    """How a run or job is, in a word: "waiting" also where only jobs do, and nothing else of it goes on."""
    held = isinstance(thing, RunDetail) and not thing.completed and waiting(thing, thing.jobs)[0]
    word = Status.WAITING if held else thing.conclusion or thing.status
    return _WORDS.get(word, str(word).replace("_", " "))


_WORDS: Mapping[str, str] = {
    Conclusion.SUCCESS: "passed",
    Conclusion.FAILURE: "failed",
    Conclusion.STARTUP_FAILURE: "failed to start",
    Conclusion.ACTION_REQUIRED: "needs action",
    Status.IN_PROGRESS: "running",
}
