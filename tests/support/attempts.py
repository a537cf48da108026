"""Attempts at deliveries, as a webhook's log has them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from omnilens.github.rest import HookDelivery

NOW = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)


def attempt(guid: str, number: int = 1, ago: float = 60, code: int = 200, **fields: Any) -> HookDelivery:
    """An attempt so many seconds ago; 0 is under way."""
    status = {200: "OK", 202: "Accepted", 0: "pending", 502: "failed to connect to host"}.get(
        code, "Invalid HTTP Response"
    )
    given = {"event": "workflow_run", "status": status, "status_code": code, **fields}
    return HookDelivery(id=number, guid=guid, delivered_at=NOW - timedelta(seconds=ago), **given)


ATTEMPTS = st.lists(
    st.builds(
        attempt,
        st.sampled_from("abcd"),
        st.integers(1, 10**6),
        st.integers(0, 10**6),
        st.sampled_from([200, 502, 401, 0]),
        redelivery=st.booleans(),
        event=st.sampled_from(["workflow_run", "workflow_job", "ping"]),
    ),
    max_size=12,
    unique_by=lambda each: each.id,
)
