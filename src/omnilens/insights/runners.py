"""What runners cost: how long jobs wait for one, and the minutes that GitHub would bill."""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil
from typing import Literal

from omnilens.insights.durations import between
from omnilens.model import Conclusion, Job, Status

Runner = Literal["Linux", "Windows", "macOS", "self-hosted", "unknown"]

MULTIPLIERS: dict[Runner, int] = {"Linux": 1, "Windows": 2, "macOS": 10, "self-hosted": 0, "unknown": 0}
"""Of GitHub's standard runners; larger ones cost more.

https://docs.github.com/en/billing/reference/actions-runner-pricing
"""
_NEVER_RAN = frozenset({Conclusion.SKIPPED, Conclusion.CANCELLED})


def runner_of(labels: Iterable[str]) -> Runner:
    """Whose runner a job with these labels gets, and of which kind."""
    written = " ".join(labels).casefold()
    if "self-hosted" in written:
        return "self-hosted"
    if "windows" in written:
        return "Windows"
    if "macos" in written:
        return "macOS"
    return "Linux" if "ubuntu" in written or "linux" in written else "unknown"


def waited(job: Job) -> int | None:
    """How many seconds a job waited for a runner; nothing if it never got one.

    Only of completed jobs: GitHub gives a start also to those that still wait, and to those that were cancelled then.
    """
    ran = job.status is Status.COMPLETED and job.conclusion not in _NEVER_RAN
    return between(job.created_at, job.started_at) if ran else None


def minutes(job: Job) -> int:
    """The minutes a job is billed for, each begun one whole; none if it never ran."""
    if job.status is not Status.COMPLETED or job.conclusion is Conclusion.SKIPPED or not job.labels:
        return 0
    seconds = between(job.started_at, job.completed_at)
    return max(1, ceil(seconds / 60)) if seconds is not None else 0


def labels_of(job: Job) -> str:
    """The labels as one text, in whatever order they were written."""
    return ", ".join(sorted(job.labels, key=lambda label: (label != "self-hosted", label))) or "no labels"
