"""What must not be read by whoever gets hold of the database, or changed by whoever it is handed to, is sealed.

Fernet: AES-128-CBC with an HMAC-SHA-256 and the time, https://cryptography.io/en/latest/fernet/.
"""

from __future__ import annotations

import os
import secrets
from base64 import urlsafe_b64encode
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

from omnilens.errors import StorageUnavailable


class Broken(Exception):
    """It was not sealed by us, or with another key, or too long ago."""


class Seal:
    """Seals and opens with one key."""

    def __init__(self, key: str) -> None:
        """`key` is any text that cannot be guessed."""
        from cryptography.fernet import Fernet  # only here: it takes six megabytes, and who seals nothing needs none

        self._fernet = Fernet(urlsafe_b64encode(sha256(b"omnilens seal\0" + key.encode()).digest()))

    def close(self, content: bytes) -> bytes:
        """Seal something. What comes of it is printable."""
        return self._fernet.encrypt(content)

    def open(self, sealed: bytes, within: timedelta | None = None) -> bytes:
        """What was sealed, no longer ago than `within`.

        Raises:
            Broken: it cannot be had.
        """
        from cryptography.fernet import InvalidToken

        try:
            return self._fernet.decrypt(sealed, ttl=None if within is None else int(within.total_seconds()))
        except InvalidToken:
            raise Broken from None


def key_in(file: Path) -> str:
    """The key in a file that only its owner can read; one is made at the first start.

    Raises:
        StorageUnavailable: the file can be neither read nor made.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            # Made aside and then linked: of two servers that start together one makes it, and no half of one is read.
            draft = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as written:
                written.write(secrets.token_hex(32) + "\n")
            os.link(draft, file)
        except FileExistsError:
            pass
        finally:
            draft.unlink(missing_ok=True)
        key = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise StorageUnavailable(f"The key in {file} cannot be read or made: {error}.") from error
    if not key:
        raise StorageUnavailable(f"The key in {file} is empty. Restore it, or remove it: then everybody logs in again.")
    return key
