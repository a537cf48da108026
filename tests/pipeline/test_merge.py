"""The ordering rule: whatever order deliveries come in, the board is the same."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import asdict

from omnilens.model import Conclusion, RunDetail, Status, Step
from omnilens.pipeline.change import Change
from omnilens.pipeline.merge import RunState, merge, union, view
from support.changes import at, changes, job_reported, run_reported

QUEUED, WAITING, IN_PROGRESS, COMPLETED = Status.QUEUED, Status.WAITING, Status.IN_PROGRESS, Status.COMPLETED


def board(reports: Iterable[Change]) -> dict[int, RunDetail]:
    states: dict[int, RunState] = {}
    for change in reports:
        states[change.run.id] = merge(states.get(change.run.id, RunState()), change)
    return {run_id: detail(state) for run_id, state in states.items()}


def detail(state: RunState) -> RunDetail:
    run, jobs = view(state)
    return RunDetail(**asdict(run), jobs=jobs)


def shown(*reports: Change) -> RunDetail:
    return board(reports)[1]


@given(st.lists(changes(), min_size=1, max_size=12), st.data())
def test_order_and_repetition_change_nothing(reports: list[Change], data: st.DataObject) -> None:
    repeated = reports + data.draw(st.lists(st.sampled_from(reports), max_size=5))
    shuffled = data.draw(st.permutations(repeated))
    assert board(shuffled) == board(reports)


@given(st.lists(changes(runs=1), min_size=1, max_size=12))
def test_within_an_attempt_nothing_goes_back(reports: list[Change]) -> None:
    state, best = RunState(), (0, False)
    for change in reports:
        state = merge(state, change)
        run = detail(state)
        assert (run.run_attempt, run.completed) >= best
        best = (run.run_attempt, run.completed)


@given(st.lists(changes(runs=1), min_size=1, max_size=8))
def test_what_says_nothing_new_leaves_the_very_same_state(reports: list[Change]) -> None:
    state = RunState()
    for change in reports:
        state = merge(state, change)
    for change in reports:
        assert merge(state, change) is state


@given(st.lists(changes(runs=1), max_size=8), st.lists(changes(runs=1), max_size=8))
def test_two_that_heard_different_things_know_together_what_one_would(one: list[Change], other: list[Change]) -> None:
    everything, *halves = (reduce(merge, reports, RunState()) for reports in ([*one, *other], one, other))
    assert union(*halves) == union(*reversed(halves)) == everything


def test_a_newer_attempt_wins_outright() -> None:
    first = run_reported(COMPLETED, 90, conclusion=Conclusion.FAILURE)
    second = run_reported(IN_PROGRESS, 10, run_attempt=2)
    assert shown(first, second).status is IN_PROGRESS
    assert shown(second, first).run_attempt == 2


def test_completed_stays_completed_even_if_a_later_time_says_otherwise() -> None:
    assert shown(run_reported(COMPLETED, 10), run_reported(IN_PROGRESS, 20)).completed


def test_at_the_same_time_the_later_status_counts() -> None:
    # GitHub's times are whole seconds: https://github.com/cpanato/github_actions_exporter/issues/296
    same = [run_reported(status, 5) for status in (COMPLETED, IN_PROGRESS, QUEUED)]
    assert shown(*same).completed


def test_a_job_that_comes_before_its_run_creates_it() -> None:
    run = shown(job_reported(IN_PROGRESS, 3))
    assert (run.name, run.status, [job.name for job in run.jobs]) == ("CI", IN_PROGRESS, ["build"])


def test_a_rerun_that_only_its_jobs_have_told_of_keeps_what_is_known_of_the_run() -> None:
    failed = run_reported(COMPLETED, 5, conclusion=Conclusion.FAILURE, display_title="Retry", head_branch="main")
    run = shown(failed, job_reported(QUEUED, 60, run_attempt=2, created_at=at(60)))
    assert (run.run_attempt, run.status, run.conclusion) == (2, QUEUED, None)
    assert (run.display_title, run.head_branch, run.run_started_at) == ("Retry", "main", at(60))


def test_jobs_of_an_earlier_attempt_are_not_shown() -> None:
    old = job_reported(COMPLETED, 5, id=21)
    new = job_reported(QUEUED, 60, id=22, run_attempt=2)
    assert [job.id for job in shown(new, run_reported(IN_PROGRESS, 60, run_attempt=2), old).jobs] == [22]


def test_a_run_whose_job_runs_is_running() -> None:
    assert shown(run_reported(QUEUED, 1), job_reported(IN_PROGRESS, 2)).status is IN_PROGRESS


def test_a_job_that_was_approved_is_queued_again() -> None:
    waits = job_reported(WAITING, 1)
    approved = job_reported(QUEUED, 30)
    assert shown(approved, waits).jobs[0].status is QUEUED


def test_where_no_time_tells_waiting_outlasts_queued() -> None:
    assert shown(job_reported(WAITING, 1), job_reported(QUEUED, 1)).jobs[0].status is WAITING


def test_a_job_moves_on_with_its_steps() -> None:
    first = job_reported(IN_PROGRESS, 1, steps=(Step(number=1, name="Set up", status=IN_PROGRESS),))
    done = job_reported(IN_PROGRESS, 1, steps=(Step(number=1, name="Set up", status=COMPLETED),))
    assert shown(done, first).jobs[0].steps[0].status is COMPLETED


def test_a_run_may_complete_before_its_last_job_is_reported() -> None:
    run = shown(run_reported(COMPLETED, 9), job_reported(IN_PROGRESS, 3), job_reported(COMPLETED, 8))
    assert run.completed
    assert run.jobs[0].status is COMPLETED


def test_nothing_reported_is_nothing_to_show() -> None:
    with pytest.raises(ValueError, match="nothing was reported"):
        view(RunState())
