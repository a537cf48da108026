"""What users have marked for themselves."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "workflow_marks",
        sa.Column(
            "user_id",
            sa.BigInteger,
            sa.ForeignKey("users.id", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("slug", sa.String(100), primary_key=True),
        sa.Column("marks", sa.LargeBinary, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )
