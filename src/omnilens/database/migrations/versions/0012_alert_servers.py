"""Which of several servers an alert is about."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.add_column("alert_turns", sa.Column("server", sa.String(100)))
