"""Access tokens: what wallboards, scripts and ``omnilens watch`` come in with, for some repositories and some time."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, delete, insert, select, update

from omnilens.database import Database
from omnilens.database.people_schema import access_tokens, users
from omnilens.database.tables import from_ticks, to_ticks
from omnilens.people.credentials import LONGEST, TOKEN_PREFIX, key_of, new_token
from omnilens.people.recent import Recent
from omnilens.people.viewer import Viewer

REMEMBERED = 10.0
"""Seconds that a token counts without asking the database: one that was revoked elsewhere lives on for no longer."""
EVERYTHING = "*"
"""In a scope: every repository on the board."""


class AccessToken(Struct, frozen=True):
    """A token, as it may be shown: what it is was only told when it was made."""

    id: str
    name: str
    owner: str | None
    """The login of the user who made it; nothing for the operator."""
    scope: tuple[str, ...]
    """Slugs, or ``*``."""
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None


class Tokens:
    """Makes, finds and revokes them. Raises ``StorageUnavailable`` where the database cannot be asked."""

    def __init__(
        self, database: Database, now: Callable[[], datetime], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._database = database
        self._now = now
        self._recent: Recent[str, Viewer] = Recent(REMEMBERED, clock)

    async def make(
        self, name: str, scope: Collection[str], lifetime: timedelta, user_id: int | None = None
    ) -> tuple[str, str]:
        """Make a token. Returns its id, and the token itself, which is kept nowhere."""
        token, now = new_token(), self._now()
        row = {
            "key": key_of(token),
            "id": secrets.token_hex(4),
            "name": name[:100],
            "user_id": user_id,
            "scope": msgspec.json.encode(sorted({slug.lower() for slug in scope})),
            "created_at": to_ticks(now),
            "expires_at": to_ticks(now + lifetime),
        }
        await self._database.write(lambda connection: connection.execute(insert(access_tokens).values(row)))
        return str(row["id"]), token

    async def find(self, token: str) -> Viewer | None:
        """Who comes with this token; nothing if it is none, expired or revoked."""
        if not token.startswith(TOKEN_PREFIX) or len(token) > LONGEST:
            return None
        key = key_of(token)
        viewer = self._recent.get(key)
        if viewer is None:
            now = to_ticks(self._now())
            viewer = await self._database.write(lambda connection: _use(connection, key, now))
            if viewer is not None:
                self._recent.put(key, viewer)
        return viewer

    async def ends_at(self, token: str) -> int | None:
        """When a token expires, as it is stored; nothing if it is none."""
        query = select(access_tokens.c.expires_at).where(access_tokens.c.key == key_of(token))
        return await self._database.read(lambda connection: connection.execute(query).scalar_one_or_none())

    async def all(self, user_id: int | None = None) -> list[AccessToken]:
        """Every token, or those of one user, the newest first."""
        query = select(access_tokens, users.c.login).outerjoin(users, access_tokens.c.user_id == users.c.id)
        if user_id is not None:
            query = query.where(access_tokens.c.user_id == user_id)
        query = query.order_by(access_tokens.c.created_at.desc())
        rows = await self._database.read(lambda connection: connection.execute(query).all())
        return [_shown(row) for row in rows]

    async def revoke(self, token_id: str, user_id: int | None = None) -> bool:
        """Let a token count no more, if there is such a one (of this user), nor the browsers that came in with it."""
        wanted = access_tokens.c.id == token_id
        if user_id is not None:
            wanted &= access_tokens.c.user_id == user_id
        found = await self._database.write(lambda connection: connection.execute(delete(access_tokens).where(wanted)))
        self._recent.forget(lambda _, viewer: viewer.key == f"token:{token_id}")
        return bool(found.rowcount)

    async def over(self, ids: Collection[str]) -> set[str]:
        """Which of the tokens with these ids there are no more."""
        now, asked = to_ticks(self._now()), list(ids)
        query = select(access_tokens.c.id).where(access_tokens.c.id.in_(asked), access_tokens.c.expires_at > now)
        return set(asked) - set(await self._database.read(lambda connection: connection.execute(query).scalars().all()))

    def forget(self, user_id: int) -> None:
        """A user is no more: what is remembered of their tokens counts no longer."""
        self._recent.forget(lambda _, viewer: viewer.user == user_id)


def viewer_of_token(row: Any) -> Viewer:
    """The viewer of a row of `access_tokens`."""
    scope = msgspec.json.decode(row.scope, type=frozenset[str])
    return Viewer(key=f"token:{row.id}", login=row.name, user=row.user_id, scope=None if EVERYTHING in scope else scope)


def _use(connection: Connection, key: str, now: int) -> Viewer | None:
    query = select(access_tokens).where(access_tokens.c.key == key, access_tokens.c.expires_at > now)
    row = connection.execute(query).first()
    if row is None:
        return None
    connection.execute(update(access_tokens).where(access_tokens.c.key == key).values(used_at=now))
    return viewer_of_token(row)


def _shown(row: Any) -> AccessToken:
    return AccessToken(
        id=row.id,
        name=row.name,
        owner=row.login,
        scope=msgspec.json.decode(row.scope, type=tuple[str, ...]),
        created_at=from_ticks(row.created_at),
        expires_at=from_ticks(row.expires_at),
        used_at=None if row.used_at is None else from_ticks(row.used_at),
    )
