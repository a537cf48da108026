"""What is counted of the calls of GitHub's API."""

from __future__ import annotations

from datetime import UTC, datetime

from omnilens.operations.calls import CallMetrics
from omnilens.operations.metrics import Metrics


def test_calls_and_what_is_left() -> None:
    metrics = Metrics()
    assert metrics.value("omnilens_github_remaining") == -1
    calls = CallMetrics(metrics)
    calls.called("runs", "ok", 0.2)
    calls.called("runs", "unchanged", 0.1)
    calls.remaining(4999)
    calls.waiting("token", datetime(2026, 11, 22, tzinfo=UTC), "to list the runs of octo-org/octo-repo")
    assert metrics.value("omnilens_github_calls_total") == 2
    assert metrics.registry.get_sample_value("omnilens_github_calls_total", {"kind": "runs", "result": "ok"}) == 1
    assert metrics.value("omnilens_github_seconds_count") == 2
    assert metrics.value("omnilens_github_remaining") == 4999
