"""The parts for whoever is on call, connected."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from omnilens.database import Database
from omnilens.flags import Flags
from omnilens.oncall.elsewhere import Elsewhere
from omnilens.oncall.log import AlertLog
from omnilens.oncall.measuring import Measuring, Spans
from omnilens.oncall.reports import Reports
from omnilens.oncall.rollback import Rollback
from omnilens.operations.alerts.building import alerts_of
from omnilens.operations.alerts.watch import Tell
from omnilens.operations.metrics import Metrics
from omnilens.operations.process import Process
from omnilens.pipeline.times import Times
from omnilens.settings import Settings


class OnCall:
    """Looks after the server, tells when something is wrong, and goes back where it has to."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        flags: Flags,
        metrics: Metrics,
        process: Process,
        times: Times,
        now: Callable[[], datetime],
        clock: Callable[[], float],
        tell: Tell,
    ) -> None:
        """`tell` is told of alerts, also those of other servers, after it was decided what follows from them."""
        self.log = AlertLog(database, settings.server, now)
        self.reports = Reports(database, metrics, now, clock)
        self.rollback = Rollback(settings.rollback, settings.rollback_cooldown, flags, self.log, metrics, now)
        self.alerts = alerts_of(settings, metrics, now, clock, [self.rollback.tell, tell], process, self.log.note)
        self._elsewhere = Elsewhere(self.log, self.alerts, tell)
        self.measuring = Measuring(times, metrics, _spans(settings))

    async def run(self) -> None:
        """Go on until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.alerts.run(), name="watch for alerts")
            tasks.create_task(self._elsewhere.keep_looking(), name="look what other servers tell")
            tasks.create_task(self.rollback.keep_trying(), name="try again to go back")
            tasks.create_task(self.reports.keep_counting(), name="count reports")
            tasks.create_task(self.measuring.run(), name="measure")

    async def prune(self, retention: timedelta) -> None:
        """Forget what is older.

        Raises:
            StorageUnavailable: not now.
        """
        await self.log.prune(retention)
        await self.reports.prune(retention)


def _spans(settings: Settings) -> Spans | None:
    if settings.otel_endpoint is None:
        return None
    from omnilens.oncall.tracing import Tracing  # only here: it is an extra, and a large one

    return Tracing(settings.otel_endpoint, settings.otel_sample)
