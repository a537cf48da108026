"""The limits: whoever keeps to the budget never calls when GitHub said not to, and always goes on at last."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from omnilens.github.rest.budget import (
    BETWEEN_CHANGES,
    LONGEST,
    QUIET,
    Budget,
    Refusal,
    Told,
    answered,
    called,
    lost,
    opens_at,
    seen_at,
)

HOUR = 3600.0


def told(remaining: int, renewed_in: float = HOUR, **more: Any) -> Told:
    return Told(limit=5000, remaining=remaining, renewed_in=renewed_in, **more)


def test_nothing_known_forbids_nothing() -> None:
    assert opens_at(Budget(), 10.0) == 10.0
    assert seen_at(Budget(), 10.0) == Budget()


def test_nothing_is_called_between_the_last_call_and_the_renewal() -> None:
    budget = answered(Budget(), told(0, 100), 10.0)
    assert opens_at(budget, 10.0) == opens_at(budget, 109.9) == 110.0
    assert opens_at(budget, 110.5) == 110.5
    assert seen_at(budget, 50.0).remaining == 0
    assert seen_at(budget, 110.0).remaining == 5000


def test_an_answer_that_says_nothing_changes_nothing() -> None:
    budget = answered(Budget(), told(7), 0.0)
    assert answered(budget, Told(), 1.0) == budget


def test_retry_after_counts_and_nothing_else_is_added() -> None:
    budget = answered(Budget(), told(4000, retry_after=7.0, refusal=Refusal.SECONDARY), 10.0)
    assert opens_at(budget, 10.0) == 17.0


def test_the_longer_of_two_reasons_counts() -> None:
    budget = answered(Budget(), told(0, 100, retry_after=7.0, refusal=Refusal.PRIMARY), 0.0)
    assert opens_at(budget, 0.0) == 100.0


def test_a_refusal_that_does_not_say_how_long_means_a_minute_then_two_then_four() -> None:
    budget, now, waits = Budget(), 0.0, []
    for _ in range(4):
        budget = answered(budget, told(4000, refusal=Refusal.SECONDARY), now)
        waits.append(opens_at(budget, now) - now)
        now = opens_at(budget, now)
    assert waits == [QUIET, 2 * QUIET, 4 * QUIET, 8 * QUIET]
    budget = answered(answered(budget, told(3999), now), told(3998, refusal=Refusal.SECONDARY), now)
    assert opens_at(budget, now) == now + QUIET


def test_a_primary_refusal_without_numbers_is_waited_out_as_well() -> None:
    assert opens_at(answered(Budget(), Told(refusal=Refusal.PRIMARY), 0.0), 0.0) == QUIET


def test_what_is_left_only_becomes_less_until_the_renewal() -> None:
    budget = answered(answered(Budget(), told(10, 100), 0.0), told(12, 100), 1.0)
    assert budget.remaining == 10
    assert answered(budget, told(4999, HOUR), 102.0).remaining == 4999


def test_a_call_without_an_answer_may_have_counted() -> None:
    assert lost(answered(Budget(), told(1), 0.0)).remaining == 0
    assert lost(Budget()) == Budget()


def test_changes_are_a_second_apart_and_reading_is_not() -> None:
    budget = called(Budget(), 5.0, changes=True)
    assert opens_at(budget, 5.5, changes=True) == 5.0 + BETWEEN_CHANGES
    assert opens_at(budget, 5.5) == 5.5
    assert called(Budget(), 5.0) == Budget()


numbers = st.one_of(st.none(), st.integers(0, 10**15))
seconds = st.one_of(st.none(), st.floats(-1e15, 1e15))


@given(
    st.lists(
        st.tuples(
            st.builds(
                Told,
                limit=numbers,
                remaining=numbers,
                used=numbers,
                renewed_in=seconds,
                retry_after=st.one_of(st.none(), st.floats(0, 1e15)),
                refusal=st.sampled_from([None, *Refusal]),
            ),
            st.floats(0, 1e5),
        ),
        max_size=30,
    )
)
def test_no_answer_however_absurd_silences_us_for_more_than_a_day(answers: list[tuple[Told, float]]) -> None:
    budget, now = Budget(), 0.0
    for each, passed in answers:
        now += passed
        budget = answered(budget, each, now)
        assert now <= opens_at(budget, now) <= now + LONGEST


class Strict:
    """GitHub's side: it counts, it refuses, and it notes who comes too early."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.used = 0
        self.renewed_at = HOUR
        self.quiet_until = 0.0
        self.told_nothing_left = False

    def pass_to(self, now: float) -> None:
        if now >= self.renewed_at:
            self.used, self.renewed_at, self.told_nothing_left = 0, now + HOUR, False

    def call(self, now: float, refuses: tuple[int | None] | None) -> Told:
        assert now >= self.quiet_until, "called during a secondary limit"
        assert not self.told_nothing_left, "called although nothing was left"
        refusal, retry_after = None, None
        if refuses is not None:
            (seconds,) = refuses
            refusal, retry_after = Refusal.SECONDARY, None if seconds is None else float(seconds)
            self.quiet_until = now + (QUIET if seconds is None else seconds)
        elif self.used >= self.limit:
            refusal = Refusal.PRIMARY
        else:
            self.used += 1
        self.told_nothing_left = self.used >= self.limit
        left = self.limit - self.used
        return Told(self.limit, left, self.used, self.renewed_at - now, retry_after, refusal)


happenings = st.one_of(
    st.just(("call", None)),
    st.tuples(st.just("refuse"), st.one_of(st.none(), st.integers(0, 4000))),
    st.tuples(st.just("others"), st.integers(1, 5)),
    st.tuples(st.just("idle"), st.integers(0, 5000)),
    st.just(("lost", None)),
)


@given(st.integers(1, 5), st.lists(happenings, max_size=60))
def test_whoever_keeps_to_the_budget_never_calls_too_early(limit: int, story: list[tuple[str, Any]]) -> None:
    """Also when others use up the same limit, calls get lost, and secondary limits come in between."""
    github, budget, now = Strict(limit), Budget(), 0.0
    for what, how in story:
        if what == "idle":
            now += how
        elif what == "others":
            github.pass_to(now)
            github.used = min(limit, github.used + how)
        else:
            now = opens_at(budget, now)
            github.pass_to(now)
            answer = github.call(now, (how,) if what == "refuse" else None)
            # An answer that gets lost tells GitHub that we know, but us nothing: it is not our fault then.
            github.told_nothing_left &= what != "lost"
            budget = lost(budget) if what == "lost" else answered(budget, answer, now)


@pytest.mark.parametrize("remaining", [0, 1, 4999])
def test_what_is_shown_is_what_was_told(remaining: int) -> None:
    budget = answered(Budget(), told(remaining, used=5000 - remaining), 0.0)
    shown = seen_at(budget, 1.0)
    assert (shown.limit, shown.remaining, shown.used) == (5000, remaining, 5000 - remaining)
    assert seen_at(budget, HOUR) == replace(budget, remaining=5000, used=0)
