"""Each time an alert fired or was resolved, and what was decided then, in the database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, delete, func, insert, select, update

from omnilens.database import Database
from omnilens.database.locks import Lock, hold
from omnilens.database.oncall_schema import alert_turns
from omnilens.database.tables import from_ticks, to_ticks
from omnilens.operations.alerts.standing import Turn
from omnilens.operations.alerts.watch import Alert


class AlertTurn(Struct, frozen=True, kw_only=True):
    """One time that an alert fired or was resolved."""

    at: datetime
    name: str
    turn: Turn
    value: float | None
    """What was measured then."""
    threshold: float
    outcome: str | None
    """What was decided, where it triggers a rollback."""
    server: str | None
    """Who told; nothing where that was before servers had names."""


SAME = timedelta(minutes=1)
"""Within which servers come to notice the same."""
NEWS = timedelta(minutes=5)
"""What is older is no news any more, as after a restored backup."""


class AlertLog:
    """Raises ``StorageUnavailable`` where the database cannot be asked."""

    def __init__(self, database: Database, server: str, now: Callable[[], datetime]) -> None:
        """`server` is what this one is called."""
        self.database = database
        self.server = server
        self._now = now

    async def note(self, alert: Alert, turn: Turn) -> bool:
        """Keep what has just happened, unless another server has: of what all servers measure, the first one tells."""
        now = self._now()
        row = {"name": alert.name, "turn": turn, "value": alert.value, "threshold": alert.threshold}
        row |= {"at": to_ticks(now), "server": self.server}
        told = to_ticks(now - SAME) if alert.server is None else None
        return await self.database.write(partial(_note, row, told))

    async def decided(self, alert: Alert, outcome: str) -> None:
        """Add what followed from what this server noted last of an alert."""
        await self.database.write(partial(_decided, self.server, alert.name, outcome))

    async def last(self, limit: int) -> list[AlertTurn]:
        """What happened last, newest first."""
        return await self.database.read(partial(_last, limit))

    async def since(self, seen: int | None) -> tuple[int, list[AlertTurn]]:
        """What other servers noted after number `seen`, oldest first, and the number of the last; none without one."""
        return await self.database.read(partial(_since, seen, self.server, to_ticks(self._now() - NEWS)))

    async def prune(self, retention: timedelta) -> None:
        """Forget what is older."""
        before = to_ticks(self._now() - retention)
        forgotten = delete(alert_turns).where(alert_turns.c.at < before)
        await self.database.write(lambda connection: connection.execute(forgotten))


def _note(row: dict[str, Any], told: int | None, connection: Connection) -> bool:
    hold(connection, Lock.ALERTS)  # which also has the numbers rise in the order in which others can see them
    if told is not None:
        by_others = select(func.count()).where(
            alert_turns.c.name == row["name"],
            alert_turns.c.turn == row["turn"],
            alert_turns.c.at > told,
            alert_turns.c.server != row["server"],
        )
        if connection.execute(by_others).scalar_one():
            return False
    connection.execute(insert(alert_turns).values(**row))
    return True


def _decided(server: str, name: str, outcome: str, connection: Connection) -> None:
    mine = select(func.max(alert_turns.c.id)).where(alert_turns.c.server == server, alert_turns.c.name == name)
    number = connection.execute(mine).scalar_one()
    connection.execute(update(alert_turns).where(alert_turns.c.id == number).values(outcome=outcome))


def _last(limit: int, connection: Connection) -> list[AlertTurn]:
    rows = connection.execute(select(alert_turns).order_by(alert_turns.c.id.desc()).limit(limit))
    return [_turn(row) for row in rows]


def _since(seen: int | None, server: str, not_before: int, connection: Connection) -> tuple[int, list[AlertTurn]]:
    last = connection.execute(select(func.max(alert_turns.c.id))).scalar_one() or 0
    if seen is None or seen == last:
        return last, []
    after = seen if seen < last else 0  # all were forgotten meanwhile, and the numbers begin anew
    news = (
        select(alert_turns)
        .where(alert_turns.c.id > after, alert_turns.c.server != server, alert_turns.c.at > not_before)
        .order_by(alert_turns.c.id)
    )
    return last, [_turn(row) for row in connection.execute(news)]


def _turn(row: Any) -> AlertTurn:
    return AlertTurn(
        at=from_ticks(row.at),
        name=row.name,
        turn=row.turn,
        value=row.value,
        threshold=row.threshold,
        outcome=row.outcome,
        server=row.server,
    )
