"""What users add to the board, their lists, and forgetting them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "added_repositories",
        sa.Column("slug", sa.String(100), primary_key=True),
        sa.Column("repository", sa.LargeBinary, nullable=False),
        sa.Column("added_by", sa.BigInteger, sa.ForeignKey("users.id", ondelete="SET NULL")),
        sa.Column("added_at", sa.BigInteger, nullable=False),
        sa.Column("left_at", sa.BigInteger),
    )
    op.create_table(
        "listed_repositories",
        sa.Column(
            "user_id",
            sa.BigInteger,
            sa.ForeignKey("users.id", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("slug", sa.String(100), primary_key=True),
        sa.Column("position", sa.Integer),
        sa.Column("added_at", sa.BigInteger),
        sa.Column("taken_off", sa.Boolean, nullable=False),
    )
    op.create_index("listed_by_slug", "listed_repositories", ["slug"])
    op.create_table(
        "list_changes",
        sa.Column(
            "user_id",
            sa.BigInteger,
            sa.ForeignKey("users.id", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("version", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "list_state",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("version", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "forget_requests",
        sa.Column("user_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("login", sa.String(200)),
        sa.Column("asked_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "forgettings",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("done_at", sa.BigInteger, nullable=False),
    )
