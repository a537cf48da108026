"""Alerts as they fired, and problems that people reported."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "alert_turns",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("name", sa.String(50), nullable=False),
        sa.Column("turn", sa.String(10), nullable=False),
        sa.Column("value", sa.Float),
        sa.Column("threshold", sa.Float, nullable=False),
        sa.Column("outcome", sa.String(20)),
    )
    op.create_index("alert_turns_by_age", "alert_turns", ["at"])
    op.create_table(
        "user_reports",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("reported_at", sa.BigInteger, nullable=False),
        sa.Column("slug", sa.String(100)),
        sa.Column("said", sa.String(500), nullable=False),
        sa.Column("page", sa.LargeBinary, nullable=False),
        sa.Column("counts", sa.Boolean, nullable=False),
    )
    op.create_index("user_reports_by_age", "user_reports", ["reported_at"])
