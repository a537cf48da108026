"""When each job and step of a run starts and ends, and how: worked out ahead from a plan, an ending and chance."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from omnilens.demo.plans import JobPlan, WorkflowPlan

Ending = Literal["success", "failure", "cancelled", "timed_out", "startup_failure"]


@dataclass(frozen=True, slots=True)
class StepTimes:
    name: str
    started_at: datetime
    completed_at: datetime
    conclusion: str


@dataclass(frozen=True, slots=True)
class JobTimes:
    """A job's whole life. A job that was skipped has no start."""

    id: int
    plan: JobPlan
    created_at: datetime
    completed_at: datetime
    conclusion: str
    waits_until: datetime | None = None
    """When somebody approved the deployment."""
    started_at: datetime | None = None
    steps: tuple[StepTimes, ...] = ()


def timeline(
    plan: WorkflowPlan, start: datetime, ending: Ending, chance: random.Random, new_id: Callable[[], int]
) -> list[JobTimes]:
    """The jobs of one attempt, in the order of the plan."""
    if ending == "startup_failure":
        return []
    jobs: dict[str, JobTimes] = {}
    broken = chance.choice(plan.jobs) if ending == "failure" else None
    for job in plan.jobs:
        needs = [jobs[name] for name in job.needs]
        ready = max((need.completed_at for need in needs), default=start) + _seconds(chance.uniform(0.5, 1.5))
        if any(need.conclusion != "success" for need in needs):
            jobs[job.name] = JobTimes(new_id(), job, ready, ready, "skipped")
        else:
            jobs[job.name] = _run(job, new_id(), ready, job is broken, chance)
    played = list(jobs.values())
    if ending in {"cancelled", "timed_out"}:
        end = max(job.completed_at for job in played)
        return _cut(played, start + (end - start) * chance.uniform(0.4, 0.8), ending)
    return played


def _run(job: JobPlan, job_id: int, ready: datetime, breaks: bool, chance: random.Random) -> JobTimes:
    approved = ready + _seconds(chance.uniform(20, 75)) if job.environment else None
    started = (approved or ready) + _seconds(chance.choice((1, 2, 3, 4, 12)) * chance.uniform(0.6, 1.4))
    hardest = max(range(len(job.steps)), key=lambda index: job.steps[index][1])
    steps: list[StepTimes] = []
    clock = started
    for index, (name, usual) in enumerate(job.steps):
        skipped = breaks and hardest < index < len(job.steps) - 1
        lasts = _seconds(0 if skipped else usual * chance.uniform(0.8, 1.35))
        conclusion = "failure" if breaks and index == hardest else "skipped" if skipped else "success"
        steps.append(StepTimes(name, clock, clock + lasts, conclusion))
        clock += lasts
    return JobTimes(job_id, job, ready, clock, "failure" if breaks else "success", approved, started, tuple(steps))


def _cut(jobs: Sequence[JobTimes], moment: datetime, conclusion: str) -> list[JobTimes]:
    """The same jobs, stopped at `moment`."""
    return [job if job.completed_at <= moment else _stopped(job, moment, conclusion) for job in jobs]


def _stopped(job: JobTimes, moment: datetime, conclusion: str) -> JobTimes:
    if job.started_at is None or job.started_at >= moment:
        ready = min(job.created_at, moment)
        return JobTimes(job.id, job.plan, ready, moment, "cancelled")
    done = tuple(step for step in job.steps if step.completed_at <= moment)
    under_way = next((step for step in job.steps if step.started_at <= moment < step.completed_at), None)
    cut = (replace(under_way, completed_at=moment, conclusion="cancelled"),) if under_way else ()
    return replace(job, completed_at=moment, conclusion=conclusion, steps=done + cut)


def _seconds(count: float) -> timedelta:
    return timedelta(seconds=count)
