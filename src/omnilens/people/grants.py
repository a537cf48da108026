"""What GitHub granted to us in the names of users: kept sealed, refreshed when it expires, forgotten with a logout."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from weakref import WeakValueDictionary

import msgspec
from sqlalchemy import select, update

from omnilens.database import Database
from omnilens.database.people_schema import users
from omnilens.operations import logs
from omnilens.people.attempt import LoginFailed
from omnilens.people.oauth import Grant, OAuth
from omnilens.people.sealing import Broken, Seal

log = logs.get(__name__)

AHEAD = timedelta(minutes=1)
"""How long before its end a token is not used any more."""


class Grants:
    """The grants of all users. Raises ``StorageUnavailable`` where the database cannot be asked."""

    def __init__(self, database: Database, oauth: OAuth, seal: Callable[[], Seal], now: Callable[[], datetime]) -> None:
        self._database = database
        self._oauth = oauth
        self._seal = seal
        self._now = now
        self._turns: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    async def keep(self, user_id: int, grant: Grant | None) -> None:
        """Keep what was granted for a user; nothing forgets it."""
        sealed = None if grant is None else self._seal().close(msgspec.json.encode(grant))
        change = update(users).where(users.c.id == user_id).values(github_token=sealed)
        await self._database.write(lambda connection: connection.execute(change))

    async def token(self, user_id: int) -> str | None:
        """A token that GitHub accepts in the name of a user, as far as we know; nothing if there is none."""
        grant = await self._kept(user_id)
        if grant is None or not self._over(grant):
            return grant.access_token if grant else None
        # A refresh token counts once: whoever comes second takes what the first one got.
        turn = self._turns.setdefault(user_id, asyncio.Lock())
        async with turn:
            grant = await self._kept(user_id)
            if grant is not None and self._over(grant):
                grant = await self._refreshed(user_id, grant)
        return grant.access_token if grant else None

    async def _refreshed(self, user_id: int, grant: Grant) -> Grant | None:
        if grant.refresh_token is None:
            return None
        try:
            fresh = await self._oauth.refresh(grant)
        except LoginFailed as failed:
            # Another server may have been faster, and then has kept a newer one by now.
            kept = await self._kept(user_id)
            if kept is not None and not self._over(kept):
                return kept
            log.warning("grant.not_refreshed", user=user_id, reason=str(failed))
            return None
        await self.keep(user_id, fresh)
        return fresh

    async def _kept(self, user_id: int) -> Grant | None:
        query = select(users.c.github_token).where(users.c.id == user_id)
        sealed = await self._database.read(lambda connection: connection.execute(query).scalar_one_or_none())
        if sealed is None:
            return None
        try:
            return msgspec.json.decode(self._seal().open(sealed), type=Grant)
        except (Broken, msgspec.DecodeError):
            return None  # sealed with another key: the user logs in anew, and all is well

    def _over(self, grant: Grant) -> bool:
        return grant.expires_at is not None and grant.expires_at - AHEAD <= self._now()
