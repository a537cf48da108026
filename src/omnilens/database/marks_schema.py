"""The table of what users have marked for themselves. A change here needs a step under ``migrations/versions``."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, LargeBinary, String, Table

from omnilens.database.tables import metadata

workflow_marks = Table(
    "workflow_marks",
    metadata,
    Column("user_id", BigInteger, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("slug", String(100), primary_key=True),
    Column("marks", LargeBinary, nullable=False),
    Column("version", Integer, nullable=False),
)
"""One for each user and repository, by slug in lower case: what was marked there, as JSON. `version` rises by one with
each change, so that of two pages that change it at once none undoes what the other has done."""
