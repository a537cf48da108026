"""Counting months of runs: takes them in one after the other in any order, and tells the report.

Kept small on purpose, since there may be a hundred thousand: of each run a few numbers stay, not the run.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from msgspec.structs import asdict

from omnilens.insights.durations import between, passed, percentile, took
from omnilens.insights.flaky import Flakes
from omnilens.insights.report_shapes import (
    Billable,
    Counts,
    DayDurations,
    Report,
    ReportDay,
    ReportJob,
    ReportWorkflow,
    Spread,
    Waiting,
)
from omnilens.insights.runners import MULTIPLIERS, Runner, labels_of, minutes, runner_of, waited
from omnilens.model import FAILED, Conclusion, Job, Repository, Run

MOST_WORKFLOWS = 100
MOST_JOBS = 10
MOST_FLAKY = 50
MOST_LABELS = 50

Workflow = int | str
"""Its id, or its name where there is none."""


class _Ended:
    """How runs ended."""

    __slots__ = ("failed", "passed", "runs")

    def __init__(self) -> None:
        self.runs = self.passed = self.failed = 0

    def add(self, run: Run) -> None:
        self.runs += 1
        self.passed += passed(run)
        self.failed += run.completed and run.failed

    def told(self) -> Counts:
        decided = self.passed + self.failed
        rate = self.passed / decided if decided else None
        return Counts(
            runs=self.runs, passed=self.passed, failed=self.failed, other=self.runs - decided, success_rate=rate
        )


class _Workflow(_Ended):
    __slots__ = ("id", "name", "named_at", "seconds")

    def __init__(self, run: Run) -> None:
        super().__init__()
        self.id = run.workflow_id
        self.name, self.named_at = run.name, run.run_started_at
        self.seconds: defaultdict[int, list[int]] = defaultdict(list)
        """By the number of the day."""

    def add(self, run: Run) -> None:
        super().add(run)
        if run.run_started_at > self.named_at:
            self.name, self.named_at = run.name, run.run_started_at


class _Job:
    __slots__ = ("failed", "seconds")

    def __init__(self) -> None:
        self.failed = 0
        self.seconds: list[int] = []


class Tally:
    """The runs of some days, counted."""

    def __init__(self, dates: Sequence[str], starts: Sequence[datetime], end: datetime) -> None:
        """The days are `dates`; they begin at `starts`, and the last one ends at `end`."""
        self._dates = dates
        self._starts = starts
        self._end = end
        self._since: datetime | None = None
        self._with_jobs = 0
        self._total = _Ended()
        self._days = [_Ended() for _ in dates]
        self._workflows: dict[Workflow, _Workflow] = {}
        self._jobs: defaultdict[tuple[Workflow, str], _Job] = defaultdict(_Job)
        self._waited: defaultdict[str, list[int]] = defaultdict(list)
        self._minutes: defaultdict[Runner, list[int]] = defaultdict(list)
        self._flakes = Flakes()

    def add(self, run: Run, jobs: Mapping[int, Job]) -> None:
        """Take in a run as it is now, with the jobs of all its attempts; nothing of it if it is of another time."""
        day = bisect_right(self._starts, run.run_started_at) - 1
        if day < 0 or run.run_started_at >= self._end:
            return
        self._since = min(self._since or run.run_started_at, run.run_started_at)
        key: Workflow = run.workflow_id or run.name
        workflow = self._workflows.get(key)
        if workflow is None:
            workflow = self._workflows[key] = _Workflow(run)
        for ended in (self._total, self._days[day], workflow):
            ended.add(run)
        if passed(run):
            workflow.seconds[day].append(took(run))
        self._flakes.add(key, run, jobs)
        self._with_jobs += bool(jobs)
        for job in jobs.values():
            self._add_job(key, job)

    def _add_job(self, workflow: Workflow, job: Job) -> None:
        if job.conclusion is Conclusion.SUCCESS:
            seconds = between(job.started_at, job.completed_at)
            self._jobs[workflow, job.name].seconds.append(seconds or 0)
        elif job.conclusion in FAILED:
            self._jobs[workflow, job.name].failed += 1
        if (seconds := waited(job)) is not None:
            self._waited[labels_of(job)].append(seconds)
        if billed := minutes(job):
            self._minutes[runner_of(job.labels)].append(billed)

    def report(self, repo: Repository, tz: str, from_history: bool, now: datetime) -> Report:
        """What came of it."""
        names = {key: workflow.name for key, workflow in self._workflows.items()}
        flaky = self._flakes.found(names)
        flaky_of: defaultdict[Workflow, int] = defaultdict(int)
        for (key, _), _told in flaky:
            flaky_of[key] += 1
        jobs = [_job(names[key], name, job) for (key, name), job in self._jobs.items()]
        return Report(
            repo=repo,
            days=len(self._dates),
            tz=tz,
            first_day=self._dates[0],
            last_day=self._dates[-1],
            since=self._since,
            from_history=from_history,
            worked_out_at=now,
            total=self._total.told(),
            runs_with_jobs=self._with_jobs,
            by_day=tuple(
                ReportDay(date=date, **asdict(ended.told()))
                for date, ended in zip(self._dates, self._days, strict=True)
            ),
            workflows=self._told_workflows(flaky_of),
            slowest_jobs=_first(jobs, lambda job: job.seconds.p50 if job.seconds else 0),
            failing_jobs=_first(jobs, lambda job: job.failed),
            flaky=tuple(told for _, told in flaky[:MOST_FLAKY]),
            flaky_total=len(flaky),
            queue=spread([seconds for some in self._waited.values() for seconds in some]),
            waiting=self._told_waiting(),
            billable=tuple(_billable(runner, self._minutes[runner]) for runner in MULTIPLIERS if self._minutes[runner]),
        )

    def _told_workflows(self, flaky: Mapping[Workflow, int]) -> tuple[ReportWorkflow, ...]:
        most = sorted(self._workflows.items(), key=lambda each: (-each[1].runs, each[1].name.casefold()))
        return tuple(
            ReportWorkflow(
                workflow_id=workflow.id,
                name=workflow.name,
                flaky=flaky.get(key, 0),
                seconds=spread([seconds for some in workflow.seconds.values() for seconds in some]),
                by_day=tuple(_day(self._dates[day], some) for day, some in sorted(workflow.seconds.items())),
                **asdict(workflow.told()),
            )
            for key, workflow in most[:MOST_WORKFLOWS]
        )

    def _told_waiting(self) -> tuple[Waiting, ...]:
        told = [Waiting(labels=labels, seconds=_spread(some)) for labels, some in self._waited.items()]
        return tuple(sorted(told, key=lambda each: (-each.seconds.p95, each.labels))[:MOST_LABELS])


def spread(seconds: Sequence[int]) -> Spread | None:
    """How these are spread; nothing of none."""
    return _spread(seconds) if seconds else None


def _spread(seconds: Sequence[int]) -> Spread:
    ordered = sorted(seconds)
    return Spread(count=len(ordered), p50=percentile(ordered, 0.5) or 0, p95=percentile(ordered, 0.95) or 0)


def _day(date: str, seconds: Sequence[int]) -> DayDurations:
    told = _spread(seconds)
    return DayDurations(date=date, count=told.count, p50=told.p50, p95=told.p95)


def _job(workflow: str, name: str, job: _Job) -> ReportJob:
    runs = len(job.seconds) + job.failed
    return ReportJob(
        workflow=workflow,
        name=name,
        runs=runs,
        failed=job.failed,
        failure_rate=job.failed / runs,
        seconds=spread(job.seconds),
    )


def _first(jobs: Iterable[ReportJob], measure: Callable[[ReportJob], int]) -> tuple[ReportJob, ...]:
    """Those of which `measure` says most, and none of which it says nothing."""
    ordered = sorted(jobs, key=lambda job: (-measure(job), job.workflow.casefold(), job.name.casefold()))
    return tuple(job for job in ordered[:MOST_JOBS] if measure(job) > 0)


def _billable(runner: Runner, billed: Sequence[int]) -> Billable:
    multiplier = MULTIPLIERS[runner]
    whole = sum(billed)
    return Billable(runner=runner, jobs=len(billed), minutes=whole, multiplier=multiplier, billable=whole * multiplier)
