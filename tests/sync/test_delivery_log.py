"""What a webhook's log of deliveries says."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnilens.github.rest import HookDelivery
from omnilens.sync.delivery_log import Tally, events, tally, told, took, under_way
from support.attempts import ATTEMPTS, NOW, attempt


@pytest.mark.parametrize(
    ("code", "status", "taken", "waits"),
    [
        (200, "OK", True, False),
        (202, "Accepted", True, False),
        (502, "failed to connect to host", False, False),
        (401, "Invalid HTTP Response: 401", False, False),
        (0, "pending", False, True),
        (0, "", False, True),
        (0, "timed out", False, False),
    ],
)
def test_what_an_attempt_came_to(code: int, status: str, taken: bool, waits: bool) -> None:
    each = attempt("a", code=code, status=status)
    assert (took(each), under_way(each)) == (taken, waits)


def test_one_event_has_one_guid() -> None:
    log = [attempt("b", 4, 10), attempt("a", 3, 20, redelivery=True), attempt("a", 1, 60, 502), attempt("c", 2, 30, 0)]
    first, second, third = events(log)
    assert [each.guid for each in (first, second, third)] == ["a", "c", "b"]
    assert (first.received, first.failed, first.failed_at_first, first.redelivered) == (True, False, True, True)
    assert (second.received, second.failed, second.failed_at_first) == (False, False, False)
    assert (third.received, third.redelivered, third.at) == (True, False, NOW - timedelta(seconds=10))


def test_in_words() -> None:
    log = [attempt(f"g{number}", number, 100 + number) for number in range(311)]
    lost = attempt("lost", 900, 7 * 3600 + 46 * 60, 502)
    assert told(tally(events([*log, lost])), NOW) == "312 sent, 311 received, 1 failed 09:14, not redelivered"
    again = attempt("lost", 901, 50, redelivery=True)
    assert told(tally(events([*log, lost, again])), NOW) == "312 sent, 311 received, 1 failed 09:14, redelivered"
    in_vain = attempt("lost", 901, 50, 503, redelivery=True)
    assert told(tally(events([lost, in_vain])), NOW) == "1 sent, 0 received, 1 failed 09:14, redelivered in vain"
    older = attempt("older", 800, 86400 + 60, 502)
    several = told(tally(events([lost, older])), NOW)
    assert several == "2 sent, 0 received, 2 failed 2026-11-21 16:59 to 09:14, not redelivered"
    assert told(Tally(), NOW) == "0 sent, 0 received"


def test_pings_and_what_is_under_way_do_not_count() -> None:
    counted = tally(events([attempt("a", 1, event="ping"), attempt("b", 2, code=0), attempt("c", 3, ago=90)]))
    assert (counted.sent, counted.received, counted.lost) == (2, 1, ())
    assert counted.last is not None
    assert counted.last.guid == "c"


@given(ATTEMPTS, st.randoms())
def test_the_order_of_the_log_does_not_matter(log: list[HookDelivery], chance: Any) -> None:
    shuffled = list(log)
    chance.shuffle(shuffled)
    assert events(shuffled) == events(log)
    assert sorted(each.id for event in events(log) for each in event.attempts) == sorted(each.id for each in log)


@given(ATTEMPTS)
def test_nothing_is_counted_twice(log: list[HookDelivery]) -> None:
    counted = tally(events(log))
    assert counted.received + len(counted.recovered) + len(counted.lost) <= counted.sent <= len(log)
    assert told(counted, NOW)
