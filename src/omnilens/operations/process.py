"""What this process takes, and who looks at it: measured at each look for alerts, since nobody counts it by itself."""

from __future__ import annotations

import time
from collections.abc import Callable

from omnilens.operations import memory
from omnilens.operations.metrics import Metrics

Count = Callable[[], int]


def nobody() -> int:
    """For a server without an audience."""
    return 0


class Process:
    """Keeps the gauges of memory and processor, and adds up how long pages are looked at."""

    def __init__(
        self,
        metrics: Metrics,
        clock: Callable[[], float],
        connections: Count = nobody,
        watching: Count = nobody,
        suspicious: Count = nobody,
        cpu: Callable[[], float] = time.process_time,
    ) -> None:
        """`connections` are all there are, `watching` those that show something, `suspicious` addresses."""
        self._metrics = metrics
        self._clock = clock
        self._connections = connections
        self._watching = watching
        self._suspicious = suspicious
        self._cpu = cpu
        self._cpu_before = 0.0
        self._looked_at = clock()
        self._alone: int | None = None

    def measure(self) -> None:
        """All of it, as it is now."""
        self._measure_memory()
        used = self._cpu()
        self._metrics.cpu_seconds.inc(max(0.0, used - self._cpu_before))
        self._cpu_before = used
        self._metrics.suspicious.set(self._suspicious())
        now, watching = self._clock(), self._watching()
        self._metrics.watching.set(watching)
        # Nobody is asked who it was: only how many at each moment, times how long.
        self._metrics.watched_seconds.inc(watching * max(0.0, now - self._looked_at))
        self._looked_at = now

    def _measure_memory(self) -> None:
        if (limit := memory.limit()) is not None:
            self._metrics.memory_limit.set(limit)
        if (used := memory.used()) is None:
            return
        self._metrics.memory.set(used)
        connections = self._connections()
        if self._alone is None or not connections:
            self._alone = used  # what it has without any
        per_connection = max(0, used - self._alone) / connections if connections else 0.0
        self._metrics.memory_per_connection.set(per_connection)
