"""What is measured beside the way of deliveries, once a second: a sample of their times, and how late the loop is.

It reads what the way has noted, so that the way itself pays for none of it, and at most so many a second, however many
there were.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Protocol

from omnilens.operations import logs
from omnilens.operations.metrics import Metrics
from omnilens.pipeline.times import Taken, Times

log = logs.get(__name__)

EVERY = 1.0
LEFT_ALONE = 3.0
"""Seconds after which a delivery is looked at: by then browsers have said what they have to say."""
AT_ONCE = 100
"""Deliveries that are looked at in one round."""


class Spans(Protocol):
    """Where traces are sent."""

    def send(self, taken: Taken, times: Times) -> None:
        """Send the trace of a delivery, if it is one of the sample."""

    async def close(self) -> None:
        """Send what waits, within moments."""


class Measuring:
    """Goes on until cancelled."""

    def __init__(self, times: Times, metrics: Metrics, spans: Spans | None = None) -> None:
        self._times = times
        self._metrics = metrics
        self._spans = spans
        self._seen = 0

    async def run(self) -> None:
        """Look once a second."""
        loop = asyncio.get_running_loop()
        try:
            while True:
                due = loop.time() + EVERY
                await asyncio.sleep(EVERY)
                self._metrics.loop_lag.observe(max(0.0, loop.time() - due))
                try:
                    self.look(LEFT_ALONE)
                except Exception:
                    log.exception("measuring.failed")
        finally:
            if self._spans:
                self.look(left_alone=0.0)
                await self._spans.close()

    def look(self, left_alone: float) -> None:
        """Take in what was answered since the last look, but for what is younger than so many seconds."""
        self._seen, found = self._times.since(self._seen, self._times.clock() - left_alone)
        offset = self._times.clock_offset
        for taken in _some(found):
            # What comes again or late says when somebody sent it again, and nothing of the way from GitHub.
            if taken.outcome == "accepted" and taken.happened_at is not None:
                took = taken.began + offset - taken.happened_at.timestamp()
                self._metrics.github_to_receipt.observe(max(0.0, took))
            if self._spans:
                self._spans.send(taken, self._times)


def _some(found: Sequence[Taken]) -> Sequence[Taken]:
    return found[:: -(-len(found) // AT_ONCE)] if len(found) > AT_ONCE else found
