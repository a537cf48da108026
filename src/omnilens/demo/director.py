"""What happens in the demo next: which workflow runs, for whom, and how it ends."""

from __future__ import annotations

import itertools
import random
from datetime import datetime, timedelta

from omnilens.demo.github import RunFacts
from omnilens.demo.plans import COMMITS, PLANS, REPOSITORIES, WorkflowPlan
from omnilens.demo.scenes import Scene, Shot, scene
from omnilens.demo.timeline import Ending

HISTORY = timedelta(hours=26)
"""How far back the board begins: today everywhere, and some of yesterday to compare with."""
RUNS_IN_HISTORY = 130
LOOKED_INTO = timedelta(minutes=1)
"""How long it took somebody in that history to run a failed run again."""
RERUN_CHANCE = 0.5
"""How often somebody runs a failed run again."""
STAYS_BROKEN = timedelta(minutes=3)
"""How long nothing new of a broken workflow runs: so long at least it can be looked at."""
DELIVERED_WITHIN = timedelta(seconds=5)
"""How long it takes at most until the board shows an end."""
BUILT_WITHIN = timedelta(seconds=30)
"""How long ago a deployment began that waits for its approval by now."""
HELD_FOR = timedelta(seconds=40)
"""How long it waits for that at least."""

TROUBLE = (("End-to-end", timedelta(minutes=38)), ("End-to-end", timedelta(minutes=11)), ("Lint", timedelta(minutes=4)))
"""What has failed on the main branch when the demo begins, and how long ago it began: there is something to find."""
SOME_TIME = timedelta(minutes=45)
"""So long ago at least anything else of those workflows was."""
_BROKEN: frozenset[Ending] = frozenset({"failure", "timed_out", "startup_failure"})


class Director:
    """Decides what happens next. The same seed and start make the same day."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self._ids = itertools.count(17_300_000_000 + seed % 1_000_000, 7)
        self._numbers = {plan: self._chance.randrange(200, 2000) for plan in PLANS}
        self._newest: dict[WorkflowPlan, tuple[datetime, datetime, Ending]] = {}
        """When the newest run of each began and ended, or will, and how."""
        self._rests_until: dict[WorkflowPlan, datetime] = {}

    def history(self, now: datetime) -> list[Shot]:
        """The ends of runs and jobs since `HISTORY` ago, oldest first."""
        starts = sorted(now - HISTORY * self._chance.random() for _ in range(RUNS_IN_HISTORY))
        scenes = [self.next_scene(start, self._chance.choice(REPOSITORIES)) for start in starts]
        troubled = {name for name, _ in TROUBLE}
        scenes = [each for each in scenes if each.plan.name not in troubled or each.facts.created_at < now - SOME_TIME]
        scenes += [again for each in scenes if (again := self.rerun(each, each.ends_at + LOOKED_INTO))]
        shots = [shot for each in scenes if each.ends_at < now for shot in each.shots if shot.final and shot.at < now]
        return sorted(shots, key=lambda shot: shot.at)

    def trouble(self, now: datetime) -> list[Shot]:
        """The ends of what is broken when the demo begins, oldest first."""
        shots: list[Shot] = []
        for name, ago in TROUBLE:
            plan = next(each for each in PLANS if each.name == name)
            failed = self._scene(plan, self._facts(plan, now - ago, "push"), 1, now - ago, "failure")
            shots += [shot for shot in failed.shots if shot.final]
            self._rests_until[plan] = now + STAYS_BROKEN
        return sorted(shots, key=lambda shot: shot.at)

    def held(self, now: datetime) -> Scene:
        """A deployment that waits for its approval, and will for a while."""
        plan = next(each for each in PLANS if any(job.environment for job in each.jobs))
        start = now - BUILT_WITHIN
        while True:
            made = self._scene(plan, self._facts(plan, start, "push"), 1, start, "success")
            moments = {(shot.payload["action"], _job_of(shot)): shot.at for shot in made.shots}
            if any(
                action == "waiting" and at < now and moments["queued", job] > now + HELD_FOR
                for (action, job), at in moments.items()
            ):
                self._rests_until[plan] = made.ends_at
                return made

    def next_scene(self, start: datetime, repository: str, *, breaks: bool = False) -> Scene:
        """A new run of some workflow of a repository that may run; one that fails if it `breaks`."""
        plans = [plan for plan in PLANS if plan.repository == repository]
        plans = [plan for plan in plans if self.may_run(plan, start)] or plans
        rested = [plan for plan in plans if self._rests_until.get(plan, start) <= start] or plans
        (plan,) = self._chance.choices(rested, [plan.weight for plan in rested])
        ending = "failure" if breaks else self._ending(plan.failure_rate)
        return self._scene(plan, self._facts(plan, start), 1, start, ending)

    def may_run(self, plan: WorkflowPlan, at: datetime) -> bool:
        """Whether a workflow may run then: what breaks is not mended before another one is broken."""
        known = self._newest.get(plan)
        return (
            known is None
            or known[2] not in _BROKEN
            or any(
                ending in _BROKEN and end + DELIVERED_WITHIN < at
                for each, (_, end, ending) in self._newest.items()
                if each != plan
            )
        )

    def broken(self, since: datetime) -> int:
        """How many workflows have broken since then, or will have as soon as what is under way has ended."""
        return sum(ending in _BROKEN and start >= since for start, _, ending in self._newest.values())

    def rerun(self, failed: Scene, start: datetime) -> Scene | None:
        """The next attempt of a run that failed, if somebody cares."""
        if failed.ending == "success" or failed.attempt > 2 or self._chance.random() > RERUN_CHANCE:
            return None
        return self._scene(failed.plan, failed.facts, failed.attempt + 1, start, self._ending(0.3))

    def _scene(self, plan: WorkflowPlan, facts: RunFacts, attempt: int, start: datetime, ending: Ending) -> Scene:
        made = scene(plan, facts, attempt, start, ending, self._chance, lambda: next(self._ids))
        if plan not in self._newest or self._newest[plan][0] <= start:
            self._newest[plan] = start, made.ends_at, made.ending
            if made.ending in _BROKEN:
                self._rests_until[plan] = made.ends_at + STAYS_BROKEN
        return made

    def _facts(self, plan: WorkflowPlan, start: datetime, event: str | None = None) -> RunFacts:
        event = event or self._chance.choice(plan.events)
        pulls = event == "pull_request"
        commit = self._chance.choice([each for each in COMMITS if pulls == (each.branch != "main")])
        self._numbers[plan] += 1
        return RunFacts(
            id=next(self._ids),
            repository=plan.repository,
            workflow=plan.name,
            path=plan.file,
            number=self._numbers[plan],
            event=event,
            branch=commit.branch,
            title=plan.name if event == "schedule" else commit.title,
            actor=commit.author,
            created_at=start,
        )

    def _ending(self, failure_rate: float) -> Ending:
        dice = self._chance.random()
        if dice < failure_rate:
            return "failure"
        rare: tuple[tuple[float, Ending], ...] = ((0.05, "cancelled"), (0.015, "timed_out"), (0.01, "startup_failure"))
        for share, ending in rare:
            failure_rate += share
            if dice < failure_rate:
                return ending
        return "success"


def _job_of(shot: Shot) -> object:
    """The id of the job that a delivery is about, if it is about one."""
    return shot.payload.get("workflow_job", {}).get("id")
