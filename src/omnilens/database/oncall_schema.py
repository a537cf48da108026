"""The tables for whoever is on call. A change here needs a step under ``migrations/versions``."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Float, Index, Integer, LargeBinary, String, Table

from omnilens.database.tables import metadata

alert_turns = Table(
    "alert_turns",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", BigInteger, nullable=False),
    Column("name", String(50), nullable=False),
    Column("turn", String(10), nullable=False),
    Column("value", Float),
    Column("threshold", Float, nullable=False),
    Column("outcome", String(20)),
    Column("server", String(100)),
    Index("alert_turns_by_age", "at"),
)
"""Each time an alert fired or was resolved. `server` is who told, `outcome` what was decided where it
triggers a rollback."""

user_reports = Table(
    "user_reports",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("reported_at", BigInteger, nullable=False),
    Column("slug", String(100)),
    Column("said", String(500), nullable=False),
    Column("page", LargeBinary, nullable=False),
    Column("counts", Boolean, nullable=False),
    Index("user_reports_by_age", "reported_at"),
)
"""Problems that people reported, without who they are. `page` is what their page knew of itself, as JSON; `counts` says
that it is the first one of somebody within an hour."""
