"""What is refused is logged, but not without end."""

from __future__ import annotations

from structlog.testing import capture_logs

from omnilens.operations.refusals import LINES, Refusals


def test_a_flood_becomes_a_few_lines() -> None:
    now = 0.0
    refusals = Refusals(lambda: now)
    with capture_logs() as lines:
        for _ in range(1000):
            refusals.note("delivery.refused", "invalid-signature", client="192.0.2.1")
        assert len(lines) == LINES.count
        refusals.note("delivery.refused", "stale-delivery")
        assert lines[-1]["code"] == "stale-delivery"  # another kind is not drowned
        now = LINES.seconds / LINES.count
        refusals.note("delivery.refused", "invalid-signature", client="192.0.2.2")
    assert lines[-1] == {
        "event": "delivery.refused",
        "log_level": "warning",
        "module": "omnilens.operations.refusals",
        "code": "invalid-signature",
        "client": "192.0.2.0/24",
        "unsaid": 1000 - LINES.count,
    }
