"""What is asked of GitHub, as metrics and, where it has to wait, in the log."""

from __future__ import annotations

from datetime import datetime

from omnilens.operations import logs
from omnilens.operations.metrics import Metrics

log = logs.get(__name__)


class CallMetrics:
    """Counts for the client of GitHub's API; see its ``Observer`` for when each is called."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    def called(self, kind: str, result: str, seconds: float) -> None:
        self._metrics.github_calls.labels(kind, result).inc()
        self._metrics.github_seconds.observe(seconds)

    def remaining(self, calls: int) -> None:
        self._metrics.github_remaining.set(calls)

    def waiting(self, account: str, until: datetime, reason: str) -> None:
        log.warning("github.waiting", account=account, until=until, reason=reason)
