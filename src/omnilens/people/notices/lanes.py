"""A lane is one workflow on one branch: what is known of it, and what was told. All of it grows from reports alone."""

from __future__ import annotations

from bisect import bisect_left
from operator import attrgetter

from msgspec import Struct
from msgspec.structs import replace

from omnilens.model import Run, Timestamp
from omnilens.people.notices.incidents import (
    Attempt,
    Branch,
    Incident,
    attempt_of,
    attempts_of,
    fails,
    failure_of,
    in_order,
    learn,
    read,
)
from omnilens.people.notices.notice import Notice
from omnilens.pipeline.change import Change, RunReported
from omnilens.pipeline.merge import RunState

KEPT = 32
"""Attempts of a lane that may still be put in another order; those before are settled."""
_PLACE = attrgetter("place")
SETTLED_AT_ONCE = 16
"""So many more are let go of together: it takes longer than all else about them."""
MAX_TOLERATED = 20


class Lane(Struct, frozen=True):
    """One workflow on one branch."""

    settled: Branch = Branch()
    """How the branch stood before `attempts`."""
    settled_until: Timestamp | None = None
    attempts: tuple[Attempt, ...] = ()
    alarm: Notice | None = None
    """What was told of the incident that lasts."""
    waits: tuple[Notice, ...] = ()
    """What was told of runs that wait."""
    tolerated: tuple[str, ...] = ()
    """Jobs that failed in runs that passed: that one fails says nothing of its run."""
    told: tuple[str, ...] = ()
    """Keys of the notices that were made, the last ones."""

    @property
    def broken(self) -> Incident | None:
        """The incident that lasts."""
        if self.settled.broken is None and not any(map(fails, self.attempts)):
            return None  # as most of the time, and it need not be read from all there was
        return read(self.settled, self.attempts)[0].broken

    @property
    def incidents(self) -> list[Incident]:
        """The incidents that are not settled yet, in their order."""
        return read(self.settled, self.attempts)[1]

    def attempt(self, run_id: int, attempt: int) -> Attempt | None:
        """What is known of an attempt of a run."""
        return next((each for each in self.attempts if each.place == (run_id, attempt)), None)

    def of_run(self, run_id: int) -> list[Attempt]:
        """What is known of a run, by attempt."""
        return [attempt for attempt in self.attempts if attempt.run_id == run_id]


def lane_of(run: Run) -> str:
    """The name of a run's lane within its repository."""
    workflow = f"#{run.workflow_id}" if run.workflow_id else run.path or run.name
    return f"{workflow} {branch_of(run) or ''}"


def branch_of(run: Run) -> str | None:
    """The branch as people call it: ``octocat:main`` is one of a fork, whose ``main`` is not ours.

    GitHub names no pull request with the runs of those that come from a fork.
    """
    foreign = (run.event or "").startswith("pull_request") and not run.pull_requests
    return f"{run.actor.login}:{run.head_branch}" if foreign and run.actor and run.head_branch else run.head_branch


def learnt(lane: Lane, state: RunState, change: Change) -> Lane:
    """`lane` with what is known now of the attempts of a run. `state` is all that was reported of it, with `change`."""
    attempts = lane.attempts
    for each in _said(state, change):
        attempts = _with(attempts, each, lane)
    if attempts is lane.attempts:
        return lane  # as most of the time: it goes on, and nothing of it has failed
    return lane if attempts == lane.attempts else _settle(_tolerate(replace(lane, attempts=attempts)))


def _said(state: RunState, change: Change) -> list[Attempt]:
    """What there is to learn from a report."""
    if isinstance(change, RunReported):
        this = attempt_of(change.run)
        said = attempts_of(change.run.id, state.jobs.values())
        return [*said, this] if this.verdict else said
    # What the other jobs say was learnt when they were reported, or the run was.
    job = state.jobs.get(change.job.id)
    return attempts_of(change.run.id, [job]) if job and failure_of(job) else []


def _with(attempts: tuple[Attempt, ...], said: Attempt, lane: Lane) -> tuple[Attempt, ...]:
    """`attempts`, in the order of their places, with what was said of one."""
    at = bisect_left(attempts, said.place, key=_PLACE)
    known = attempts[at] if at < len(attempts) and attempts[at].place == said.place else None
    if known is None and _is_settled(lane, said):
        return attempts
    return *attempts[:at], learn(known or Attempt(*said.place), said), *attempts[at + (known is not None) :]


def _is_settled(lane: Lane, attempt: Attempt) -> bool:
    at = attempt.counts_from
    return at is not None and lane.settled_until is not None and at <= lane.settled_until


def _settle(lane: Lane) -> Lane:
    """Let go of the oldest attempts, and remember only how the branch stood after them."""
    if len(lane.attempts) <= KEPT + SETTLED_AT_ONCE:
        return lane
    ordered = in_order(lane.attempts)
    old, rest = ordered[:-KEPT], ordered[-KEPT:]
    return replace(
        lane,
        settled=read(lane.settled, old)[0],
        settled_until=old[-1].counts_from,
        attempts=tuple(sorted(rest, key=lambda attempt: attempt.place)),
    )


def _tolerate(lane: Lane) -> Lane:
    names = {attempt.job for attempt in lane.attempts if attempt.verdict == "passed" and attempt.job}
    if names <= set(lane.tolerated):
        return lane
    return replace(lane, tolerated=tuple(dict.fromkeys((*lane.tolerated, *sorted(names))))[-MAX_TOLERATED:])
