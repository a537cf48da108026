"""When to ask GitHub about what it has not told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from omnilens.model import Run, Status
from omnilens.pipeline.merge import RunView
from omnilens.sync.doubts import (
    AT_LEAST,
    MOST_DOUBLINGS,
    SILENCE,
    UNKNOWN,
    longest,
    repository_is_doubtful_at,
    run_is_doubtful_at,
    try_again_at,
)

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
minutes = st.integers(0, 10_000).map(lambda count: timedelta(minutes=count))


def run(took: timedelta, status: Status = Status.COMPLETED, name: str = "CI") -> Run:
    return Run(id=1, name=name, status=status, run_started_at=NOON, updated_at=NOON + took)


def test_how_long_workflows_take() -> None:
    runs = [
        run(timedelta(minutes=5)),
        run(timedelta(minutes=9)),
        run(timedelta(hours=9), Status.IN_PROGRESS),
        run(timedelta(minutes=1), name="Deploy"),
    ]
    views = [RunView(each, ()) for each in runs]
    assert longest(views) == {"CI": timedelta(minutes=9), "Deploy": timedelta(minutes=1)}


def test_a_run_is_doubted_when_it_takes_longer_than_its_workflow_ever_did() -> None:
    going_on = run(timedelta(0), Status.IN_PROGRESS)
    assert run_is_doubtful_at(going_on, timedelta(minutes=30), 0) == NOON + timedelta(minutes=30)
    assert run_is_doubtful_at(going_on, None, 0) == NOON + UNKNOWN
    assert run_is_doubtful_at(going_on, timedelta(seconds=5), 0) == NOON + AT_LEAST


def test_a_run_of_which_was_heard_just_now_is_not_doubted() -> None:
    late = run(timedelta(hours=3), Status.IN_PROGRESS)
    assert run_is_doubtful_at(late, timedelta(minutes=30), 0) == NOON + timedelta(hours=3) + AT_LEAST


@given(minutes, minutes, st.integers(0, MOST_DOUBLINGS - 2))
def test_each_question_is_asked_again_later_than_the_last_and_ever_more_rarely(
    heard: timedelta, took: timedelta, asked: int
) -> None:
    moments = [
        run_is_doubtful_at(run(heard, Status.IN_PROGRESS), took, times) for times in (asked, asked + 1, asked + 2)
    ]
    pauses = [after - before for before, after in pairwise(moments)]
    assert pauses[1] >= pauses[0] >= AT_LEAST


def test_a_quiet_repository_is_doubted_ever_more_rarely() -> None:
    asked = [repository_is_doubtful_at(NOON, NOON, times) - NOON for times in range(4)]
    assert asked == [SILENCE, 2 * SILENCE, 4 * SILENCE, 8 * SILENCE]
    compared = NOON + timedelta(hours=1)
    assert repository_is_doubtful_at(NOON, compared, 0) == compared + SILENCE


def test_what_fails_is_tried_again_ever_more_rarely() -> None:
    pauses = [(try_again_at(NOON, failures) - NOON).total_seconds() / 60 for failures in (1, 2, 3, 7, 8, 1000)]
    assert pauses == [5, 10, 20, 320, 360, 360]
