"""What the failure of a signed delivery means."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnilens import errors
from omnilens.errors import OmniLensError
from omnilens.pipeline.failure import (
    FIRST_WAIT,
    LONGEST_WAIT,
    MAX_ATTEMPTS,
    MAX_BYTES,
    MAX_KEPT,
    REASON_LENGTH,
    failure,
    next_attempt,
    room,
    worth_keeping,
)
from support.changes import T0

EXPECTED = [each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, OmniLensError)]


@pytest.mark.parametrize("kind", EXPECTED)
def test_of_what_we_refuse_only_what_we_cannot_read_is_kept(kind: type[OmniLensError]) -> None:
    unreadable = kind in {errors.MalformedPayload, errors.IncompletePayload}
    assert worth_keeping("workflow_run", kind("A sentence.")) == unreadable


def test_a_bug_of_ours_is_kept_but_no_event_that_we_do_not_read() -> None:
    assert worth_keeping("workflow_job", RuntimeError("a bug"))
    assert not worth_keeping("star", errors.MalformedPayload("The body is not a JSON object."))


def test_a_failure_has_a_code_and_a_sentence() -> None:
    assert failure(errors.MalformedPayload("No.")) == ("malformed-payload", "No.")
    assert failure(KeyError("name")) == ("internal-error", "KeyError: 'name'")


@given(text=st.text(alphabet=st.characters(), max_size=1000))
def test_whatever_an_exception_says_can_be_stored_and_shown(text: str) -> None:
    reason = failure(ValueError(text)).reason
    assert len(reason.encode()) <= REASON_LENGTH * 4
    assert len(reason) <= REASON_LENGTH
    assert "\x00" not in reason
    assert "\n" not in reason


def test_waits_double_up_to_an_hour_and_end_after_a_day() -> None:
    at = T0
    waits = []
    for attempts in range(1, MAX_ATTEMPTS):
        then = next_attempt(attempts, at)
        assert then
        waits.append(then - at)
        at = then
    minutes = [wait // timedelta(minutes=1) for wait in waits]
    assert minutes[:8] == [1, 2, 4, 8, 16, 32, 60, 60]
    assert (waits[0], max(waits), waits[-1]) == (FIRST_WAIT, LONGEST_WAIT, LONGEST_WAIT)
    assert timedelta(hours=23) < at - T0 < timedelta(hours=25)


@given(attempts=st.integers(MAX_ATTEMPTS, 2**31))
def test_often_enough_is_often_enough(attempts: int) -> None:
    assert next_attempt(attempts, T0) is None


@given(sizes=st.lists(st.integers(0, MAX_BYTES), max_size=20) | st.lists(st.integers(0, 3), max_size=2 * MAX_KEPT))
def test_there_is_room_for_as_many_as_fit(sizes: list[int]) -> None:
    fitting = room(sizes)
    assert fitting <= MAX_KEPT
    assert sum(sizes[:fitting]) <= MAX_BYTES
    assert fitting in {len(sizes), MAX_KEPT} or sum(sizes[: fitting + 1]) > MAX_BYTES
