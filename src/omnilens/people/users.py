"""The users: everybody who ever came in."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime

from msgspec import Struct
from sqlalchemy import Connection, Row, insert, select, update

from omnilens.database import Database
from omnilens.database.people_schema import users
from omnilens.database.tables import to_ticks
from omnilens.people.viewer import LOCAL_USER, Viewer


class Profile(Struct, frozen=True):
    """What a provider says about somebody."""

    provider: str
    """``github``, ``proxy`` or ``local``."""
    subject: str
    """What the provider knows them by for good."""
    login: str
    name: str | None = None
    avatar_url: str | None = None


class User(Struct, frozen=True):
    """One of them."""

    id: int
    profile: Profile

    @property
    def viewer(self) -> Viewer:
        """The user as somebody who looks."""
        local = self.profile.provider == "local"
        return Viewer(key="local" if local else f"user:{self.id}", login=self.profile.login, user=self.id)


class Users:
    """Finds and remembers users. Raises ``StorageUnavailable`` where the database cannot be asked."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    async def enter(self, profile: Profile) -> User:
        """The user that somebody is, who came in just now; a new one if they never did before."""
        now = to_ticks(self._now())
        return await self._database.write(lambda connection: _enter(connection, profile, now))

    async def get(self, user_id: int) -> User | None:
        """The user with this id."""
        row = await self._database.read(lambda each: each.execute(select(users).where(users.c.id == user_id)).first())
        return None if row is None else _user(row)

    async def all(self) -> list[User]:
        """Every user there is."""
        rows = await self._database.read(lambda each: each.execute(select(users).order_by(users.c.id)).all())
        return [_user(row) for row in rows]


def _enter(connection: Connection, profile: Profile, now: int) -> User:
    known = (users.c.provider == profile.provider) & (users.c.subject == profile.subject)
    said = {"login": profile.login, "name": profile.name, "avatar_url": profile.avatar_url, "seen_at": now}
    found: int | None = connection.execute(select(users.c.id).where(known)).scalar_one_or_none()
    if found is not None:
        connection.execute(update(users).where(users.c.id == found).values(said))
        return User(found, profile)
    user_id = LOCAL_USER if profile.provider == "local" else 2 + secrets.randbits(48)
    row = {"id": user_id, "provider": profile.provider, "subject": profile.subject, "created_at": now, **said}
    connection.execute(insert(users).values(row))
    return User(user_id, profile)


def _user(row: Row[tuple[object, ...]]) -> User:
    return User(row.id, Profile(row.provider, row.subject, row.login, row.name, row.avatar_url))
