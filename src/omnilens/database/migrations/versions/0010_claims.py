"""Who looks after what fails."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "claims",
        sa.Column("slug", sa.String(100), primary_key=True),
        sa.Column("workflow_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("branch", sa.String(500), primary_key=True),
        sa.Column("user_id", sa.BigInteger, sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
        sa.Column("name", sa.String(100)),
        sa.Column("run_id", sa.BigInteger, nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
    )
