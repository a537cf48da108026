"""What each user was told: what is unread, and what no client of theirs has confirmed yet.

Rights may be withdrawn at any time, so they are asked for when a notice is shown; here a caller says which
repositories may be.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

import msgspec
from msgspec.structs import asdict
from sqlalchemy import Connection, Row, Select, func, or_, select, update

from omnilens.database import Database
from omnilens.database.notice_schema import notice_inbox, notice_state, notices
from omnilens.database.tables import to_ticks
from omnilens.people.notices.book import next_version
from omnilens.people.notices.notice import Notice

MAX_PENDING = 100
"""Notices that a client is given when it comes back; how many more there are it is told."""
MAX_CHANGES = 500
"""Notices that are looked up together for those who are connected."""

_DECODE = msgspec.json.Decoder(Notice).decode


class Notification(Notice, frozen=True, kw_only=True, gc=False):
    """A notice as one user has it."""

    id: int
    """Rises with each notice on this server."""
    read: bool


class Told(NamedTuple):
    """A notice that is new, or has become another one."""

    id: int
    notice: Notice
    new: bool
    users: Mapping[int, bool]
    """Who gets it, and whether they have read it."""


class Changes(NamedTuple):
    """What became different after some version."""

    version: int
    """The last one that is contained."""
    told: Sequence[Told]
    read: Mapping[int, Sequence[int]]
    """The notices that somebody has read, by user."""


class Waiting(NamedTuple):
    """What somebody finds who comes back."""

    unread: Mapping[str, int]
    """How many, by repository."""
    newest: int
    """The id of their newest notice; 0 if they have none."""
    pending: Sequence[Notification]
    """What no client of theirs has confirmed, newest first, at most ``MAX_PENDING``."""


class Inbox:
    """The notices of all users. Every call may raise ``StorageUnavailable``."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    async def slugs(self, user: int) -> list[str]:
        """The repositories that a user has notices of."""
        return await self._database.read(partial(_slugs, user))

    async def page(self, user: int, slugs: Collection[str], before: int | None, limit: int) -> list[Notification]:
        """Notices of these repositories, newest first; those older than the one with the id `before`."""
        return await self._database.read(partial(_page, user, slugs, before, limit))

    async def unread(self, user: int) -> dict[str, int]:
        """How many notices are unread, by repository."""
        return await self._database.read(partial(_unread, user))

    async def waiting(self, user: int, after: int, through: int) -> Waiting:
        """What somebody finds who comes back and has everything up to the id `after`; nothing after `through`."""
        return await self._database.read(partial(_waiting, user, after, through))

    async def confirm(self, seen: Mapping[int, Collection[int]]) -> int:
        """Note that a client has got notices, by user. Returns how many none had confirmed before."""
        return await self._database.write(partial(_confirm, seen, to_ticks(self._now())))

    async def read(self, user: int, ids: Sequence[int] | None, through: int | None) -> int:
        """Mark notices as read: these, and all with an id up to `through`. Returns how many were not."""
        return await self._database.write(partial(_read, user, ids, through, to_ticks(self._now())))

    async def version(self) -> int:
        """The version of all that there is to see."""
        return await self._database.read(_version)

    async def changes(self, after: int) -> Changes:
        """What became different after that version."""
        return await self._database.read(partial(_changes, after))


def _slugs(user: int, connection: Connection) -> list[str]:
    return list(connection.execute(_of(user, notices.c.slug).distinct()).scalars())


def _page(
    user: int, slugs: Collection[str], before: int | None, limit: int, connection: Connection
) -> list[Notification]:
    wanted = _of(user, notices.c.id, notices.c.notice, notice_inbox.c.read_at).where(notices.c.slug.in_(slugs))
    if before is not None:
        wanted = wanted.where(notice_inbox.c.notice_id < before)
    return _found(connection.execute(wanted.order_by(notices.c.id.desc()).limit(limit)).all())


