"""When an alert fires, and when it is over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from omnilens.operations.alerts.standing import Limits, Standing, Turn, step

START = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)
EVERY = timedelta(seconds=5)
ABOVE = Limits(10, 8, for_time=timedelta(seconds=30))
BELOW = Limits(99, 99.5, below=True, for_time=timedelta(seconds=30))


def turns(limits: Limits, values: Sequence[float | None]) -> list[tuple[int, Turn]]:
    """What is told, and at which of the values, which are measured every five seconds."""
    standing, told = Standing(), []
    for number, value in enumerate(values):
        standing, turn = step(standing, limits, value, START + number * EVERY)
        if turn:
            told.append((number, turn))
    return told


def test_it_fires_when_it_was_wrong_for_long_enough_and_ends_likewise() -> None:
    assert turns(ABOVE, [11] * 6) == []
    assert turns(ABOVE, [11] * 7) == [(6, "fired")]
    assert turns(ABOVE, [11] * 7 + [0] * 7) == [(6, "fired"), (13, "resolved")]
    assert turns(BELOW, [98] * 7 + [100] * 7) == [(6, "fired"), (13, "resolved")]


def test_a_moment_is_no_alert_and_no_end() -> None:
    assert turns(ABOVE, [11, 11, 11, 0, 11, 11, 11, 0] * 3) == []
    assert turns(ABOVE, [11] * 7 + [0, 0, 11] * 6) == [(6, "fired")]


def test_what_swings_around_the_threshold_fires_once() -> None:
    assert turns(ABOVE, [11] * 7 + [9, 11] * 30) == [(6, "fired")]
    assert turns(ABOVE, [11] * 7 + [9] * 60) == [(6, "fired")]


def test_what_cannot_be_said_is_not_wrong() -> None:
    assert turns(ABOVE, [None] * 20) == []
    assert turns(ABOVE, [11] * 7 + [None] * 7) == [(6, "fired"), (13, "resolved")]
    assert turns(ABOVE, [11] * 5 + [None] + [11] * 5) == []


def test_without_a_time_it_fires_at_once() -> None:
    assert turns(Limits(0, 0), [0, 1, 1, 0]) == [(1, "fired"), (3, "resolved")]


@given(st.lists(st.none() | st.floats(0, 20), max_size=200))
def test_it_is_told_in_turns_and_never_twice(values: list[float | None]) -> None:
    told = [turn for _, turn in turns(ABOVE, values)]
    assert told == ["fired", "resolved"] * (len(told) // 2) + ["fired"] * (len(told) % 2)


def test_the_worst_is_remembered() -> None:
    standing = Standing()
    for number, value in enumerate([98, 40, 97, 98, 98, 98, 98]):
        standing, _ = step(standing, BELOW, value, START + number * EVERY)
    assert (standing.state, standing.worst, standing.value) == ("firing", 40, 98)
