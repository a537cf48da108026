"""Which days to ask GitHub for, and when: pure decisions.

A viewer's day is a part of two days in UTC, mostly. Those that begin within the board's two days come by themselves.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta

from omnilens.github.rest import BudgetView, RunFields, Span
from omnilens.pipeline.fetched_days import FetchedDay, start_of
from omnilens.pipeline.store import RUNS_KEPT

FRESH = timedelta(minutes=10)
"""How long a day that was fetched is not asked for again."""
RERUN_WITHIN = 30
"""Days in which a run can be run again:
https://docs.github.com/en/actions/how-tos/manage-workflow-runs/re-run-workflows-and-jobs"""
LONGEST_RUN = 35
"""Days: https://docs.github.com/en/actions/reference/limits"""
RESERVE = 0.2
"""The part of GitHub's limit that is left to those who want to see something now."""

_DAY = timedelta(days=1)


def span_of(day: date) -> Span:
    """A day in UTC, as GitHub is asked for it."""
    return Span(start_of(day), start_of(day) + _DAY)


def utc_days(start: datetime, end: datetime) -> list[date]:
    """The days in UTC that have a part in the time from `start` up to `end`."""
    first, last = start.astimezone(UTC).date(), (end.astimezone(UTC) - timedelta(microseconds=1)).date()
    return [first + number * _DAY for number in range((last - first).days + 1)]


def days_before(now: datetime, count: int) -> list[date]:
    """Today in UTC and the `count` days before it, newest first."""
    today = now.astimezone(UTC).date()
    return [today - number * _DAY for number in range(count + 1)]


def days_of(run: RunFields) -> set[date]:
    """The days in UTC on which the latest attempt of a run was under way."""
    began = run.run_started_at or run.created_at or run.updated_at
    if began is None:
        return set()
    first, last = (moment.astimezone(UTC).date() for moment in (began, run.updated_at or began))
    return {first + number * _DAY for number in range(min((last - first).days, LONGEST_RUN) + 1)} | {last}


def is_past(day: date, now: datetime) -> bool:
    """Whether a day is not the live path's any more."""
    return start_of(day) < now - RUNS_KEPT


def is_over(day: date, now: datetime) -> bool:
    """Whether no run can be created on a day any more."""
    return start_of(day) + _DAY <= now


def is_kept(day: date, now: datetime, retention: timedelta) -> bool:
    """Whether the history keeps all of a day."""
    return start_of(day) >= now - retention


def is_fresh(known: FetchedDay | None, now: datetime) -> bool:
    """Whether a day was fetched whole, and asked for so lately that nobody need ask again."""
    return known is not None and known.complete and now - known.fetched_at < FRESH


def is_missing(day: date, known: FetchedDay | None, now: datetime) -> bool:
    """Whether a day is to be fetched in the background: what has gone on since it was fetched was heard live."""
    return known is None or (not known.complete and is_past(day, now))


def days_of_reruns(opened: Sequence[date], known: Collection[date], now: datetime, retention: timedelta) -> list[date]:
    """Days whose runs may have been run again on those that were `opened`, newest first; not those that are `known`.

    GitHub finds runs by when they were created, which a re-run does not change.
    """
    candidates = [min(opened) - number * _DAY for number in range(1, RERUN_WITHIN + 1)]
    return [day for day in candidates if day not in known and is_kept(day, now, retention)]


def spared_until(budgets: Iterable[BudgetView]) -> datetime | None:
    """Until when nothing may be asked that nobody waits for; nothing if it may now."""
    moments = [budget.closed_until for budget in budgets]
    moments += [budget.resets_at for budget in budgets if _is_low(budget)]
    return max((moment for moment in moments if moment), default=None)


def _is_low(budget: BudgetView) -> bool:
    return budget.limit is not None and budget.remaining is not None and budget.remaining <= budget.limit * RESERVE
