"""Secrets that browsers and scripts show to be known again: session ids and access tokens.

Each has 256 random bits. Kept is only its SHA-256, from which nobody gets it back; one that is looked up by its hash is
compared by nobody byte by byte. https://cheatsheetseries.owasp.org/cheatsheets/Session_Management_Cheat_Sheet.html
"""

from __future__ import annotations

import secrets
from hashlib import sha256

TOKEN_PREFIX = "olt_"  # noqa: S105  # so that scanners of source code know what they have found
LONGEST = 200
"""Characters of one; what is longer is none of ours."""


def new_session_id() -> str:
    """What a browser gets as its cookie."""
    return secrets.token_urlsafe(32)


def new_token() -> str:
    """What a wallboard or script is given."""
    return TOKEN_PREFIX + secrets.token_urlsafe(32)


def key_of(secret: str) -> str:
    """What is kept of a secret."""
    return sha256(secret.encode()).hexdigest()
