"""The tables about forgetting people. A change here needs a step under ``migrations/versions``."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, String, Table

from omnilens.database.tables import metadata

forget_requests = Table(
    "forget_requests",
    metadata,
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Column("login", String(200)),
    Column("asked_at", BigInteger, nullable=False),
)
"""Who is being forgotten at this moment: each server lets go of what it has in memory. Gone when that is done."""

forgettings = Table(
    "forgettings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("done_at", BigInteger, nullable=False),
)
"""That somebody was forgotten, and when; not who."""
