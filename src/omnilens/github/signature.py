"""Is a delivery really from GitHub? HMAC-SHA256 over the raw bytes, compared as bytes in constant time.

https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable

from omnilens.errors import InvalidSignature, MissingSignature

PREFIX = b"sha256="
_LENGTH = len(PREFIX) + 64


def sign(body: bytes, secret: bytes) -> bytes:
    """The value of ``X-Hub-Signature-256`` for `body`, such as ``b"sha256=757107ea…"``."""
    return PREFIX + hmac.digest(secret, body, "sha256").hex().encode("ascii")


def verify(body: bytes, header: bytes | None, secrets: Iterable[bytes]) -> None:
    """Accept `body` if any of `secrets` made the signature in `header`.

    Bytes are compared, since ``hmac.compare_digest`` raises on text that is not ASCII, and a header can hold anything.

    Raises:
        MissingSignature: there is no header, or it is empty.
        InvalidSignature: none of the secrets fits. Why is not said, so nothing can be learned from the answer.
    """
    if not header:
        raise MissingSignature("The header X-Hub-Signature-256 is missing. Set a secret in the webhook's settings.")
    if len(header) == _LENGTH and header.startswith(PREFIX):
        # No early return: how long this takes must not tell which secret fitted.
        matches = [hmac.compare_digest(header, sign(body, secret)) for secret in secrets]
        if any(matches):
            return
    raise InvalidSignature("The signature does not fit the body. Is the webhook's secret the one this server has?")
