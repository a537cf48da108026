"""Examinations that many look at: one at a time for each thing, and for a minute the same for everybody."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable

from omnilens.sync.findings import Examination

FRESH = 60.0
"""Seconds that an examination is shown, from its beginning: GitHub's limit is shared with whatever else asks."""
MOST = 1_000


class Checkups:
    """The latest examination of each thing that was asked about."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._latest: OrderedDict[str, tuple[float, asyncio.Future[Examination]]] = OrderedDict()

    async def of(self, what: str, examine: Callable[[], Awaitable[Examination]]) -> Examination:
        """The examination of `what`, begun by ``examine`` unless there is one of the last minute."""
        began, latest = self._latest.get(what, (0.0, None))
        failed = latest is not None and latest.done() and (latest.cancelled() or latest.exception() is not None)
        if latest is None or failed or self._clock() - began >= FRESH:
            latest = asyncio.ensure_future(examine())
            self._latest[what] = self._clock(), latest
            self._latest.move_to_end(what)
            if len(self._latest) > MOST:
                self._latest.popitem(last=False)
        return await asyncio.shield(latest)  # who hangs up must not take it from the others

    def forget(self, what: str) -> None:
        """Something was changed about it: the next one who asks has it examined anew."""
        self._latest.pop(what, None)
