"""What the Socket.IO server reports, as metrics and, where it refused or cut somebody, in the log."""

from __future__ import annotations

from omnilens.operations.metrics import Metrics
from omnilens.operations.refusals import Refusals
from omnilens.operations.suspects import Suspects

ORDERLY = frozenset(
    {
        "transport close",
        "transport error",
        "client namespace disconnect",
        "server namespace disconnect",
        "server shutting down",
        "ping timeout",
        "idle timeout",
        "refused",  # logged when it was
    }
)
"""Ends of connections that are nobody's fault."""


class SocketMetrics:
    """Counts for the Socket.IO server; see its ``Observer`` for when each is called."""

    def __init__(self, metrics: Metrics, refusals: Refusals, suspects: Suspects) -> None:
        self._metrics = metrics
        self._refusals = refusals
        self._suspects = suspects
        self._events = {
            known: metrics.messages_received.labels("known" if known else "unknown") for known in (True, False)
        }

    def opened(self) -> None:
        self._metrics.connections_opened.inc()
        self._metrics.connections.inc()

    def connected(self) -> None:
        self._metrics.connections_admitted.inc()

    def refused(self, reason: str, client: str) -> None:
        self._metrics.connections_refused.labels(reason).inc()
        self._refusals.note("connection.refused", reason, client=client)
        self._suspects.note(client, reason)

    def closed(self, reason: str, client: str) -> None:
        self._metrics.connections.dec()
        self._metrics.connections_closed.labels(reason).inc()
        if reason not in ORDERLY:
            self._refusals.note("connection.cut", reason, client=client)

    def received(self, known: bool) -> None:
        self._events[known].inc()

    def sent(self, messages: int) -> None:
        self._metrics.messages_sent.inc(messages)

    def failed(self) -> None:
        self._metrics.failed_handlers.inc()
