"""The shape of a report: months of a repository in numbers. Durations are in whole seconds."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from omnilens.model import Repository, Timestamp

FlakyBy = Literal["attempt", "run"]


class Spread(Struct, frozen=True, kw_only=True):
    """How many there were, and how they are spread."""

    count: int
    p50: int
    """Half took no longer."""
    p95: int


class Counts(Struct, frozen=True, kw_only=True):
    """How runs ended."""

    runs: int
    passed: int
    failed: int
    other: int
    """Cancelled, skipped, neutral, not completed."""
    success_rate: float | None
    """passed / (passed + failed), 0 to 1; nothing where neither occurred."""


class ReportDay(Counts, frozen=True, kw_only=True):
    """The runs that started on one day."""

    date: str


class DayDurations(Spread, frozen=True, kw_only=True):
    """How long the runs of a workflow took that started on one day and passed."""

    date: str


class ReportWorkflow(Counts, frozen=True, kw_only=True):
    """One workflow."""

    workflow_id: int | None
    name: str
    flaky: int
    """Commits on which it failed and then passed."""
    seconds: Spread | None
    """Of the runs that passed; nothing where none has."""
    by_day: tuple[DayDurations, ...]
    """Days on which none passed are left out."""


class ReportJob(Struct, frozen=True, kw_only=True):
    """One job of one workflow, in all attempts that are known."""

    workflow: str
    name: str
    runs: int
    """That passed or failed."""
    failed: int
    failure_rate: float
    seconds: Spread | None
    """Of those that passed."""


class FlakyCommit(Struct, frozen=True, kw_only=True):
    """A commit on which a workflow failed and then passed, with nothing changed."""

    workflow: str
    head_sha: str
    head_branch: str | None
    by: FlakyBy
    """Whether the same run passed when it was run again, or another run did."""
    run_id: int
    """The run that passed."""
    at: Timestamp
    """When it did."""


class Waiting(Struct, frozen=True, kw_only=True):
    """How long jobs that want the same runner waited for one, from created to started."""

    labels: str
    """As one text: ``self-hosted, linux``."""
    seconds: Spread


class Billable(Struct, frozen=True, kw_only=True):
    """What jobs on one kind of runner would be billed as, if the repository is private. An estimate."""

    runner: Literal["Linux", "Windows", "macOS", "self-hosted", "unknown"]
    jobs: int
    minutes: int
    """Each job rounded up to a minute."""
    multiplier: int
    billable: int
    """minutes times multiplier; nothing for runners of one's own."""


class Report(Struct, frozen=True, kw_only=True):
    """A repository over some days, which are those of `tz`. Runs belong to the day on which they started."""

    repo: Repository
    days: int
    tz: str
    first_day: str
    last_day: str
    since: Timestamp | None
    """When the first run started that is known of these days."""
    from_history: bool
    """Whether there is a history; else only what is in memory is known, which are two days."""
    worked_out_at: Timestamp
    total: Counts
    runs_with_jobs: int
    """Of how many runs jobs are known. What is said of jobs, queues and minutes is of these only."""
    by_day: tuple[ReportDay, ...]
    """Every day, the first one first."""
    workflows: tuple[ReportWorkflow, ...]
    """Those that ran most first, not more than a hundred."""
    slowest_jobs: tuple[ReportJob, ...]
    """By the median, ten at most."""
    failing_jobs: tuple[ReportJob, ...]
    """By how many failed, ten at most."""
    flaky: tuple[FlakyCommit, ...]
    """The newest first, fifty at most."""
    flaky_total: int
    queue: Spread | None
    """How long jobs waited for a runner."""
    waiting: tuple[Waiting, ...]
    """The same for each set of labels, the longest first."""
    billable: tuple[Billable, ...]
