"""Which browsers can be reached without a page of ours, and what is due to be sent to them."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection, delete, insert, select, update

from omnilens.database import Database
from omnilens.database.notice_schema import notice_inbox, notices, push_subscriptions
from omnilens.database.tables import to_ticks
from omnilens.people.notices.notice import Notice
from omnilens.people.notices.reachable import Subscription

OF_USER = 20
"""Browsers that one user may have; the oldest goes when there is one more."""
GRACE = timedelta(seconds=5)
"""How long a page has to confirm a notice; after that there is none that is open."""
WITHIN = timedelta(minutes=10)
"""What could not be sent so long is not sent any more: it waits in the inbox."""
AT_ONCE = 200

_DECODE = msgspec.json.Decoder(Notice).decode


class Due(NamedTuple):
    """What one user is to be sent."""

    user: int
    notices: list[Notice]
    subscriptions: list[Subscription]


class Subscriptions:
    """Kept in the database, by user. Every call may raise ``StorageUnavailable``."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    async def add(self, user: int, subscription: Subscription, session: str | None = None) -> None:
        """Remember a browser, until this session of it is over; one that was another user's is this one's now."""
        await self._database.write(partial(_add, user, subscription, session, to_ticks(self._now())))

    async def remove(self, endpoint: str, user: int | None = None) -> bool:
        """Forget a browser, if it is this user's. Returns whether there was one."""
        return await self._database.write(partial(_remove, endpoint, user))

    async def due(self) -> list[Due]:
        """What nobody confirmed in time. Whoever gets it has to send it: nobody else gets it any more."""
        now = self._now()
        between = to_ticks(now - WITHIN), to_ticks(now - GRACE)
        if not await self._database.read(partial(_waiting, *between)):
            return []
        return await self._database.write(partial(_claim, *between, to_ticks(now)))


def _key(endpoint: str) -> str:
    return sha256(endpoint.encode()).hexdigest()


def _add(user: int, subscription: Subscription, session: str | None, now: int, connection: Connection) -> None:
    _remove(subscription.endpoint, None, connection)
    mine = push_subscriptions.c.user_id == user
    keys = select(push_subscriptions.c.key).where(mine).order_by(push_subscriptions.c.created_at.desc())
    old = connection.execute(keys.offset(OF_USER - 1)).scalars().all()
    connection.execute(delete(push_subscriptions).where(push_subscriptions.c.key.in_(old)))
    row = {"key": _key(subscription.endpoint), "user_id": user, "session_key": session, "created_at": now}
    connection.execute(insert(push_subscriptions).values(row | msgspec.structs.asdict(subscription)))


def _remove(endpoint: str, user: int | None, connection: Connection) -> bool:
    this = push_subscriptions.c.key == _key(endpoint)
    if user is not None:
        this &= push_subscriptions.c.user_id == user
    return connection.execute(delete(push_subscriptions).where(this)).rowcount > 0


def _waiting(since: int, until: int, connection: Connection) -> list[tuple[int, int]]:
    """Notices of users who have a browser, which nobody has seen or been sent."""
    users = select(push_subscriptions.c.user_id)
    wanted = (
        select(notice_inbox.c.user_id, notice_inbox.c.notice_id)
        .join(notices, notices.c.id == notice_inbox.c.notice_id)
        .where(
            notices.c.made_at.between(since, until),
            notice_inbox.c.delivered_at.is_(None),
            notice_inbox.c.read_at.is_(None),
            notice_inbox.c.pushed_at.is_(None),
            notice_inbox.c.user_id.in_(users),
        )
    )
    rows = connection.execute(wanted.order_by(notice_inbox.c.notice_id).limit(AT_ONCE)).all()
    return [(row.user_id, row.notice_id) for row in rows]


def _claim(since: int, until: int, now: int, connection: Connection) -> list[Due]:
    mine: dict[int, list[int]] = {}
    for user, notice_id in _waiting(since, until, connection):
        this = (notice_inbox.c.user_id == user) & (notice_inbox.c.notice_id == notice_id)
        free = update(notice_inbox).where(this, notice_inbox.c.pushed_at.is_(None))
        if connection.execute(free.values(pushed_at=now)).rowcount:
            mine.setdefault(user, []).append(notice_id)
    return [Due(user, _notices(ids, connection), _of(user, connection)) for user, ids in mine.items()]


def _notices(ids: Collection[int], connection: Connection) -> list[Notice]:
    found = select(notices.c.notice).where(notices.c.id.in_(ids)).order_by(notices.c.id)
    return [_DECODE(row.notice) for row in connection.execute(found)]


def _of(user: int, connection: Connection) -> list[Subscription]:
    columns = push_subscriptions.c.endpoint, push_subscriptions.c.p256dh, push_subscriptions.c.auth
    rows = connection.execute(select(*columns).where(push_subscriptions.c.user_id == user))
    return [Subscription(row.endpoint, row.p256dh, row.auth) for row in rows]
