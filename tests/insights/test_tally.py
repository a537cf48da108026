"""Counting months of runs."""

from __future__ import annotations

from typing import Any

import pytest

from omnilens.insights.report_shapes import Spread
from omnilens.insights.runners import minutes, runner_of, waited
from omnilens.model import Conclusion, Job, Run, Status
from support.remembered import past_job, past_run
from support.reports import DAYS, FAILED, Known, on, report


def alone(*runs: Run) -> list[Known]:
    return [(run, ()) for run in runs]


def test_runs_belong_to_the_day_they_started_on() -> None:
    counted = report(
        *alone(
            past_run(1, on(0, 0)),
            past_run(2, on(0, 23.99), 7200, **FAILED),
            past_run(3, on(9), conclusion=Conclusion.CANCELLED),
            past_run(4, on(9), status=Status.IN_PROGRESS, conclusion=None),
            past_run(5, on(DAYS, 0)),
            past_run(6, on(-1)),
        )
    )
    days = {day.date: (day.runs, day.passed, day.failed, day.other, day.success_rate) for day in counted.by_day}
    assert len(days) == DAYS
    assert days["2026-11-01"] == (2, 1, 1, 0, 0.5)
    assert days["2026-11-02"] == (0, 0, 0, 0, None)
    assert days["2026-11-10"] == (2, 0, 0, 2, None)
    assert (counted.total.runs, counted.total.success_rate, counted.since) == (4, 0.5, on(0, 0))
    assert (counted.first_day, counted.last_day, counted.days) == ("2026-11-01", "2026-11-10", DAYS)


def test_nothing_is_nothing() -> None:
    counted = report()
    assert (counted.total.runs, counted.total.success_rate, counted.since, counted.queue) == (0, None, None, None)
    assert (counted.workflows, counted.slowest_jobs, counted.flaky, counted.billable) == ((), (), (), ())


def test_durations_are_of_what_passed_by_workflow_and_day() -> None:
    seconds = [past_run(number, on(3), number) for number in range(1, 101)]
    counted = report(*alone(*seconds, past_run(999, on(4), 9999, **FAILED), past_run(888, on(1), 7, workflow_id=12)))
    ci, other = counted.workflows
    assert (ci.seconds, other.seconds) == (Spread(count=100, p50=50, p95=95), Spread(count=1, p50=7, p95=7))
    assert [(day.date, day.count, day.p50, day.p95) for day in ci.by_day] == [("2026-11-04", 100, 50, 95)]
    assert (ci.runs, ci.failed) == (101, 1)


def test_a_renamed_workflow_is_one_with_its_newest_name() -> None:
    counted = report(*alone(past_run(1, on(1), name="Old"), past_run(2, on(2), name="New")))
    assert [(each.name, each.runs) for each in counted.workflows] == [("New", 2)]


class TestFlaky:
    def test_a_re_run_that_passed_where_a_job_had_failed(self) -> None:
        run = past_run(1, on(2), run_attempt=2, head_sha="abc", head_branch="main")
        failed, passed = past_job(11, run, run_attempt=1, **FAILED), past_job(12, run)
        (found,) = report((run, (failed, passed))).flaky
        assert (found.by, found.head_sha, found.run_id, found.workflow) == ("attempt", "abc", 1, "CI")

    def test_a_later_run_of_the_same_commit(self) -> None:
        failed, passed = past_run(1, on(2), head_sha="abc", **FAILED), past_run(2, on(3), head_sha="abc")
        counted = report(*alone(failed, passed))
        assert [(each.by, each.run_id, each.at) for each in counted.flaky] == [("run", 2, passed.updated_at)]
        assert (counted.flaky_total, counted.workflows[0].flaky) == (1, 1)

    def test_not_what_is_something_else(self) -> None:
        first_passed = alone(past_run(1, on(2), head_sha="a"), past_run(2, on(3), head_sha="a", **FAILED))
        other_commit = alone(past_run(3, on(2), head_sha="b", **FAILED), past_run(4, on(3), head_sha="c"))
        other_workflow = alone(
            past_run(5, on(2), head_sha="d", **FAILED), past_run(6, on(3), head_sha="d", workflow_id=12)
        )
        cancelled = past_run(7, on(2), head_sha="e", run_attempt=2)
        was_cancelled: Known = (cancelled, (past_job(71, cancelled, run_attempt=1, conclusion=Conclusion.CANCELLED),))
        unknown = alone(past_run(8, on(2), **FAILED), past_run(9, on(3)))
        assert report(*first_passed, *other_commit, *other_workflow, was_cancelled, *unknown).flaky == ()


