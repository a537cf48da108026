"""The journal, and the history of runs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "journal",
        sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("delivery_id", sa.String(100), nullable=False, unique=True),
        sa.Column("signature", sa.String(100), nullable=False, unique=True),
        sa.Column("received_at", sa.BigInteger, nullable=False),
        sa.Column("change", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "journal_state",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("epoch", sa.String(32), nullable=False),
        sa.Column("last_seq", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "history_state",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("epoch", sa.String(32), nullable=False),
        sa.Column("folded", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "repositories",
        sa.Column("slug", sa.String(100), primary_key=True),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("last_event_at", sa.BigInteger, nullable=False),
        sa.Column("repository", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "runs",
        sa.Column("slug", sa.String(100), primary_key=True),
        sa.Column("run_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("started_at", sa.BigInteger, nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
        sa.Column("completed", sa.Boolean, nullable=False),
        sa.Column("state", sa.LargeBinary, nullable=False),
    )
    op.create_index("runs_by_time", "runs", ["slug", "started_at"])
    op.create_index("runs_by_age", "runs", ["updated_at"])
