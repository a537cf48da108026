"""What is known of the attempts of a run before its latest one, which is all that the board shows.

GitHub tells of an attempt only while it is the latest, so what came of earlier ones is read from their jobs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from omnilens.insights.flaky import Flakes
from omnilens.insights.report_shapes import FlakyBy
from omnilens.model import FAILED, Conclusion, Job, Run, Status

_WELL = frozenset({Conclusion.SUCCESS, Conclusion.SKIPPED, Conclusion.NEUTRAL})


class RunAttempt(Struct, frozen=True, kw_only=True):
    """One attempt of a run."""

    attempt: int
    """Counted from 1."""
    conclusion: Conclusion | None
    """How it ended; nothing where it goes on, or where nothing is known of it."""
    jobs: int
    """Those of its jobs that are known here. None of an earlier one: it has to be asked for at GitHub."""


def attempts_of(run: Run, jobs: Collection[Job]) -> tuple[RunAttempt, ...]:
    """Every attempt of a run up to its latest one, given the jobs of all of them."""
    return tuple(_told(run, attempt, [job for job in jobs if job.run_attempt == attempt]) for attempt in _numbers(run))


def failed_before(run: Run, jobs: Iterable[Job]) -> bool:
    """Whether an earlier attempt failed, as far as is known: if this one passes, it is flaky."""
    return any(job.run_attempt < run.run_attempt and job.conclusion in FAILED for job in jobs)


def earlier(run: Run, attempt: int, jobs: Collection[Job]) -> Run:
    """A run as it was in an earlier attempt, as far as the jobs of that one tell."""
    begun = [at for job in jobs if (at := job.started_at or job.created_at)]
    ended = [at for job in jobs if (at := job.completed_at)]
    start: datetime = min(begun, default=run.created_at or run.run_started_at)
    return replace(
        run,
        run_attempt=attempt,
        status=Status.COMPLETED,  # else there could be none after it
        conclusion=conclusion_of(jobs),
        run_started_at=start,
        updated_at=max(ended, default=start),
    )


def conclusion_of(jobs: Iterable[Job]) -> Conclusion | None:
    """How an attempt ended that had these jobs; nothing if they do not tell."""
    ended = {job.conclusion for job in jobs}
    if ended & FAILED:
        return Conclusion.FAILURE
    if Conclusion.CANCELLED in ended:
        return Conclusion.CANCELLED
    return Conclusion.SUCCESS if ended and ended <= _WELL else None


def flaky(run: Run, jobs: Collection[Job], others: Iterable[Run]) -> FlakyBy | None:
    """How a run that passed showed that its workflow is flaky: in the words, and by the rule, of the report.

    `jobs` are those of all its attempts, `others` runs of the same repository.
    """
    if run.head_sha is None or run.conclusion is not Conclusion.SUCCESS:
        return None
    flakes = Flakes()
    flakes.add(run.name, run, {job.id: job for job in jobs})
    for other in others:
        same = (other.workflow_id or other.name) == (run.workflow_id or run.name) and other.head_sha == run.head_sha
        if same and other.id != run.id and other.updated_at < run.updated_at:
            flakes.add(run.name, other, {})
    return next((told.by for _, told in flakes.found({run.name: run.name})), None)


def _numbers(run: Run) -> range:
    return range(1, run.run_attempt + 1)


def _told(run: Run, attempt: int, jobs: Collection[Job]) -> RunAttempt:
    conclusion = run.conclusion if attempt == run.run_attempt else conclusion_of(jobs)
    return RunAttempt(attempt=attempt, conclusion=conclusion, jobs=len(jobs))
