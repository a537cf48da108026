"""Each time an alert fired or was resolved, and what was decided then, in the database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from msgspec import Struct
from sqlalchemy import Connection, delete, insert, select

from omnilens.database import Database
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


class AlertLog:
    """Raises ``StorageUnavailable`` where the database cannot be asked."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    async def note(self, alert: Alert, turn: Turn, outcome: str | None = None) -> None:
        """Keep what has just happened."""
        row = {"name": alert.name, "turn": turn, "value": alert.value, "threshold": alert.threshold, "outcome": outcome}
        at = to_ticks(self._now())
        await self._database.write(lambda connection: connection.execute(insert(alert_turns).values(**row, at=at)))

    async def last(self, limit: int) -> list[AlertTurn]:
        """What happened last, newest first."""
        return await self._database.read(partial(_last, limit))

    async def prune(self, retention: timedelta) -> None:
        """Forget what is older."""
        before = to_ticks(self._now() - retention)
        forgotten = delete(alert_turns).where(alert_turns.c.at < before)
        await self._database.write(lambda connection: connection.execute(forgotten))


def _last(limit: int, connection: Connection) -> list[AlertTurn]:
    rows = connection.execute(select(alert_turns).order_by(alert_turns.c.id.desc()).limit(limit))
    return [
        AlertTurn(
            at=from_ticks(row.at),
            name=row.name,
            turn=row.turn,
            value=row.value,
            threshold=row.threshold,
            outcome=row.outcome,
        )
        for row in rows
    ]
