"""How a command on the server's own machine shows that it is the operator's: it knows the key that the server has.

Whoever has that key can make sessions of everybody, so this opens nothing that was closed to them.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from hashlib import sha256

from omnilens.people.sealing import key_in
from omnilens.settings import Settings

HEADER = "x-omnilens-operator"
COUNTS_FOR = 60
"""Seconds; a clock may be off by as many."""


def key_of(settings: Settings) -> str | None:
    """The key of a server with these settings, if it is known here. None is made."""
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value()
    file = settings.secret_key_file
    return key_in(file) if settings.database is not None and file.exists() else None


def written(key: str, method: str, path: str, now: float) -> str:
    """What goes into the header of one request."""
    until = int(now) + COUNTS_FOR
    return f"{until}.{_mac(key, method, path, until)}"


def holds(key: Callable[[], str], said: str, method: str, path: str, now: float) -> bool:
    """Whether a header says what it should. The key is only looked up for one that may be right."""
    until, _, mac = said.partition(".")
    if not (until.isascii() and until.isdigit() and len(until) <= 12 and mac.isascii()):
        return False
    if not now <= int(until) + COUNTS_FOR <= now + 3 * COUNTS_FOR:
        return False
    return hmac.compare_digest(mac, _mac(key(), method, path, int(until)))


def _mac(key: str, method: str, path: str, until: int) -> str:
    said = f"omnilens operator\0{method}\0{path}\0{until}"
    return hmac.new(key.encode(), said.encode(), sha256).hexdigest()
