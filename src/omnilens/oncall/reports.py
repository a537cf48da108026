"""Problems that people report from their page: what they say and what the page knew of itself, but not who they are."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Annotated

import msgspec
from msgspec import Meta, Struct
from sqlalchemy import Connection, delete, func, insert, select

from omnilens.database import Database
from omnilens.database.oncall_schema import user_reports
from omnilens.database.tables import from_ticks, to_ticks
from omnilens.errors import RequestError
from omnilens.looking import keep_looking
from omnilens.operations import logs
from omnilens.operations.limits import RateLimiter
from omnilens.operations.metrics import Metrics
from omnilens.settings import Rate

log = logs.get(__name__)

COUNT_EVERY = 1.0
"""Seconds between two looks at how many there are, on all servers."""
AN_HOUR = timedelta(hours=1)
OF_ONE = Rate(5, 3600.0)
"""Reports that are taken of one user."""


class TooManyReports(RequestError):
    status = 429
    code = "too-many-reports"


class PageState(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a page knew of itself. Nothing of it says who looked."""

    phase: Annotated[str, Meta(max_length=20)] = ""
    """connecting, live or failed."""
    cause: Annotated[str, Meta(max_length=300)] = ""
    """Why it failed, in its words."""
    latency: float | None = None
    """Milliseconds of the last update, from receipt to its arrival."""
    seq: int | None = None
    """The last update that it had of the repository."""
    epoch: Annotated[str, Meta(max_length=40)] = ""
    polled: bool = False
    """Whether live updates were switched off."""
    visible_for: float | None = None
    """Seconds since the page was opened."""


class Problem(Struct, frozen=True, kw_only=True):
    """One problem."""

    at: datetime
    repo: str | None
    said: str
    page: PageState


_DECODE = msgspec.json.Decoder(PageState).decode


class Reports:
    """Takes, counts and lists them."""

    def __init__(
        self, database: Database, metrics: Metrics, now: Callable[[], datetime], clock: Callable[[], float]
    ) -> None:
        self._database = database
        self._metrics = metrics
        self._now = now
        self._reported: Callable[[], None] | None = None
        self._of_one = RateLimiter(OF_ONE, clock)
        self._recent = 0
        """How many that were. They become older by themselves."""
        self._last: int | None = None
        """The number of the last."""
        self._first_of_one = RateLimiter(Rate(1, AN_HOUR.total_seconds()), clock)

    def on_report(self, reported: Callable[[], None]) -> None:
        """Call `reported` after each report, whichever server took it."""
        self._reported = reported

    async def take(self, user: str, slug: str | None, said: str, page: PageState) -> None:
        """Keep what `user` reports; who that is only counts here, for an hour, and is not kept.

        Raises:
            TooManyReports: of one user.
            StorageUnavailable: it was not kept.
        """
        if wait := self._of_one.take(user):
            raise TooManyReports(
                f"You have reported {OF_ONE.count} problems within an hour. Thank you; there is room for the next in "
                f"{wait // 60 + 1} minutes.",
                headers={"Retry-After": str(wait)},
            )
        row = {
            "reported_at": to_ticks(self._now()),
            "slug": slug,
            "said": said,
            "page": msgspec.json.encode(page),
            "counts": self._first_of_one.take(user) == 0,
        }
        await self._database.write(lambda connection: connection.execute(insert(user_reports).values(**row)))
        self._metrics.reports.inc()
        log.warning("problem.reported", repo=slug, phase=page.phase, latency=page.latency, seq=page.seq)
        await self.count()

    async def last(self, limit: int) -> list[Problem]:
        """The last ones, newest first."""
        return await self._database.read(partial(_last, limit))

    async def count(self) -> None:
        """Count who reported something within the last hour, on whichever server."""
        since = to_ticks(self._now() - AN_HOUR)
        recent = user_reports.c.counts & (user_reports.c.reported_at >= since)
        asked = select(func.count().filter(recent), func.max(user_reports.c.id))
        found, last = await self._database.read(lambda connection: connection.execute(asked).one())
        self._recent = found
        self._metrics.reports_last_hour.set(found)
        before, self._last = self._last, last
        if self._reported and last != before:
            self._reported()

    async def keep_counting(self, sleep: Callable[[float], Awaitable[object]] = asyncio.sleep) -> None:
        """Count again and again. Only cancelling it ends it."""
        await keep_looking("reports", self._database, self.count, COUNT_EVERY, sleep, anyway=lambda: self._recent > 0)

    async def prune(self, retention: timedelta) -> None:
        """Forget what is older."""
        before = to_ticks(self._now() - retention)
        forgotten = delete(user_reports).where(user_reports.c.reported_at < before)
        await self._database.write(lambda connection: connection.execute(forgotten))


def _last(limit: int, connection: Connection) -> list[Problem]:
    rows = connection.execute(select(user_reports).order_by(user_reports.c.id.desc()).limit(limit))
    return [
        Problem(at=from_ticks(row.reported_at), repo=row.slug, said=row.said, page=_DECODE(bytes(row.page)))
        for row in rows
    ]
