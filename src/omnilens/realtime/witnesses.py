"""Browsers that say when they show an update: ``confirm-updates`` and ``update-shown``.

A page offers itself, and some of them are taken, so that it costs the same however many watch. What they say makes the
latency that people really see, and the end of a delivery's trace. Whoever does not know these events is never asked:
updates themselves carry nothing for it.
"""

from __future__ import annotations

from typing import Any

from omnilens.operations.metrics import Metrics
from omnilens.pipeline.times import Times
from omnilens.socketio import Connection, Server

SAMPLE = 32
"""Connections that are asked at the same time. A page confirms the newest of what it shows, once a second at most."""


class Witnesses:
    """The sample, and what it says."""

    def __init__(self, server: Server, times: Times, metrics: Metrics) -> None:
        self._times = times
        self._seconds = metrics.browser_seconds
        self._sample: dict[Connection, int] = {}
        """Each with the last ``seq`` that it has confirmed."""
        server.on("confirm-updates", self.offer)
        server.on("update-shown", self.shown)

    def offer(self, connection: Connection) -> dict[str, Any]:
        """A page says that it can. Returns whether it shall."""
        if connection not in self._sample and len(self._sample) >= SAMPLE:
            self._sample = {each: seq for each, seq in self._sample.items() if each.alive}
        if len(self._sample) < SAMPLE:
            self._sample.setdefault(connection, 0)
        return {"ok": True, "wanted": connection in self._sample}

    def shown(self, connection: Connection, seq: Any) -> None:
        """A page of the sample shows the update with this ``seq``. Only one that is newer than its last counts."""
        if type(seq) is not int or seq <= self._sample.get(connection, seq):
            return
        self._sample[connection] = seq
        took = self._times.confirm(seq)
        if took is not None:
            self._seconds.observe(took)
