"""The table about the real-time flag. A change here needs a step under ``migrations/versions``."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, String, Table

from omnilens.database.tables import metadata

flag_changes = Table(
    "flag_changes",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("scope", String(100), nullable=False),
    Column("share", Integer),
    Column("by", String(20), nullable=False),
    Column("user_id", BigInteger, ForeignKey("users.id", ondelete="SET NULL")),
    Column("why", String(500), nullable=False),
    Column("decided_at", BigInteger, nullable=False),
)
"""Everything that was ever decided about it; the last row of a scope counts. `scope` is a slug in lower case or ``*``,
`share` how many of ten thousand users have it, and nothing if whatever is decided elsewhere is to count again. `by` is
what decided it: a user, the command line, or a rollback."""
