"""The table of claims: who looks after what fails, or waits. A change needs a step under ``migrations/versions``."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, String, Table

from omnilens.database.tables import metadata

claims = Table(
    "claims",
    metadata,
    Column("slug", String(100), primary_key=True),
    Column("workflow_id", BigInteger, primary_key=True, autoincrement=False),
    Column("branch", String(500), primary_key=True),
    Column("user_id", BigInteger, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("name", String(100)),
    Column("run_id", BigInteger, nullable=False),
    Column("made_at", BigInteger, nullable=False),
)
"""One for a workflow on a branch, by slug in lower case; the branch is empty where a run has none. `name` is what was
typed where nobody logs in, `run_id` the newest run that failed or waited. There are never more than a few."""
