"""Deliveries: whatever is posted is refused with a status that says so, or read."""

from __future__ import annotations

from datetime import UTC, datetime

from omnilens.demo.sender import body_of
from omnilens.errors import DeliveryError
from omnilens.github import payloads
from omnilens.github.deliveries import Request, identify
from omnilens.github.signature import sign, verify
from support.payloads import job_payload, run_payload

EVENTS = ["workflow_run", "workflow_job", "ping", "star"]
SECRET = b"secret"
SEEDS = [bytes([number]) + body_of(body) for number, body in enumerate([run_payload(), job_payload(), {"zen": "x"}])]
_NOW = datetime(2026, 1, 1, tzinfo=UTC)


def read(data: bytes) -> None:
    """The first byte says which event; the rest is the body, and in turn each of the headers."""
    event, body = EVENTS[(data[0] if data else 0) % len(EVENTS)], data[1:]
    verify(body, sign(body, SECRET), [SECRET])
    for attempt, statuses in (
        (lambda: verify(body, body[:100], [SECRET]), {401}),
        (
            lambda: identify(Request({b"x-github-event": body[:20], b"x-github-delivery": body[-20:]}, body, _NOW)),
            {400},
        ),
        (lambda: payloads.read(event, body), {400}),
    ):
        try:
            attempt()
        except DeliveryError as error:
            assert error.status in statuses
