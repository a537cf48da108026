"""What is done again and again while the server runs: what is old is forgotten, and what failed is tried once more."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from omnilens.errors import StorageUnavailable
from omnilens.oncall.oncall import OnCall
from omnilens.operations import logs
from omnilens.people.privacy import Privacy
from omnilens.people.retention import Retention
from omnilens.pipeline.flow import Flow
from omnilens.pipeline.journal import Discontinued
from omnilens.pipeline.storage import Storage
from omnilens.pipeline.store import Store
from omnilens.settings import Settings
from omnilens.telling import Telling

log = logs.get(__name__)

TIDY_EVERY = 30.0
"""Seconds between two rounds of forgetting what is older than the retention."""
RETRY_EVERY = 10.0
"""Seconds between two looks at which failed deliveries are due."""


class Upkeep:
    """Both go on until they are cancelled, whatever happens to them."""

    def __init__(
        self,
        settings: Settings,
        storage: Storage,
        store: Store,
        flow: Flow,
        retention: Retention,
        privacy: Privacy,
        telling: Telling,
        oncall: OnCall,
        now: Callable[[], datetime],
    ) -> None:
        self._event_retention = settings.event_retention
        self._history_retention = settings.history_retention
        self._storage = storage
        self._store = store
        self._flow = flow
        self._retention = retention
        self._privacy = privacy
        self._telling = telling
        self._oncall = oncall
        self._now = now

    async def tidy(self) -> None:
        """Forget what is older than the retentions. What is old can wait for another try; what is live cannot."""
        while True:
            await asyncio.sleep(TIDY_EVERY)
            now = self._now()
            try:
                self._store.forget(now, self._event_retention)
                with suppress(StorageUnavailable):
                    await self._telling.keeper.settle()
                    await self._telling.book.prune(now, self._history_retention)
                with suppress(StorageUnavailable, Discontinued):  # which the journal reports
                    await self._storage.archive(now, self._flow.applied)
                    await self._retention.prune(now)
                    await self._privacy.finish_late()
                    await self._oncall.prune(self._history_retention)
            except Exception:
                log.exception("tidying.failed")

    async def retry(self) -> None:
        """Try again what failed, where it is kept. Whatever that does to us, the live deliveries are still served."""
        while letters := self._storage.dead_letters:
            try:
                await letters.retry_due(self._flow.take, self._now())
            except Exception:
                log.exception("retry.failed")
            await asyncio.sleep(RETRY_EVERY)
