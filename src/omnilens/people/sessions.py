"""Who is logged in where. A session begins at a login, with an id that was nobody's before, and ends at its time."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import ColumnElement, Connection, delete, insert, select

from omnilens.database import Database
from omnilens.database.people_schema import access_tokens, sessions, users
from omnilens.database.tables import to_ticks
from omnilens.people.credentials import LONGEST, key_of, new_session_id
from omnilens.people.recent import Recent
from omnilens.people.tokens import viewer_of_token
from omnilens.people.viewer import Viewer

REMEMBERED = 10.0
"""Seconds that a session counts without asking the database: one that another server ended lives on for no longer."""


class Sessions:
    """The sessions of browsers. Raises ``StorageUnavailable`` where the database cannot be asked."""

    def __init__(
        self,
        database: Database,
        lifetime: timedelta,
        now: Callable[[], datetime],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.lifetime = lifetime
        self._database = database
        self._now = now
        self._recent: Recent[str, Viewer] = Recent(REMEMBERED, clock)

    async def begin(self, user_id: int | None, token_key: str | None = None, expires_at: int | None = None) -> str:
        """Log a browser in: as a user, or by an access token, and then no longer than until that expires.

        Returns its session id, which is told to nobody else and kept nowhere.
        """
        session_id, now = new_session_id(), self._now()
        ends = to_ticks(now + self.lifetime)
        row = {
            "key": key_of(session_id),
            "user_id": user_id,
            "token_key": token_key,
            "created_at": to_ticks(now),
            "expires_at": ends if expires_at is None else min(ends, expires_at),
        }
        await self._database.write(lambda connection: connection.execute(insert(sessions).values(row)))
        return session_id

    async def find(self, session_id: str) -> Viewer | None:
        """Whose session it is; nothing if it is none, or over."""
        if len(session_id) > LONGEST:
            return None
        key = key_of(session_id)
        viewer = self._recent.get(key)
        if viewer is None:
            now = to_ticks(self._now())
            viewer = await self._database.read(lambda connection: _find(connection, key, now))
            if viewer is not None:
                self._recent.put(key, viewer)
        return viewer

    async def end(self, key: str) -> set[str]:
        """End the session with this key, as viewers have it. Returns which are over."""
        return await self._end(sessions.c.key == key)

    async def end_all(self, user_id: int) -> set[str]:
        """Log a user out everywhere. Returns the keys of the sessions that are over."""
        return await self._end(sessions.c.user_id == user_id)

    def forget_user(self, user_id: int) -> None:
        """A user is no more: what is remembered of their sessions counts no longer."""
        self._recent.forget(lambda _, viewer: viewer.user == user_id)

    async def _end(self, which: ColumnElement[bool]) -> set[str]:
        def end(connection: Connection) -> set[str]:
            keys = set(connection.execute(select(sessions.c.key).where(which)).scalars())
            connection.execute(delete(sessions).where(which))
            return keys

        ended = await self._database.write(end)
        self._recent.forget(lambda key, _: key in ended)
        return ended

    def forget(self, viewer_key: str) -> None:
        """Ask the database again about the sessions of somebody."""
        self._recent.forget(lambda _, viewer: viewer.key == viewer_key)

    async def any_of(self, user_id: int) -> bool:
        """Whether a user is logged in anywhere."""
        now = to_ticks(self._now())
        query = select(sessions.c.key).where(sessions.c.user_id == user_id, sessions.c.expires_at > now).limit(1)
        return await self._database.read(lambda connection: connection.execute(query).first()) is not None

    async def over(self, keys: Collection[str]) -> set[str]:
        """Which of these sessions there are no more."""
        now, asked = to_ticks(self._now()), list(keys)
        living = await self._database.read(lambda connection: _living(connection, asked, now))
        return set(asked) - living

    async def prune(self) -> None:
        """Forget the sessions that are over."""
        now = to_ticks(self._now())
        await self._database.write(lambda each: each.execute(delete(sessions).where(sessions.c.expires_at <= now)))


def _find(connection: Connection, key: str, now: int) -> Viewer | None:
    found = connection.execute(
        select(users.c.id.label("of"), users.c.login, access_tokens)
        .select_from(sessions.outerjoin(users, sessions.c.user_id == users.c.id))
        .outerjoin(access_tokens, sessions.c.token_key == access_tokens.c.key)
        .where(sessions.c.key == key, sessions.c.expires_at > now)
    ).first()
    if found is None:
        return None
    if found.key is not None:
        return msgspec.structs.replace(viewer_of_token(found), session=key)
    return Viewer(key=f"user:{found.of}", login=found.login, user=found.of, session=key)


def _living(connection: Connection, keys: list[str], now: int) -> set[str]:
    found: set[str] = set()
    for some in _batches(keys, 500):
        query = select(sessions.c.key).where(sessions.c.key.in_(some), sessions.c.expires_at > now)
        found.update(connection.execute(query).scalars())
    return found


def _batches(values: list[str], size: int) -> Iterable[list[str]]:
    return (values[start : start + size] for start in range(0, len(values), size))
