"""Spans of time, and how to search one in which too much happened.

GitHub finds at most 1,000 runs at once, so that a busy day has to be searched in parts. They are halves, cut at whole
hours as long as there are some in between: a day of 2,500 runs takes three cuts and a handful of searches, not 24.
https://docs.github.com/en/rest/actions/workflow-runs#list-workflow-runs-for-a-repository
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from msgspec import Struct

MOST = 1000
"""Runs that a search finds at most."""

_HOUR = timedelta(hours=1)
_SECOND = timedelta(seconds=1)


class Span(Struct, frozen=True):
    """From `start` up to, not including, `end`; both in UTC and at whole seconds, which is as fine as GitHub's are."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is not UTC or self.end.tzinfo is not UTC or self.start.microsecond or self.end.microsecond:
            raise ValueError("a span begins and ends at whole seconds, in UTC")
        if self.start >= self.end:
            raise ValueError("a span ends after it began")

    def __contains__(self, moment: datetime) -> bool:
        return self.start <= moment < self.end


def around(start: datetime, end: datetime) -> Span:
    """The smallest span that has all from `start` up to `end`, whatever their time zones."""
    first, last = start.astimezone(UTC), end.astimezone(UTC)
    ceiling = last if not last.microsecond else last.replace(microsecond=0) + _SECOND
    return Span(first.replace(microsecond=0), ceiling)


def written(span: Span) -> str:
    """The way a search wants it. Both ends count there.

    https://docs.github.com/en/search-github/getting-started-with-searching-on-github/understanding-the-search-syntax
    """
    return f"{_stamp(span.start)}..{_stamp(span.end - _SECOND)}"


def halves(span: Span) -> tuple[Span, Span] | None:
    """The older and the newer half; nothing for a single second, which cannot be cut."""
    length = span.end - span.start
    if length <= _SECOND:
        return None
    middle = span.start + length // 2
    cut = middle.replace(microsecond=0)
    hour = (middle + _HOUR / 2).replace(minute=0, second=0, microsecond=0)
    if length > _HOUR and span.start < hour < span.end:
        cut = hour
    return Span(span.start, cut), Span(cut, span.end)


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
