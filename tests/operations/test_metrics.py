"""What is counted."""

from __future__ import annotations

from omnilens.operations.metrics import Metrics
from omnilens.operations.refusals import Refusals
from omnilens.operations.sockets import SocketMetrics
from omnilens.operations.suspects import Suspects


def test_a_value_is_the_sum_over_all_labels() -> None:
    metrics = Metrics()
    metrics.deliveries.labels("workflow_run", "accepted").inc(2)
    metrics.deliveries.labels("ping", "ping").inc()
    assert metrics.value("omnilens_webhook_deliveries_total") == 3
    assert metrics.value("omnilens_nothing_total") == 0
    assert Metrics().value("omnilens_webhook_deliveries_total") == 0


def test_the_life_of_a_connection() -> None:
    metrics = Metrics()
    sockets = SocketMetrics(metrics, Refusals(lambda: 0.0), Suspects(lambda: 0.0))
    sockets.opened()
    sockets.opened()
    sockets.connected()
    sockets.received(True)
    sockets.sent(3)
    sockets.failed()
    sockets.closed("ping timeout", "192.0.2.1")
    sockets.refused("origin", "192.0.2.1")
    expected = {
        "omnilens_connections": 1,
        "omnilens_connections_opened_total": 2,
        "omnilens_connections_admitted_total": 1,
        "omnilens_connections_closed_total": 1,
        "omnilens_connections_refused_total": 1,
        "omnilens_messages_received_total": 1,
        "omnilens_messages_sent_total": 3,
        "omnilens_failed_handlers_total": 1,
    }
    assert {name: metrics.value(name) for name in expected} == expected
