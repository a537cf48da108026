"""One at a time, across processes and machines."""

from __future__ import annotations

from enum import IntEnum

from sqlalchemy import Connection, text


class Lock(IntEnum):
    """What can be locked; the numbers only have to differ."""

    MIGRATION = 0x6F6D6E69
    DEAD_LETTERS = 0x6F6D6E6A
    HISTORY = 0x6F6D6E6B
    ALERTS = 0x6F6D6E6C


def hold(connection: Connection, lock: Lock) -> None:
    """Wait for `lock`, and hold it until the transaction ends. Those that write SQLite take turns anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": int(lock)})
