"""All that is asked of GitHub while the server runs, in one place: who asks, and who is started and stopped with it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Protocol

from omnilens.model import HistoryProgress
from omnilens.operations import logs
from omnilens.operations.calls import CallMetrics
from omnilens.operations.metrics import Metrics
from omnilens.pipeline.fetched_days import FetchedDays
from omnilens.pipeline.sources import Gate
from omnilens.pipeline.storage import Storage
from omnilens.settings import RepositoryPattern, Settings
from omnilens.sync import networks, outages
from omnilens.sync.backfill import Backfill
from omnilens.sync.catchup import CatchUp
from omnilens.sync.days import Days, Tell
from omnilens.sync.details import Details
from omnilens.sync.doctor import Doctor
from omnilens.sync.hook_plan import Target, targets
from omnilens.sync.learning import Learning
from omnilens.sync.mending import Mending
from omnilens.sync.opened_days import OpenedDays
from omnilens.sync.outages import Outages
from omnilens.sync.recovery import Recovery
from omnilens.sync.skew import Skew

if TYPE_CHECKING:
    from omnilens.github.rest.client import GitHub

log = logs.get(__name__)

ANSWER_WITHIN = 10.0
"""Seconds for GitHub to answer somebody who waits at a page."""
DELIVERIES_LOOKED_AT = 1_000
"""The most of a webhook's log that such an answer reads: ten calls."""
AGAIN_AFTER_A_BUG = 60.0
"""Seconds until something is begun again that has failed in a way which nobody foresaw."""


class Audience(outages.Audience, Protocol):
    """Those who look at the board."""

    def tell(self, progress: HistoryProgress) -> object:
        """Tell them how far a day of the past is."""


class Asking:
    """The parts that ask GitHub. Most are there only if there is a token or an app to ask with."""

    def __init__(
        self,
        settings: Settings,
        learning: Learning,
        storage: Storage,
        gate: Gate,
        audience: Audience,
        metrics: Metrics,
    ) -> None:
        """`audience` is told how far a day of the past is, and how GitHub is."""
        self._settings = settings
        self._repositories = learning.repositories
        self._now = learning.now
        self._skew = Skew()
        self.gate = gate
        self.catch_up: CatchUp | None = None
        self.details: Details | None = None
        self.mending: Mending | None = None
        self.days: Days | None = None
        self.backfill: Backfill | None = None
        self._metrics = metrics
        self._github: GitHub | None = None
        if settings.may_ask_github or gate.asks_github:
            from omnilens.github.rest.client import connect  # noqa: PLC0415  # see omnilens.github.rest

            observer = CallMetrics(metrics)
            self._github = connect(settings, observer=observer, etags=storage.etags, http=self._skew.client())
        if self._github and settings.may_ask_github:
            self._keep_up(self._github, settings, learning)
            if storage.fetched_days:
                self._fetch_days(self._github, settings, learning, storage.fetched_days, audience.tell)
        self.outages = Outages(settings.github_status_url, audience, time.monotonic, asyncio.sleep)
        self.opened_days = OpenedDays(
            storage.fetched_days, self.days, self.backfill, settings.history_retention, learning.now
        )

    def _keep_up(self, github: GitHub, settings: Settings, learning: Learning) -> None:
        accepted = settings.event_retention if settings.stale_deliveries == "reject" else None
        lost = Recovery(github, self._targets, settings.webhook_url, accepted, learning.now)
        self.catch_up = CatchUp(github, learning, asyncio.sleep, lost.recover)
        self.details = Details(github, learning)
        self.mending = Mending(github.patient(ANSWER_WITHIN), settings, self._targets)

    def _targets(self) -> list[Target]:
        """Where webhooks may be that report the board: what the settings name, and what users have added."""
        added = [RepositoryPattern(*each.full_name.split("/", 1)) for each in self._repositories.added()]
        return targets([*self._settings.repositories, *added])

    def _fetch_days(
        self, github: GitHub, settings: Settings, learning: Learning, fetched: FetchedDays, tell: Tell
    ) -> None:
        self.days = Days(github, learning, fetched, learning.store, tell, learning.now)
        self.backfill = Backfill(
            self.days,
            fetched,
            learning.repositories,
            settings.backfill,
            settings.history_retention,
            learning.now,
            asyncio.sleep,
        )

    def doctor(self, journal_failing: Callable[[], bool]) -> Doctor:
        """For somebody who waits at a page, so it asks little and not for long."""
        return Doctor(
            self._github.patient(ANSWER_WITHIN) if self._github and self._settings.may_ask_github else None,
            self._settings,
            now=self._now,
            clock_ahead=lambda: self._skew.ahead,
            journal_failing=journal_failing,
            within=ANSWER_WITHIN,
            deliveries=DELIVERIES_LOOKED_AT,
            thorough=False,
        )

    async def run(self) -> None:
        """Ask whenever there is reason to. Only cancelling it ends it."""
        async with asyncio.TaskGroup() as tasks:
            if self.catch_up:
                tasks.create_task(_kept_up(self.catch_up.run), name="ask GitHub what was missed")
            if self.backfill:
                tasks.create_task(_kept_up(self.backfill.run), name="fetch the past from GitHub")
            tasks.create_task(_kept_up(self.outages.run), name="ask GitHub whether something is down")
            if self._github:
                tasks.create_task(_kept_up(self._learn_networks), name="learn where GitHub delivers from")

    @property
    def github(self) -> GitHub | None:
        """GitHub, to be asked in our name; nothing where there is nothing to ask with."""
        return self._github if self._settings.may_ask_github else None

    def wake(self) -> None:
        """Look at once what is new on the board."""
        if self.catch_up:
            self.catch_up.wake()
        if self.backfill:
            self.backfill.wake()

    async def close(self) -> None:
        """Let go of what is being asked, and close the connections to GitHub."""
        if self.days:
            await self.days.close()
        if self._github:
            await self._github.close()

    async def _learn_networks(self) -> None:
        if self._github:
            await networks.keep_learning(self.gate, self._github, self._metrics, asyncio.sleep)


async def _kept_up(work: Callable[[], Awaitable[None]]) -> None:
    """Do `work` to its end; what is live is served whatever becomes of it."""
    while True:
        try:
            return await work()
        except Exception:
            log.exception("asking.failed")
            await asyncio.sleep(AGAIN_AFTER_A_BUG)
