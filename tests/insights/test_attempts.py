"""What became of earlier attempts, read from their jobs, and which runs are flaky by them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from omnilens.insights.attempts import attempts_of, conclusion_of, earlier, failed_before, flaky
from omnilens.model import Conclusion, Job, Run, Status
from support.changes import T0, at, job, run


def ended(job_id: int, attempt: int, conclusion: str, seconds: float = 30) -> Job:
    return job(
        Status.COMPLETED,
        id=job_id,
        run_attempt=attempt,
        conclusion=Conclusion(conclusion),
        started_at=at(seconds),
        completed_at=at(seconds + 20),
    )


def passed(attempt: int = 1, **fields: Any) -> Run:
    return run(Status.COMPLETED, 100, **{"run_attempt": attempt, "head_sha": "abc", "workflow_id": 11, **fields})


@pytest.mark.parametrize(
    ("conclusions", "whole"),
    [
        ([], None),
        (["success", "skipped", "neutral"], "success"),
        (["success", "cancelled", "failure"], "failure"),
        (["success", "cancelled"], "cancelled"),
        (["timed_out"], "failure"),
        (["success", "stale"], None),
    ],
)
def test_an_attempt_ended_as_its_jobs_did(conclusions: list[str], whole: str | None) -> None:
    jobs = [ended(number, 1, each) for number, each in enumerate(conclusions)]
    assert conclusion_of(jobs) == whole


def test_every_attempt_is_told_of_also_those_of_which_nothing_is_known() -> None:
    told = attempts_of(passed(3), [ended(1, 1, "failure"), ended(2, 1, "success"), ended(3, 3, "success")])
    assert [(each.attempt, each.conclusion, each.jobs) for each in told] == [
        (1, "failure", 2),
        (2, None, 0),
        (3, "success", 1),
    ]


def test_a_run_as_it_was() -> None:
    then = earlier(passed(2, display_title="Retry"), 1, [ended(1, 1, "failure", 10), ended(2, 1, "success", 40)])
    assert (then.run_attempt, then.status, then.conclusion) == (1, Status.COMPLETED, Conclusion.FAILURE)
    assert (then.run_started_at, then.updated_at) == (T0 + timedelta(seconds=10), T0 + timedelta(seconds=60))
    assert then.display_title == "Retry"


def test_what_failed_and_then_passed_on_the_same_commit_is_flaky() -> None:
    again = passed(2)
    assert failed_before(again, [ended(1, 1, "failure")])
    assert not failed_before(again, [ended(1, 1, "success"), ended(2, 2, "failure")])
    assert flaky(again, [ended(1, 1, "failure")], []) == "attempt"
    assert flaky(again, [ended(1, 1, "success")], []) is None
    failed = passed(id=2, conclusion=Conclusion.FAILURE, updated_at=at(50))
    assert flaky(passed(), [], [failed]) == "run"
    for other in (
        passed(id=2, conclusion=Conclusion.FAILURE, updated_at=at(150)),  # it passed, and then failed
        passed(id=2, conclusion=Conclusion.FAILURE, updated_at=at(50), head_sha="def"),
        passed(id=2, conclusion=Conclusion.FAILURE, updated_at=at(50), workflow_id=12),
        passed(id=2, updated_at=at(50)),
    ):
        assert flaky(passed(), [], [other]) is None
    assert flaky(failed, [ended(1, 1, "failure")], []) is None
    assert flaky(passed(2, head_sha=None), [ended(1, 1, "failure")], []) is None
