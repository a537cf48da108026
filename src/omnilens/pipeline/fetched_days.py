"""Which days of the past GitHub was asked for, in the database: what the history has of them is what GitHub has.

Days are UTC's, since that is what GitHub is asked for; a day of some other time zone is a part of two of them.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import partial

from msgspec import Struct
from sqlalchemy import Connection, and_, delete, insert, or_, select

from omnilens.database import Database
from omnilens.database.locks import Lock, hold
from omnilens.database.schema import backfills, etags, fetched_days
from omnilens.database.tables import from_ticks, to_ticks


class FetchedDay(Struct, frozen=True, kw_only=True):
    """What became of asking GitHub for a day, once all of it was stored."""

    slug: str
    day: date
    fetched_at: datetime
    """When GitHub was asked last, also if nothing had changed by then."""
    runs: int
    """How many were created on that day."""
    complete: bool
    """Whether the day was over by then."""
    etag_address: str | None = None
    """What was put away for asking again, if something was; see ``stored_etags.py``."""


class FetchedDays:
    """Remembers them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def between(self, slug: str, first: date, last: date) -> dict[date, FetchedDay]:
        """Those of a repository from `first` to `last`, both included.

        Raises:
            StorageUnavailable: the database cannot be asked.
        """
        return await self._database.read(partial(_between, slug, first, last))

    async def remember(self, day: FetchedDay) -> None:
        """A day was fetched, or asked for again.

        Raises:
            StorageUnavailable: it cannot be written.
        """
        await self._database.write(partial(_remember, day))

    async def backfilled(self, slug: str) -> date | None:
        """The day since which a repository was backfilled to the end; nothing if it never was.

        Raises:
            StorageUnavailable: the database cannot be asked.
        """
        return await self._database.read(partial(_backfilled, slug))

    async def remember_backfill(self, slug: str, since: date, now: datetime) -> None:
        """All days of a repository since then were fetched.

        Raises:
            StorageUnavailable: it cannot be written.
        """
        await self._database.write(partial(_remember_backfill, slug, since, now))

    async def prune(self, before: datetime) -> None:
        """Forget days of which the history has begun to forget runs, so that nobody takes what is left for all."""
        await self._database.write(partial(_prune, before))


def start_of(day: date) -> datetime:
    """The first moment of a day in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _between(slug: str, first: date, last: date, connection: Connection) -> dict[date, FetchedDay]:
    days = fetched_days.c.day
    wanted = and_(fetched_days.c.slug == slug, days >= first.isoformat(), days <= last.isoformat())
    found = [
        FetchedDay(
            slug=row.slug,
            day=date.fromisoformat(row.day),
            fetched_at=from_ticks(row.fetched_at),
            runs=row.runs,
            complete=row.complete,
            etag_address=row.etag_address,
        )
        for row in connection.execute(select(fetched_days).where(wanted))
    ]
    return {each.day: each for each in found}


def _remember(day: FetchedDay, connection: Connection) -> None:
    hold(connection, Lock.HISTORY)
    written = day.day.isoformat()
    connection.execute(delete(fetched_days).where(fetched_days.c.slug == day.slug, fetched_days.c.day == written))
    row = {
        "slug": day.slug,
        "day": written,
        "fetched_at": to_ticks(day.fetched_at),
        "runs": day.runs,
        "complete": day.complete,
        "etag_address": day.etag_address,
    }
    connection.execute(insert(fetched_days), [row])


def _backfilled(slug: str, connection: Connection) -> date | None:
    since = connection.execute(select(backfills.c.since).where(backfills.c.slug == slug)).scalar_one_or_none()
    return date.fromisoformat(since) if since else None


def _remember_backfill(slug: str, since: date, now: datetime, connection: Connection) -> None:
    hold(connection, Lock.HISTORY)
    connection.execute(delete(backfills).where(backfills.c.slug == slug))
    row = {"slug": slug, "since": since.isoformat(), "done_at": to_ticks(now)}
    connection.execute(insert(backfills), [row])


def _prune(before: datetime, connection: Connection) -> None:
    hold(connection, Lock.HISTORY)
    begun = before.date() if before == start_of(before.date()) else before.date() + timedelta(days=1)
    old = fetched_days.c.day < begun.isoformat()
    addresses = select(fetched_days.c.etag_address).where(old, fetched_days.c.etag_address.is_not(None))
    connection.execute(
        delete(etags).where(or_(etags.c.address.in_(addresses.scalar_subquery()), etags.c.put_at < to_ticks(before)))
    )
    connection.execute(delete(fetched_days).where(old))
