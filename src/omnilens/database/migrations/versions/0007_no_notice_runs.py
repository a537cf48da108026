"""Notices are made from the board's own runs, and no copies of them are kept any more."""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.drop_table("notice_runs")
