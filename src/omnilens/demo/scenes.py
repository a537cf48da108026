"""One attempt of a run as the deliveries that GitHub would send, each with its moment.

With what real recordings show: jobs that arrive before their run, a run that completes before its last job is
reported, the same delivery twice, deliveries that overtake each other, and re-runs that send no ``requested``.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from omnilens.demo import github
from omnilens.demo.github import JobFacts, Payload, RunFacts, StepFacts
from omnilens.demo.plans import WorkflowPlan
from omnilens.demo.timeline import Ending, JobTimes, timeline

_MOMENT = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Shot:
    """A delivery to make at a certain moment."""

    at: datetime
    event: str
    payload: Payload
    delivery_id: str

    @property
    def final(self) -> bool:
        """Whether it reports an end, which is all that history needs."""
        return str(self.payload["action"]) == "completed"


@dataclass(frozen=True, slots=True)
class Scene:
    """One attempt of a run, ready to be played."""

    plan: WorkflowPlan
    facts: RunFacts
    attempt: int
    ending: Ending
    ends_at: datetime
    shots: tuple[Shot, ...]


def scene(
    plan: WorkflowPlan,
    facts: RunFacts,
    attempt: int,
    start: datetime,
    ending: Ending,
    chance: random.Random,
    new_id: Callable[[], int],
) -> Scene:
    """Work out everything that will be delivered about this attempt."""
    jobs = timeline(plan, start, ending, chance, new_id)
    # A broken job that nothing needs, or none at all, leaves the run what its jobs are.
    reached: Ending = ending if ending != "failure" or any(job.conclusion == "failure" for job in jobs) else "success"
    end = max((job.completed_at for job in jobs), default=start) + _MOMENT
    shots = [*_run_shots(facts, attempt, start, end, reached, jobs)]
    for job in jobs:
        shots += _job_shots(facts, attempt, job)
    return Scene(plan, facts, attempt, reached, end, tuple(_as_delivered(shots, chance)))


def _run_shots(
    facts: RunFacts, attempt: int, start: datetime, end: datetime, ending: Ending, jobs: list[JobTimes]
) -> Iterator[Shot]:
    def shot(action: str, status: str, conclusion: str | None, at: datetime) -> Shot:
        payload = github.workflow_run(facts, action, status, conclusion, attempt, start, at)
        return _shot(at, "workflow_run", payload, f"{facts.id}-{attempt}")

    if attempt == 1:
        yield shot("requested", "queued", None, start)
    if begins := [job.started_at for job in jobs if job.started_at]:
        yield shot("in_progress", "in_progress", None, min(begins))
    yield shot("completed", "completed", ending, end)


def _job_shots(facts: RunFacts, attempt: int, job: JobTimes) -> Iterator[Shot]:
    def shot(action: str, at: datetime, state: JobFacts) -> Shot:
        return _shot(at, "workflow_job", github.workflow_job(facts, state, action), f"{job.id}")

    waiting = JobFacts(job.id, job.plan.name, attempt, "waiting", job.created_at, labels=job.plan.labels)
    if job.waits_until:
        yield shot("waiting", job.created_at, waiting)
    if job.started_at:
        queued_at = job.waits_until or job.created_at
        yield shot("queued", queued_at, replace(waiting, status="queued", created_at=queued_at))
        running = replace(waiting, status="in_progress", started_at=job.started_at)
        for step in job.steps:
            if step.completed_at - step.started_at > _MOMENT:
                yield shot("in_progress", step.started_at, replace(running, steps=_steps_at(job, step.started_at)))
    yield shot(
        "completed",
        job.completed_at,
        replace(
            waiting,
            status="completed",
            conclusion=job.conclusion,
            started_at=job.started_at,
            completed_at=job.completed_at,
            steps=_steps_at(job, job.completed_at),
        ),
    )


def _steps_at(job: JobTimes, moment: datetime) -> tuple[StepFacts, ...]:
    """The steps as they are at that moment; GitHub lists those ahead as pending."""
    steps = []
    for number, step in enumerate(job.steps, start=1):
        if step.completed_at <= moment:
            facts = StepFacts(number, step.name, "completed", step.conclusion, step.started_at, step.completed_at)
        elif step.started_at <= moment:
            facts = StepFacts(number, step.name, "in_progress", None, step.started_at)
        else:
            facts = StepFacts(number, step.name, "pending")
        steps.append(facts)
    return tuple(steps)


def _shot(at: datetime, event: str, payload: Payload, about: str) -> Shot:
    return Shot(at, event, payload, f"demo-{event}-{about}-{payload['action']}-{at.timestamp():.3f}")


def _as_delivered(shots: list[Shot], chance: random.Random) -> Iterator[Shot]:
    """In the order and with the repetitions that a network makes of it."""
    for shot in sorted(shots, key=lambda shot: shot.at):
        delay = chance.choice((0.0, 0.0, 0.1, 0.2, 0.4)) if chance.random() < 0.9 else chance.uniform(1, 3)
        yield replace(shot, at=shot.at + timedelta(seconds=delay))
        if chance.random() < 0.03:
            yield replace(shot, at=shot.at + timedelta(seconds=delay + 1))
