"""The tables about what users have on their lists. A change here needs a step under ``migrations/versions``."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, LargeBinary, String, Table

from omnilens.database.tables import metadata

added_repositories = Table(
    "added_repositories",
    metadata,
    Column("slug", String(100), primary_key=True),
    Column("repository", LargeBinary, nullable=False),
    Column("added_by", BigInteger, ForeignKey("users.id", ondelete="SET NULL")),
    Column("added_at", BigInteger, nullable=False),
    Column("left_at", BigInteger),
)
"""What users have added to the board, by slug in lower case, as JSON with the slug as it is written. `added_by` is
who was the first, `left_at` since when nobody has it on a list: its slug stays its own for as long as its history."""

listed_repositories = Table(
    "listed_repositories",
    metadata,
    Column("user_id", BigInteger, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("slug", String(100), primary_key=True),
    Column("position", Integer),
    Column("added_at", BigInteger),
    Column("taken_off", Boolean, nullable=False),
    Index("listed_by_slug", "slug"),
)
"""What a user has done about a repository, by slug in lower case: added it, given it a place, or taken it off."""

list_changes = Table(
    "list_changes",
    metadata,
    Column("user_id", BigInteger, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("version", BigInteger, nullable=False),
)
"""When each user's list was changed last, in the numbers of `list_state`."""

list_state = Table(
    "list_state",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("version", BigInteger, nullable=False),
)
"""One row. Whoever changes a list or the board raises it, which locks it: another number means to look again."""
