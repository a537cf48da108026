"""What was decided about the flag, in the database that all servers share: nothing is ever changed, only added."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any, Literal

from msgspec import Struct
from sqlalchemy import Connection, Select, func, insert, select

from omnilens.database import Database
from omnilens.database.flag_schema import flag_changes
from omnilens.database.people_schema import users
from omnilens.database.tables import from_ticks, to_ticks
from omnilens.flags.rules import EVERYWHERE, Rule
from omnilens.settings import Share

By = Literal["user", "command line", "rollback"]
Version = tuple[int, int]
"""How many changes there are, and the last: another one means that there is something new."""
FORGOTTEN = "somebody who was forgotten"
LONGEST_WHY = 500


class FlagChange(Struct, frozen=True):
    """One change, as people read it."""

    at: datetime
    scope: str
    """A slug in lower case, or ``*`` for everything."""
    share: Share | None
    """How many have live updates since then; nothing where what is decided elsewhere counts again."""
    by: str
    """A login, ``command line`` or ``rollback``."""
    why: str


class FlagBook:
    """Raises ``StorageUnavailable`` where the database cannot be asked."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self.database = database
        self._now = now

    async def change(self, scope: str, share: Share | None, why: str, by: By, user: int | None = None) -> None:
        """Decide for a scope; without a `share`, have what is decided elsewhere count again."""
        count = None if share is None else share.per_ten_thousand
        row = {"scope": scope.lower(), "share": count, "by": by, "user_id": user, "why": why[:LONGEST_WHY]}
        await self.database.write(
            lambda connection: connection.execute(insert(flag_changes).values(**row, decided_at=to_ticks(self._now())))
        )

    async def news(self, version: Version) -> tuple[Version, dict[str, Rule], datetime | None] | None:
        """What counts now, by scope, and when it was last decided for all by hand; nothing if `version` is the last."""
        return await self.database.read(partial(_news, version))

    async def changes(self, limit: int) -> list[FlagChange]:
        """The last changes, newest first."""
        return await self.database.read(partial(_changes, limit))


def _news(version: Version, connection: Connection) -> tuple[Version, dict[str, Rule], datetime | None] | None:
    count, last = connection.execute(select(func.count(), func.max(flag_changes.c.id))).one()
    present = count, last or 0
    if present == version:
        return None
    latest = select(func.max(flag_changes.c.id)).group_by(flag_changes.c.scope)
    rows = connection.execute(_named().where(flag_changes.c.id.in_(latest)))
    changes = [_change(row) for row in rows]
    decided = {each.scope: Rule(each.share, each.why, each.by, each.at) for each in changes if each.share is not None}
    by_hand = next((each.at for each in changes if each.scope == EVERYWHERE and each.by != "rollback"), None)
    return present, decided, by_hand


def _changes(limit: int, connection: Connection) -> list[FlagChange]:
    return [_change(row) for row in connection.execute(_named().order_by(flag_changes.c.id.desc()).limit(limit))]


def _named() -> Select[Any]:
    changes = flag_changes.c
    columns = changes.decided_at, changes.scope, changes.share, changes.by, users.c.login, changes.why
    return select(*columns).outerjoin_from(flag_changes, users, changes.user_id == users.c.id)


def _change(row: Any) -> FlagChange:
    by = row.login or FORGOTTEN if row.by == "user" else row.by
    share = None if row.share is None else Share(row.share)
    return FlagChange(from_ticks(row.decided_at), row.scope, share, by, row.why)