def _unread(user: int, connection: Connection) -> dict[str, int]:
    count = _of(user, notices.c.slug, func.count().label("unread")).where(notice_inbox.c.read_at.is_(None))
    count = count.group_by(notices.c.slug)
    return {row.slug: row.unread for row in connection.execute(count)}


def _waiting(user: int, after: int, through: int, connection: Connection) -> Waiting:
    wanted = _of(user, notices.c.id, notices.c.notice, notice_inbox.c.read_at).where(
        notice_inbox.c.delivered_at.is_(None),
        notice_inbox.c.read_at.is_(None),
        notice_inbox.c.notice_id > after,
        notice_inbox.c.notice_id <= through,
    )
    pending = _found(connection.execute(wanted.order_by(notices.c.id.desc()).limit(MAX_PENDING)).all())
    newest = connection.execute(_of(user, func.max(notice_inbox.c.notice_id))).scalar_one()
    return Waiting(_unread(user, connection), newest or 0, pending)


def _confirm(seen: Mapping[int, Collection[int]], now: int, connection: Connection) -> int:
    confirmed = 0
    for user, ids in seen.items():
        these = (notice_inbox.c.user_id == user) & notice_inbox.c.notice_id.in_(ids)
        fresh = update(notice_inbox).where(these, notice_inbox.c.delivered_at.is_(None))
        confirmed += connection.execute(fresh.values(delivered_at=now)).rowcount
    return confirmed


def _read(user: int, ids: Sequence[int] | None, through: int | None, now: int, connection: Connection) -> int:
    version = next_version(connection)
    listed = notice_inbox.c.notice_id.in_(ids or ())
    these = listed if through is None else or_(listed, notice_inbox.c.notice_id <= through)
    unread = update(notice_inbox).where(notice_inbox.c.user_id == user, notice_inbox.c.read_at.is_(None), these)
    return connection.execute(unread.values(read_at=now, version=version)).rowcount


def _version(connection: Connection) -> int:
    return connection.execute(select(notice_state.c.version)).scalar_one_or_none() or 0


def _changes(after: int, connection: Connection) -> Changes:
    version = _version(connection)
    if version <= after:
        return Changes(after, (), {})
    newer = select(notices.c.id, notices.c.version, notices.c.notice).where(notices.c.version > after)
    rows = connection.execute(newer.order_by(notices.c.version).limit(MAX_CHANGES)).all()
    if len(rows) == MAX_CHANGES:
        version = rows[-1].version
    who: dict[int, dict[int, bool]] = {}
    inbox = select(notice_inbox.c.user_id, notice_inbox.c.notice_id, notice_inbox.c.read_at)
    for user, notice_id, read_at in connection.execute(
        inbox.where(notice_inbox.c.notice_id.in_([row.id for row in rows]))
    ):
        who.setdefault(notice_id, {})[user] = read_at is not None
    told = [Told(row.id, _DECODE(row.notice), row.id > after, who.get(row.id, {})) for row in rows]
    read: dict[int, list[int]] = {}
    between = (notice_inbox.c.version > after) & (notice_inbox.c.version <= version)
    for user, notice_id, _ in connection.execute(inbox.where(between)):
        read.setdefault(user, []).append(notice_id)
    return Changes(version, told, read)


def _of(user: int, *columns: Any) -> Select[Any]:
    """From a user's notices."""
    joined = notice_inbox.join(notices, notices.c.id == notice_inbox.c.notice_id)
    return select(*columns).select_from(joined).where(notice_inbox.c.user_id == user)


def _found(rows: Sequence[Row[Any]]) -> list[Notification]:
    return [notification(row.id, _DECODE(row.notice), row.read_at is not None) for row in rows]


def notification(notice_id: int, notice: Notice, read: bool) -> Notification:
    """A notice as a user has it."""
    return Notification(id=notice_id, read=read, **asdict(notice))
