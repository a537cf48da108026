"""What is forgotten by itself about people: sessions and tokens that are over, users who do not come back, and slugs
that are kept for a history that has ended. What is kept about runs is in ``pipeline/storage.py``."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection, delete, select

from omnilens.database import Database
from omnilens.database.list_schema import added_repositories
from omnilens.database.people_schema import access_tokens, sessions, users
from omnilens.database.tables import to_ticks
from omnilens.operations import logs
from omnilens.people import forgetting
from omnilens.people.viewer import LOCAL_USER

log = logs.get(__name__)


class Retention:
    """Looks through the tables about people. Raises ``StorageUnavailable`` where the database cannot be asked."""

    def __init__(self, database: Database, inactive: timedelta, history: timedelta) -> None:
        """`inactive` is how long a user is remembered who does not come back."""
        self._database = database
        self._inactive = inactive
        self._history = history

    async def prune(self, now: datetime) -> None:
        """Forget what is over."""
        over, left = to_ticks(now), to_ticks(now - self._history)
        if not await self._database.read(partial(_anything, over, left, to_ticks(now - self._inactive))):
            return
        await self._database.write(partial(_prune, over, left))
        for user_id in await self._database.read(partial(_inactive, to_ticks(now - self._inactive))):
            await self._database.write(partial(forgetting.remove, user_id, over))
            log.info("privacy.inactive_user_removed")


def _anything(over: int, left: int, seen: int, connection: Connection) -> bool:
    """Whether there is anything to do: nearly always there is not, and then nothing is written."""
    looks = (
        select(sessions.c.key).where(sessions.c.expires_at <= over),
        select(access_tokens.c.key).where(access_tokens.c.expires_at <= over),
        select(added_repositories.c.slug).where(added_repositories.c.left_at < left),
    )
    return any(connection.execute(look.limit(1)).first() for look in looks) or bool(_inactive(seen, connection))


def _prune(over: int, left: int, connection: Connection) -> None:
    connection.execute(delete(sessions).where(sessions.c.expires_at <= over))
    connection.execute(delete(access_tokens).where(access_tokens.c.expires_at <= over))
    connection.execute(delete(added_repositories).where(added_repositories.c.left_at < left))


def _inactive(seen: int, connection: Connection) -> list[int]:
    """Users who were here last before `seen`, and are logged in nowhere."""
    living = select(sessions.c.user_id).where(sessions.c.user_id.is_not(None))
    tokens = select(access_tokens.c.user_id).where(access_tokens.c.user_id.is_not(None))
    old = select(users.c.id).where(users.c.seen_at < seen, users.c.id != LOCAL_USER)
    return list(connection.execute(old.where(users.c.id.not_in(living), users.c.id.not_in(tokens))).scalars())
