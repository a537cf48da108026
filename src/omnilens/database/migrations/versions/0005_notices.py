"""Notices, and who has seen them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "notice_state",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("epoch", sa.String(32), nullable=False),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("generation", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "notice_runs",
        sa.Column("slug", sa.String(100), primary_key=True),
        sa.Column("run_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("heard_at", sa.BigInteger, nullable=False),
        sa.Column("state", sa.LargeBinary, nullable=False),
    )
    op.create_index("notice_runs_by_age", "notice_runs", ["heard_at"])
    op.create_table(
        "notice_lanes",
        sa.Column("slug", sa.String(100), primary_key=True),
        sa.Column("lane", sa.String(1500), primary_key=True),
        sa.Column("heard_at", sa.BigInteger, nullable=False),
        sa.Column("state", sa.LargeBinary, nullable=False),
    )
    op.create_index("notice_lanes_by_age", "notice_lanes", ["heard_at"])
    op.create_table(
        "notices",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("version", sa.BigInteger, nullable=False, unique=True),
        sa.Column("key", sa.String(300), nullable=False, unique=True),
        sa.Column("slug", sa.String(100), nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("notice", sa.LargeBinary, nullable=False),
    )
    op.create_index("notices_by_age", "notices", ["made_at"])
    op.create_table(
        "notice_inbox",
        sa.Column("user_id", sa.BigInteger, sa.ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("notice_id", sa.BigInteger, sa.ForeignKey("notices.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("delivered_at", sa.BigInteger),
        sa.Column("read_at", sa.BigInteger),
        sa.Column("pushed_at", sa.BigInteger),
        sa.Column("version", sa.BigInteger),
    )
    op.create_index("notice_inbox_by_notice", "notice_inbox", ["notice_id"])
    op.create_index("notice_inbox_by_version", "notice_inbox", ["version"])
    op.create_table(
        "push_subscriptions",
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("user_id", sa.BigInteger, sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
        sa.Column("session_key", sa.String(64), sa.ForeignKey("sessions.key", ondelete="CASCADE")),
        sa.Column("endpoint", sa.String(1000), nullable=False),
        sa.Column("p256dh", sa.String(200), nullable=False),
        sa.Column("auth", sa.String(100), nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
    )
    op.create_index("push_subscriptions_by_user", "push_subscriptions", ["user_id"])
