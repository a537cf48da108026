"""What a day is compared with."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from omnilens.insights.durations import percentile, usual
from omnilens.insights.workflows import MEASURED, Recollection, WorkflowPast
from omnilens.model import Conclusion, Run, Status
from support.remembered import past_run

DAY = datetime(2026, 11, 22, tzinfo=UTC)
FAILED: dict[str, Any] = {"conclusion": Conclusion.FAILURE}


def hours(number: float) -> datetime:
    """So long after the day began."""
    return DAY + timedelta(hours=number)


def recollect(*runs: Run) -> list[WorkflowPast]:
    recollection = Recollection(DAY - timedelta(days=30), hours(-24), DAY, hours(24))
    shuffled = random.Random(len(runs)).sample(runs, len(runs))
    recollection.add(shuffled[:1])
    recollection.add(shuffled[1:])
    return list(recollection.workflows())


def one(*runs: Run) -> WorkflowPast:
    (workflow,) = recollect(*runs)
    return workflow


def test_the_last_verdict_of_the_day_before_counts() -> None:
    assert one(past_run(1, hours(-9)), past_run(2, hours(-8), **FAILED)).before == "failed"
    assert one(past_run(1, hours(-9), **FAILED), past_run(2, hours(-8))).before == "passed"
    assert one(past_run(1, hours(-30), **FAILED)).before is None  # two days before
    assert one(past_run(1, hours(3), **FAILED)).before is None  # on the day itself


@pytest.mark.parametrize(
    "conclusion", sorted(set(Conclusion) - {"success", "failure", "timed_out", "startup_failure", "unknown"})
)
def test_what_neither_passed_nor_failed_is_no_verdict(conclusion: Conclusion) -> None:
    assert one(past_run(1, hours(-9)), past_run(2, hours(-8), conclusion=conclusion)).before == "passed"
    assert one(past_run(1, hours(-8), conclusion=conclusion)).before is None


def test_a_run_over_midnight_belongs_to_the_day_it_ended_on() -> None:
    assert one(past_run(1, hours(-1), 2 * 3600, **FAILED)).before is None
    assert one(past_run(1, hours(-25), 2 * 3600, **FAILED)).before == "failed"


def test_a_running_one_is_no_verdict() -> None:
    running = past_run(2, hours(-1), status=Status.IN_PROGRESS, conclusion=None)
    assert one(past_run(1, hours(-9), **FAILED), running).before == "failed"


def test_the_last_run_is_the_last_one_before_the_day() -> None:
    workflow = one(past_run(1, hours(-300)), past_run(2, hours(-200), head_branch="main"), past_run(3, hours(1)))
    assert workflow.last_run is not None
    assert (workflow.last_run.id, workflow.last_run.head_branch) == (2, "main")
    assert one(past_run(3, hours(1))).last_run is None
    assert recollect(past_run(1, hours(-31 * 24)), past_run(2, hours(24))) == []


def test_a_renamed_workflow_has_its_newest_name() -> None:
    assert one(past_run(1, hours(-300), name="Old"), past_run(2, hours(-200), name="New")).name == "New"
    by_name = recollect(
        past_run(1, hours(-9), workflow_id=None, name="b"),
        past_run(2, hours(-8), workflow_id=2, name="C"),
        past_run(3, hours(-7), workflow_id=None, name="A"),
    )
    assert [each.name for each in by_name] == ["A", "b", "C"]


def test_what_is_usual_comes_from_the_last_runs_that_passed() -> None:
    old = [past_run(number, hours(-500) + timedelta(minutes=number), 9000) for number in range(100, 140)]
    new = [past_run(number, hours(-100) + timedelta(minutes=number), 60 + number) for number in range(MEASURED)]
    broken = [past_run(number, hours(-50), 5, **FAILED) for number in range(200, 220)]
    found = one(*old, *new, *broken).usual
    assert found is not None
    assert (found.runs, found.median, found.p95) == (MEASURED, 84, 107)


def test_too_few_say_nothing() -> None:
    assert usual([60]) is None
    few = usual([60, 70])
    assert few is not None
    assert (few.median, few.p95) == (60, None)


def test_a_percentile_is_a_value_that_occurred() -> None:
    assert percentile([], 0.5) is None
    assert [percentile([1, 2, 3, 4], share) for share in (0.0, 0.25, 0.5, 0.51, 0.95, 1.0)] == [1, 1, 2, 3, 4, 4]
