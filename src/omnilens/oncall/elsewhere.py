"""What other servers of the same database tell, told here as well: an operator is connected to one of them only."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from omnilens.errors import StorageUnavailable
from omnilens.looking import keep_looking
from omnilens.oncall.log import AlertLog
from omnilens.operations.alerts.watch import Alerts, Tell

LOOK_EVERY = 1.0
"""Seconds between two looks."""


class Elsewhere:
    """Passes on what they have noted since this server was started."""

    def __init__(self, kept: AlertLog, alerts: Alerts, tell: Tell) -> None:
        self._kept = kept
        self._alerts = alerts
        self._tell = tell
        self._seen: int | None = None

    async def look(self) -> None:
        """Tell what is new.

        Raises:
            StorageUnavailable: not now.
        """
        self._seen, news = await self._kept.since(self._seen)
        for each in news:
            alert = self._alerts.told_by(each.server or "", each.name, each.turn, each.at, each.value)
            if alert is not None:
                await self._tell(alert, each.turn)

    async def keep_looking(self, sleep: Callable[[float], Awaitable[object]] = asyncio.sleep) -> None:
        """Look again and again. Only cancelling it ends it."""
        with suppress(StorageUnavailable):  # then news begin with the first look that succeeds
            await self.look()
        await keep_looking("alerts", self._kept.database, self.look, LOOK_EVERY, sleep)
