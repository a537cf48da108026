"""How much of a past day is here, and what is said of it: to whoever opens the day, and to those who watch. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from msgspec import Struct

from omnilens.errors import OmniLensError, StorageUnavailable
from omnilens.github.rest import GitHubError, GitHubUnavailable, RateLimited
from omnilens.model import HistoryState, Timestamp
from omnilens.pipeline.fetched_days import FetchedDay
from omnilens.sync.day_plan import FRESH

FIRST_PAUSE = timedelta(minutes=1)
"""Until a day is tried again after GitHub could not be asked; twice as long each further time."""
LONGEST_PAUSE = timedelta(hours=1)
UNWRITABLE = "What GitHub sends cannot be stored at the moment; /api/health and the log say more."
A_BUG = "The server failed to fetch this day; its log says why."

_TELLING = ("fetching", "failed", "none", "complete")
"""Where two days are in different states, the one that is said of both."""


class UtcDay(Struct, frozen=True, kw_only=True):
    """How far the fetching of one UTC day is."""

    date: str
    """``YYYY-MM-DD``."""
    state: HistoryState
    done: int = 0
    """Runs that are stored."""
    total: int | None = None
    """Runs that GitHub has; nothing before it said so."""


class DayHistory(Struct, frozen=True, kw_only=True, rename="camel"):
    """How much of what GitHub knows of a past day is here."""

    state: HistoryState
    """complete: all of it; fetching: it is on its way; failed: see `reason`; none: what was heard live, and no more."""
    done: int
    """Runs that are stored, of the days in UTC that it has a part in."""
    total: int | None
    """Runs that GitHub has of them; nothing before it said so."""
    reason: str | None = None
    """Why it is not whole, as a sentence that says what to do."""
    retry_at: Timestamp | None = None
    """When asking again may help."""
    days: tuple[UtcDay, ...] = ()
    """The days in UTC that it has a part in: what ``history-progress`` speaks of."""


class Progress(Struct):
    """A day that is being fetched."""

    done: int = 0
    total: int | None = None


class Failure(Struct, frozen=True):
    """A day that could not be fetched."""

    error: Exception
    reason: str
    """A sentence that says what to do."""
    retry_at: datetime | None
    """When asking again may help; nothing if somebody has to do something first."""
    not_before: datetime
    """When it is asked for again, if somebody opens it."""
    in_a_row: int

    @property
    def is_a_bug(self) -> bool:
        """Whether nobody foresaw it."""
        return not isinstance(self.error, GitHubError | OmniLensError | StorageUnavailable)


def failed(error: Exception, now: datetime, before: Failure | None) -> Failure:
    """What an error means for those who want to see the day, after the failure `before`."""
    in_a_row = before.in_a_row + 1 if before else 1
    pause = min(FIRST_PAUSE * 2 ** min(in_a_row - 1, 10), LONGEST_PAUSE)
    retry_at: datetime | None = None
    match error:
        case RateLimited():
            reason, retry_at = error.message, error.until
        case GitHubUnavailable():
            reason, retry_at = error.message, now + pause
        case GitHubError():
            reason = error.message
        case OmniLensError() | StorageUnavailable():
            reason, retry_at = UNWRITABLE, now + pause
        case _:
            reason = A_BUG
    return Failure(error, reason, retry_at, retry_at or now + FRESH, in_a_row)


def standing_of(day: date, known: FetchedDay | None, standing: Progress | Failure | None) -> UtcDay:
    """How far one day is. Asking again for what is here already is nobody's concern, unless something has changed."""
    written, is_here = day.isoformat(), known is not None and known.complete
    if isinstance(standing, Progress) and (standing.done or not is_here):
        return UtcDay(date=written, state="fetching", done=standing.done, total=standing.total)
    if known and known.complete:
        return UtcDay(date=written, state="complete", done=known.runs, total=known.runs)
    return UtcDay(date=written, state="failed" if isinstance(standing, Failure) else "none")


def history_of(days: Sequence[UtcDay], failures: Mapping[str, Failure], why_none: str) -> DayHistory:
    """What to say of several days together: `failures` by the day's date, `why_none` of those never asked for."""
    state = min((day.state for day in days), key=_TELLING.index)
    totals = [day.total for day in days]
    broken = [failures[day.date] for day in days if day.date in failures] if state == "failed" else []
    return DayHistory(
        state=state,
        done=sum(day.done for day in days),
        total=None if None in totals else sum(total or 0 for total in totals),
        reason=broken[0].reason if broken else why_none if state == "none" else None,
        retry_at=max((failure.retry_at for failure in broken if failure.retry_at), default=None),
        days=tuple(days),
    )
