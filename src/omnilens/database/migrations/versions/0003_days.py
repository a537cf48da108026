"""Days that were fetched from GitHub, what of its answers was seen, and which repositories were backfilled."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "fetched_days",
        sa.Column("slug", sa.String(100), primary_key=True),
        sa.Column("day", sa.String(10), primary_key=True),
        sa.Column("fetched_at", sa.BigInteger, nullable=False),
        sa.Column("runs", sa.Integer, nullable=False),
        sa.Column("complete", sa.Boolean, nullable=False),
        sa.Column("etag_address", sa.String(500)),
    )
    op.create_table(
        "etags",
        sa.Column("address", sa.String(500), primary_key=True),
        sa.Column("value", sa.String(200), nullable=False),
        sa.Column("epoch", sa.String(32), nullable=False),
        sa.Column("put_at", sa.BigInteger, nullable=False),
    )
    op.create_index("etags_by_age", "etags", ["put_at"])
    op.create_table(
        "backfills",
        sa.Column("slug", sa.String(100), primary_key=True),
        sa.Column("since", sa.String(10), nullable=False),
        sa.Column("done_at", sa.BigInteger, nullable=False),
    )
