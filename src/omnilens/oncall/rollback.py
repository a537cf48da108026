"""Going back to asking every ten seconds by itself, when a trigger fires; forward again goes only somebody by hand.

The triggers are alerts among the others (``rollback-errors``, ``rollback-performance``, ``rollback-reports``), with
live values, thresholds and for-times like theirs. Here is only decided what follows from one that fires.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Literal

from omnilens.errors import StorageUnavailable
from omnilens.flags import EVERYWHERE, Flags, Rules
from omnilens.oncall.log import AlertLog
from omnilens.operations import logs
from omnilens.operations.alerts.rules import ROLLBACK
from omnilens.operations.alerts.standing import Turn
from omnilens.operations.alerts.watch import Alert
from omnilens.operations.metrics import Metrics
from omnilens.settings import NOBODY

log = logs.get(__name__)

AGAIN_AFTER = 5.0
"""Seconds until what could not be written is tried again."""

Mode = Literal["auto", "dry-run", "off"]
Outcome = Literal["switched-off", "dry-run", "off-already", "cooling-down", "failed"]


def decided(mode: Mode, rules: Rules, cooldown: timedelta, now: datetime) -> Outcome:
    """What follows from a trigger that fires, given what counts for all repositories. Pure."""
    everywhere = rules.decided.get(EVERYWHERE)
    if (everywhere.share if everywhere else rules.default) == NOBODY:
        return "off-already"
    if rules.by_hand_at and now - rules.by_hand_at < cooldown:
        return "cooling-down"  # somebody has just decided, and knows why
    return "dry-run" if mode == "dry-run" else "switched-off"


class Rollback:
    """Is told of alerts, and acts on those that trigger a rollback."""

    def __init__(
        self,
        mode: Mode,
        cooldown: timedelta,
        flags: Flags,
        kept: AlertLog,
        metrics: Metrics,
        now: Callable[[], datetime],
    ) -> None:
        self.mode = mode
        self.cooldown = cooldown
        self._flags = flags
        self._kept = kept
        self._metrics = metrics
        self._now = now
        self._owed: dict[str, Alert] = {}  # triggers that fire, and what follows from them could not be written

    async def tell(self, alert: Alert, turn: Turn) -> None:
        """An alert fired, or is over."""
        if not alert.name.startswith(ROLLBACK) or self.mode == "off":
            return
        self._owed.pop(alert.name, None)
        if turn == "fired":
            outcome = await self._act(alert)
            if outcome == "failed":
                self._owed[alert.name] = alert
            await self._record(alert, outcome)

    async def keep_trying(self) -> None:
        """Do what could not be done when its trigger fired, as long as that fires, until cancelled."""
        while True:
            await asyncio.sleep(AGAIN_AFTER)
            for alert in [*self._owed.values()]:
                try:
                    await self._try_again(alert)
                except Exception:  # all that is on call would end with it
                    log.exception("rollback.failed", trigger=alert.name)

    async def _try_again(self, alert: Alert) -> None:
        outcome = await self._act(alert)
        if outcome != "failed" and alert.name in self._owed:  # and not over meanwhile
            del self._owed[alert.name]
            await self._record(alert, outcome)

    async def _act(self, alert: Alert) -> Outcome:
        with suppress(StorageUnavailable):  # then what was known last counts
            await self._flags.look()  # another server may have acted just now
        outcome = decided(self.mode, self._flags.rules, self.cooldown, self._now())
        if outcome == "switched-off":
            why = f"{alert.title}: {alert.value or 0:.3g} {alert.unit}, and {alert.threshold:g} is too much"
            try:
                await self._flags.change(EVERYWHERE, NOBODY, why, "rollback")
            except StorageUnavailable as error:
                if alert.name not in self._owed:
                    log.error("rollback.failed", trigger=alert.name, reason=str(error))
                return "failed"
        return outcome

    async def _record(self, alert: Alert, outcome: Outcome) -> None:
        self._metrics.rollbacks.labels(outcome).inc()
        log.error("rollback.decided", trigger=alert.name, value=alert.value, outcome=outcome)
        try:
            await self._kept.decided(alert, outcome)
        except StorageUnavailable as error:
            log.warning("alert.not_kept", name=alert.name, reason=str(error))
