"""Where a browser can be reached that has no page of ours open."""

from __future__ import annotations

from msgspec import Struct


class Refused(Exception):
    """Nothing is sent to such an address."""


class Subscription(Struct, frozen=True):
    """Where a browser can be reached, and the keys for it, as it says them itself."""

    endpoint: str
    p256dh: str
    auth: str
