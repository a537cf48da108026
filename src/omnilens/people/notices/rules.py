"""What somebody should know of: from what was known of a lane, and one more report, to notices.

A function of its arguments and nothing else. There is one notice for an incident, however many events it has, and a
lane remembers what was told, so that replays, redeliveries and whatever order they come in tell nothing twice.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from msgspec.structs import replace

from omnilens.model import Conclusion, Job, Run, Status
from omnilens.people.notices.incidents import Incident, fails
from omnilens.people.notices.lanes import Lane, branch_of, learnt
from omnilens.people.notices.notice import Notice, Outcome
from omnilens.pipeline.change import Change, RunReported
from omnilens.pipeline.merge import RunState, RunView, view

MAX_TOLD = 100
MAX_WAITING = 20


class Put(NamedTuple):
    """A notice to keep, in the place of the one with its key if there is one."""

    notice: Notice
    new: bool
    """Otherwise it has only become another one; nobody is interrupted for that."""


def decide(lane: Lane, state: RunState, change: Change, *, young: bool) -> tuple[Lane, list[Put]]:
    """`lane` after `change`, and what is to be kept and told.

    `state` is all that is known of the run, `change` included; the run itself was reported. What is not `young` changes
    what is known, but begins nothing.
    """
    now = learnt(lane, state, change)
    puts: list[Put] = []
    if _may_wait(state) or (lane.waits and any(notice.run_id == change.run.id for notice in lane.waits)):
        now, puts = _waits(now, view(state), change, young)
    if now.attempts != lane.attempts:  # else it says nothing new of the branch
        now, alarms = _alarm(now, _run(state, change), change, young)
        puts += alarms
    return now, puts


def _may_wait(state: RunState) -> bool:
    """Whether there is a reason to look closer, as there seldom is."""
    run, glimpse = state.run, state.glimpse
    if run is not None and (run.status is Status.WAITING or run.conclusion is Conclusion.ACTION_REQUIRED):
        return True
    if glimpse is not None and glimpse.status is Status.WAITING:
        return True
    return Status.WAITING in [job.status for job in state.jobs.values()]  # hundreds, for each report of one of them


def waiting(run: Run, jobs: tuple[Job, ...]) -> tuple[bool, Job | None]:
    """Whether a run waits for somebody, and the first of its jobs that does.

    GitHub calls a run in progress also while all that is left of it waits for somebody's approval.
    """
    if run.completed:
        return run.conclusion is Conclusion.ACTION_REQUIRED, None
    held = sorted((job for job in jobs if job.status is Status.WAITING), key=lambda job: job.id)
    goes_on = any(job.status in {Status.IN_PROGRESS, Status.QUEUED} for job in jobs)
    if run.status is Status.WAITING or (held and not goes_on):
        return True, held[0] if held else None
    return False, None


def _run(state: RunState, change: Change) -> Run:
    """The attempt that the change is about, with all that only a run's own report tells."""
    known = state.run
    if known is None or isinstance(change, RunReported):
        return change.run
    return replace(known, run_attempt=change.run.run_attempt)


def _waits(lane: Lane, shown: RunView, change: Change, young: bool) -> tuple[Lane, list[Put]]:
    """Tell once that a run waits, and take it back when it goes on."""
    run = shown.run
    held, job = waiting(*shown)
    told = next((notice for notice in lane.waits if notice.run_id == run.id), None)
    if held is (told is not None):
        return lane, []
    if told is not None:
        over = replace(told, ended_at=max(run.updated_at, told.at), outcome=_outcome(run))
        return replace(lane, waits=tuple(each for each in lane.waits if each is not told)), [Put(over, new=False)]
    key = f"{_place(change, run.run_attempt)}/waits/{job.id if job else 'run'}"
    at = (job and (job.updated_at or job.created_at)) or run.updated_at
    notice = _notice(change, run, key=key, incident=key, kind="waits", at=at, since=at, job=job.name if job else None)
    if not young:
        return lane, []
    return _told(replace(lane, waits=(*lane.waits, notice)[-MAX_WAITING:]), notice)


def _outcome(run: Run) -> Outcome:
    """What became of a run that waited."""
    if run.conclusion is Conclusion.CANCELLED:
        return "cancelled"
    return "ended" if run.completed and run.conclusion is not Conclusion.SUCCESS else "approved"


def _alarm(lane: Lane, run: Run, change: Change, young: bool) -> tuple[Lane, list[Put]]:
    """Tell of an incident when it begins, keep what was told of it up to date, and tell of its end."""
    broken, alarm = lane.broken, lane.alarm
    if broken is None:
        return (lane, []) if alarm is None else _over(replace(lane, alarm=None), alarm, run, change, young)
    if alarm is None:
        return _broke(lane, broken, run, change) if young else (lane, [])
    current = _current(lane, alarm, broken, run)
    kept = [] if current == alarm else [Put(current, new=False)]
    lane = replace(lane, alarm=current)
    if not young or (run.id, run.run_attempt) == (alarm.run_id, alarm.run_attempt):
        return lane, kept
    lane, again = _stillfails(lane, current, run, change)
    return lane, [*kept, *again]