def test_jobs_the_slowest_and_those_that_fail_most() -> None:
    run = past_run(1, on(2))
    jobs = [past_job(number, run, seconds=60 * number, name=f"job {number}") for number in range(1, 13)]
    broken = [past_job(100 + number, run, name="job 1", **FAILED) for number in range(3)]
    skipped = past_job(200, run, name="skipped", conclusion=Conclusion.SKIPPED)
    counted = report((run, (*jobs, *broken, skipped)))
    assert [job.name for job in counted.slowest_jobs] == [f"job {number}" for number in range(12, 2, -1)]
    (worst,) = counted.failing_jobs
    assert (worst.name, worst.runs, worst.failed, worst.failure_rate) == ("job 1", 4, 3, 0.75)
    assert counted.runs_with_jobs == 1


def test_waiting_for_a_runner_by_label() -> None:
    run = past_run(1, on(2))
    quick = [past_job(number, run, waited=number) for number in range(1, 4)]
    slow = past_job(50, run, waited=600, labels=("gpu", "self-hosted", "linux"))
    same = past_job(51, run, waited=700, labels=("self-hosted", "linux", "gpu"))
    counted = report((run, (*quick, slow, same)))
    assert [(each.labels, each.seconds.count, each.seconds.p50) for each in counted.waiting] == [
        ("self-hosted, gpu, linux", 2, 600),
        ("ubuntu-latest", 3, 2),
    ]
    assert counted.queue == Spread(count=5, p50=3, p95=700)


@pytest.mark.parametrize(
    "fields",
    [
        {"status": Status.QUEUED, "conclusion": None},  # GitHub gives a start to those that wait, too
        {"conclusion": Conclusion.SKIPPED},
        {"conclusion": Conclusion.CANCELLED},
        {"started_at": None},
    ],
)
def test_what_never_got_a_runner_waited_for_none(fields: dict[str, Any]) -> None:
    assert waited(past_job(1, past_run(1, on(1)), **fields)) is None


def test_minutes_are_rounded_up_for_each_job() -> None:
    run = past_run(1, on(2))

    def job(number: int, seconds: float, label: str) -> Job:
        return past_job(number, run, seconds=seconds, labels=(label,))

    jobs = (
        job(1, 1, "ubuntu-latest"),
        job(2, 61, "ubuntu-24.04"),
        job(3, 60, "windows-2025"),
        job(4, 90, "macos-15"),
        job(5, 600, "self-hosted"),
        job(6, 600, "our-pool"),
    )
    told = {each.runner: (each.jobs, each.minutes, each.billable) for each in report((run, jobs)).billable}
    assert told == {
        "Linux": (2, 3, 3),
        "Windows": (1, 1, 2),
        "macOS": (1, 2, 20),
        "self-hosted": (1, 10, 0),
        "unknown": (1, 10, 0),
    }


def test_minutes_are_of_what_ran() -> None:
    run = past_run(1, on(1))
    assert minutes(past_job(1, run, conclusion=Conclusion.SKIPPED)) == 0
    assert minutes(past_job(1, run, status=Status.IN_PROGRESS, conclusion=None, completed_at=None)) == 0
    assert minutes(past_job(1, run, seconds=0, **FAILED)) == 1
    assert runner_of(("self-hosted", "windows")) == "self-hosted"
