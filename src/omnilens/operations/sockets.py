"""What the Socket.IO server reports, as metrics."""

from __future__ import annotations

from omnilens.operations.metrics import Metrics


class SocketMetrics:
    """Counts for the Socket.IO server; see its ``Observer`` for when each is called."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    def opened(self) -> None:
        self._metrics.connections_opened.inc()
        self._metrics.connections.inc()

    def connected(self) -> None:
        self._metrics.connections_admitted.inc()

    def refused(self, reason: str) -> None:
        self._metrics.connections_refused.labels(reason).inc()

    def closed(self, reason: str) -> None:
        self._metrics.connections.dec()
        self._metrics.connections_closed.labels(reason).inc()

    def received(self, known: bool) -> None:
        self._metrics.messages_received.labels("known" if known else "unknown").inc()

    def sent(self, messages: int) -> None:
        self._metrics.messages_sent.inc(messages)

    def failed(self) -> None:
        self._metrics.failed_handlers.inc()