def _broke(lane: Lane, broken: Incident, run: Run, change: Change) -> tuple[Lane, list[Put]]:
    """Tell that a run fails which leaves its branch broken; nothing if it is not this run's doing."""
    first = next(filter(fails, lane.of_run(run.id)), None)
    if first is None or run.id not in broken.runs or (first.verdict is None and first.job in lane.tolerated):
        return lane, []
    run = replace(run, run_attempt=first.attempt)
    key, at = _place(change, first.attempt), first.counts_from or broken.since
    told = _notice(change, run, key=key, incident=key, kind="failing", at=at, since=broken.since)
    notice = _current(lane, told, broken, run)
    return _told(replace(lane, alarm=notice), notice)


def _stillfails(lane: Lane, alarm: Notice, run: Run, change: Change) -> tuple[Lane, list[Put]]:
    """Tell, once for each attempt, that a run failed which had failed before."""
    earlier = [each for each in lane.of_run(run.id) if each.attempt < run.run_attempt and each.verdict == "failed"]
    key = f"{_place(change, run.run_attempt)}/again"
    this = lane.attempt(run.id, run.run_attempt)
    if not earlier or this is None or this.verdict != "failed" or key in lane.told:
        return lane, []
    notice = _notice(
        change,
        run,
        key=key,
        incident=alarm.incident,
        kind="still_fails",
        at=this.ended_at or run.updated_at,
        since=alarm.since,
        job=this.job,
        step=this.step,
        failures=alarm.failures,
    )
    return _told(lane, notice)


def _over(lane: Lane, alarm: Notice, run: Run, change: Change, young: bool) -> tuple[Lane, list[Put]]:
    """Say what became of what was told; if another run, or another attempt, passed, that is worth telling too."""
    own = lane.attempt(alarm.run_id, alarm.run_attempt)
    if own and own.verdict in {"passed", "other"} and run.id == alarm.run_id:
        outcome: Outcome = "passed" if own.verdict == "passed" else "cancelled"
        return lane, [Put(replace(alarm, ended_at=own.ended_at, outcome=outcome), new=False)]
    ended = next((each for each in reversed(lane.incidents) if each.ended_by == run.id), None)
    at = ended.ended_at if ended and ended.ended_at else run.updated_at
    over = replace(alarm, ended_at=at, outcome="fixed")
    fixed = _notice(
        change,
        run,
        key=f"{alarm.key}/fixed",
        incident=alarm.incident,
        kind="fixed",
        at=at,
        since=alarm.since,
        failures=alarm.failures,
        ended_at=at,
        outcome="fixed",
    )
    if ended is None or not young or fixed.key in lane.told:
        return lane, [Put(over, new=False)]
    lane, told = _told(lane, fixed)
    return lane, [Put(over, new=False), *told]


def _current(lane: Lane, alarm: Notice, broken: Incident, run: Run) -> Notice:
    """What was told of an incident, as it is known now."""
    alarm = replace(alarm, failures=len(broken.runs))
    known = lane.attempt(alarm.run_id, alarm.run_attempt)
    if known and known.job:
        alarm = replace(alarm, job=known.job, step=known.step)
    if known and known.verdict == "failed":
        alarm = replace(alarm, kind="broke")
    own = run.completed and (run.id, run.run_attempt) == (alarm.run_id, alarm.run_attempt)
    return replace(alarm, conclusion=run.conclusion) if own else alarm


def _told(lane: Lane, notice: Notice) -> tuple[Lane, list[Put]]:
    """Tell it, unless it was told before: a late report may have it begin once more."""
    if notice.key in lane.told:
        return lane, [Put(notice, new=False)]
    return replace(lane, told=(*lane.told, notice.key)[-MAX_TOLD:]), [Put(notice, new=True)]


def _place(change: Change, attempt: int) -> str:
    """An attempt of a run, among those of all repositories."""
    return f"{change.repository.slug}/{change.run.id}.{attempt}"


def _notice(change: Change, run: Run, **said: Any) -> Notice:
    return Notice(
        repo_slug=change.repository.slug,
        repo=change.repository.full_name,
        workflow=run.name,
        branch=branch_of(run),
        run_id=run.id,
        run_attempt=run.run_attempt,
        run_number=run.run_number,
        run_title=run.display_title,
        actor=run.actor.login if run.actor else None,
        head_sha=run.head_sha,
        html_url=run.html_url,
        **{"conclusion": run.conclusion if run.completed else None, **said},
    )
