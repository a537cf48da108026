"""A webhook delivery: the request as it came in, and what its headers say it is.

https://docs.github.com/en/webhooks/webhook-events-and-payloads#delivery-headers
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from omnilens.errors import InvalidHeader, MissingHeader

SIGNATURE = b"x-hub-signature-256"
EVENT = b"x-github-event"
DELIVERY = b"x-github-delivery"

LARGE_BODY = 512 * 1024
"""Bytes; a body above is checked and read in a thread, since the loop would stand still for milliseconds."""

_EVENT_NAME = re.compile(rb"[a-z][a-z0-9_]{0,63}")
_DELIVERY_ID = re.compile(rb"[A-Za-z0-9._:-]{1,100}")


class Request(Struct, frozen=True):
    """What was posted. Nothing of it is believed yet."""

    headers: Mapping[bytes, bytes]
    """By lower-case name."""
    body: bytes
    received_at: datetime
    began: float = 0.0
    """When its first byte was here, as ``time.perf_counter`` has it."""
    whole: float = 0.0
    """When all of it was."""


class Delivery(Struct, frozen=True):
    """One delivery of GitHub's."""

    id: str
    """The same for a redelivery, but not covered by the signature."""
    event: str
    body: bytes
    signature: str
    received_at: datetime


def identify(request: Request) -> Delivery:
    """The delivery that a request brings.

    Raises:
        MissingHeader, InvalidHeader: it does not say, or not in the way GitHub does.
    """
    event = request.headers.get(EVENT)
    if not event:
        raise MissingHeader("The header X-GitHub-Event is missing.")
    if not _EVENT_NAME.fullmatch(event):
        raise InvalidHeader("The header X-GitHub-Event is not the name of an event, such as workflow_run.")
    delivery_id = request.headers.get(DELIVERY)
    if delivery_id is None:
        # GitHub always numbers them, but not every tool that sends a test does. The body identifies it as well.
        delivery_id = b"unnumbered-" + hashlib.sha256(request.body).hexdigest()[:32].encode("ascii")
    if not _DELIVERY_ID.fullmatch(delivery_id):
        raise InvalidHeader("The header X-GitHub-Delivery is not an id such as 72d3162e-cc78-11e3-81ab-4c9367dc0958.")
    signature = request.headers.get(SIGNATURE, b"").decode("latin-1")
    return Delivery(delivery_id.decode("ascii"), event.decode("ascii"), request.body, signature, request.received_at)
