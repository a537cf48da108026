"""Cutting a time in which too much happened."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnilens.github.rest.spans import Span, around, halves, written

DAY = Span(datetime(2026, 11, 22, tzinfo=UTC), datetime(2026, 11, 23, tzinfo=UTC))
SECOND = timedelta(seconds=1)

moments = st.integers(0, 2 * 10**9).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
spans = st.builds(lambda start, length: Span(start, start + length * SECOND), moments, st.integers(1, 10**7))


def test_both_ends_of_what_is_written_count() -> None:
    assert written(DAY) == "2026-11-22T00:00:00Z..2026-11-22T23:59:59Z"


def test_a_day_is_cut_at_noon_and_an_hour_at_its_half() -> None:
    older, newer = halves(DAY) or (None, None)
    assert older == Span(DAY.start, DAY.start.replace(hour=12))
    assert newer == Span(DAY.start.replace(hour=12), DAY.end)
    hour = Span(DAY.start, DAY.start.replace(hour=1))
    assert [written(each)[11:19] for each in halves(hour) or ()] == ["00:00:00", "00:30:00"]


def test_a_second_cannot_be_cut() -> None:
    assert halves(Span(DAY.start, DAY.start + SECOND)) is None


@given(spans)
def test_the_halves_are_the_whole_without_a_gap_and_each_is_shorter(span: Span) -> None:
    cut = halves(span)
    if span.end - span.start == SECOND:
        assert cut is None
        return
    assert cut is not None
    older, newer = cut
    assert (older.start, older.end, newer.end) == (span.start, newer.start, span.end)
    if span.end - span.start > timedelta(hours=2):
        assert older.end.minute == older.end.second == 0


@given(spans, st.integers(0, 10**7))
def test_cutting_ends_at_the_second_in_which_something_happened(span: Span, which: int) -> None:
    happened = span.start + (which % ((span.end - span.start) // SECOND)) * SECOND
    for cuts in range(40):
        parts = halves(span)
        if parts is None:
            assert span == Span(happened, happened + SECOND)
            assert cuts <= 30
            return
        (span,) = (part for part in parts if happened in part)
    pytest.fail("cutting does not end")


def test_around_has_all_of_what_it_is_around() -> None:
    zone = timezone(timedelta(hours=2))
    span = around(datetime(2026, 11, 22, 1, 0, 0, 5, zone), datetime(2026, 11, 22, 2, 0, 0, 5, zone))
    assert span == Span(datetime(2026, 11, 21, 23, tzinfo=UTC), datetime(2026, 11, 22, 0, 0, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (DAY.end, DAY.start),
        (DAY.start, DAY.start),
        (DAY.start.replace(microsecond=1), DAY.end),
        (DAY.start.replace(tzinfo=None), DAY.end),
        (DAY.start, DAY.end.astimezone(timezone(timedelta(hours=1)))),
    ],
)
def test_what_is_no_span(start: datetime, end: datetime) -> None:
    with pytest.raises(ValueError, match="a span"):
        Span(start, end)
