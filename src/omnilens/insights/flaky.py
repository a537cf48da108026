"""Failed, then passed on the same commit: nothing had changed, so the test or what is around it cannot be trusted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from omnilens.insights.durations import passed
from omnilens.insights.report_shapes import FlakyCommit
from omnilens.model import FAILED, Job, Run

Key = tuple[int | str, str]
"""A workflow and a commit."""


class _Seen:
    """What is known of a workflow on a commit."""

    __slots__ = ("failed_at", "passed", "rerun")

    def __init__(self) -> None:
        self.failed_at: datetime | None = None
        """When it first failed."""
        self.passed: Run | None = None
        """The run that passed last."""
        self.rerun: Run | None = None
        """A run that failed, and passed when it was run again."""


class Flakes:
    """Takes in runs in any order, and tells on which commits they were flaky."""

    def __init__(self) -> None:
        self._seen: dict[Key, _Seen] = {}

    def add(self, workflow: int | str, run: Run, jobs: Mapping[int, Job]) -> None:
        """Take in a run, with the jobs of all its attempts."""
        if run.head_sha is None or not (passed(run) or run.failed):
            return
        seen = self._seen.setdefault((workflow, run.head_sha), _Seen())
        if run.failed:
            seen.failed_at = min(seen.failed_at or run.updated_at, run.updated_at)
        else:
            seen.passed = run if seen.passed is None or run.updated_at > seen.passed.updated_at else seen.passed
            if run.run_attempt > 1 and any(
                job.run_attempt < run.run_attempt and job.conclusion in FAILED for job in jobs.values()
            ):
                seen.rerun = run

    def found(self, names: Mapping[int | str, str]) -> list[tuple[Key, FlakyCommit]]:
        """All of them, the newest first; `names` are those of the workflows."""
        told = [(key, told) for key, seen in self._seen.items() if (told := _told(names[key[0]], key[1], seen))]
        return sorted(told, key=lambda each: each[1].at, reverse=True)


def _told(workflow: str, sha: str, seen: _Seen) -> FlakyCommit | None:
    again = seen.passed if seen.failed_at and seen.passed and seen.passed.updated_at > seen.failed_at else None
    run = seen.rerun or again
    if run is None:
        return None
    return FlakyCommit(
        workflow=workflow,
        head_sha=sha,
        head_branch=run.head_branch,
        by="attempt" if seen.rerun else "run",
        run_id=run.id,
        at=run.updated_at,
    )
