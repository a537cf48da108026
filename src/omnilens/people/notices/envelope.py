"""Messages for browsers that have no page of ours open, as push services take them.

Encrypted for the one browser that can read it (RFC 8291), and signed so that the service knows who sends it (VAPID, RFC
8292). The key for that is made of the server's secret one, so that all servers that share it are the same sender.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from datetime import datetime, timedelta
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from omnilens.people.notices.reachable import Subscription

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric import ec

LASTS = timedelta(hours=12)
"""How long a signature is good; services take none of more than a day."""
KEPT = timedelta(days=1)
"""How long a service keeps a message for a browser that is not running."""
LONGEST_TEXT = 300
"""Characters of a title or a line; services take 4 KiB in all."""

# The order of the curve P-256: https://csrc.nist.gov/pubs/sp/800/186/final
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


class Message(Struct, frozen=True):
    """What the browser shows."""

    title: str
    body: str
    url: str
    """Where a click leads, on our page."""
    tag: str
    """The next one of the same takes the place of this one."""


class Envelope(NamedTuple):
    """A message, ready to be posted to the endpoint."""

    body: bytes
    headers: dict[str, str]


class Sender:
    """Makes envelopes."""

    def __init__(self, secret: str, origin: str) -> None:
        """`secret` is any text that cannot be guessed; `origin` is where our page is."""
        self._secret = secret
        host = urlsplit(origin).hostname or "localhost"
        self._subject = origin if origin.startswith("https://") else f"mailto:omnilens@{host}"

    @cached_property
    def _key(self) -> ec.EllipticCurvePrivateKey:
        """Made when somebody asks for it: what that takes are four megabytes."""
        return _private_key(self._secret)

    @property
    def public_key(self) -> str:
        """What browsers need to know of us, in URL-safe base64."""
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

        point = self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return urlsafe_b64encode(point).rstrip(b"=").decode()

    def envelope(self, message: Message, subscription: Subscription, now: datetime) -> Envelope:
        """Close a message for one browser.

        Raises:
            ValueError: its keys are none.
        """
        from py_vapid import Vapid02  # only here: it brings two HTTP clients
        from pywebpush import WebPusher, WebPushException

        keys = {"p256dh": subscription.p256dh, "auth": subscription.auth}
        try:
            pusher = WebPusher({"endpoint": subscription.endpoint, "keys": keys})
            body: bytes = pusher.encode(msgspec.json.encode(_shortened(message)))["body"]
        except (WebPushException, ValueError) as error:
            raise ValueError(f"The keys of a browser cannot be used: {error}") from error
        address = urlsplit(subscription.endpoint)
        expires = int((now + LASTS).timestamp())
        claims = {"aud": f"{address.scheme}://{address.netloc}", "exp": expires, "sub": self._subject}
        headers = {
            **Vapid02(self._key).sign(claims),
            "content-encoding": "aes128gcm",
            "content-type": "application/octet-stream",
            "ttl": str(int(KEPT.total_seconds())),
            "urgency": "high",
            # 24 letters of a hash: services take 32 of base64.
            "topic": sha256(message.tag.encode()).hexdigest()[:24],
        }
        return Envelope(body, headers)


def _private_key(secret: str) -> ec.EllipticCurvePrivateKey:
    """A key of the curve; more bytes than it has, so that each is as likely as another."""
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    raw = HKDF(SHA256(), 48, salt=None, info=b"omnilens web push").derive(secret.encode())
    return ec.derive_private_key(int.from_bytes(raw) % (_ORDER - 1) + 1, ec.SECP256R1())


def _shortened(message: Message) -> Message:
    return Message(message.title[:LONGEST_TEXT], message.body[:LONGEST_TEXT], message.url, message.tag)
