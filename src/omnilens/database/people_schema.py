"""The tables about people: who they are, and by what they are known again.

No secret stands here as it is: session ids and access tokens are kept as their SHA-256, which is enough to know them
again, and GitHub's tokens are sealed with a key that is not in the database. A change here needs a step under
``migrations/versions``.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, LargeBinary, String, Table, UniqueConstraint

from omnilens.database.tables import metadata

users = Table(
    "users",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("provider", String(20), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("login", String(200), nullable=False),
    Column("name", String(200)),
    Column("avatar_url", String(500)),
    Column("created_at", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    Column("github_token", LargeBinary),
    UniqueConstraint("provider", "subject"),
)
"""Everybody who ever came in. `subject` is what the provider knows them by for good: at GitHub a number, since logins
change hands. Ids are random: a restored backup cannot give one away twice. The token is sealed."""

sessions = Table(
    "sessions",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("user_id", BigInteger, ForeignKey("users.id", ondelete="CASCADE")),
    Column("token_key", String(64), ForeignKey("access_tokens.key", ondelete="CASCADE")),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Index("sessions_by_user", "user_id"),
)
"""Browsers that are logged in: as a user, or by an access token."""

access_tokens = Table(
    "access_tokens",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("id", String(12), nullable=False, unique=True),
    Column("name", String(100), nullable=False),
    Column("user_id", BigInteger, ForeignKey("users.id", ondelete="CASCADE")),
    Column("scope", LargeBinary, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("used_at", BigInteger),
)
"""Access tokens of wallboards and scripts: made by a user, or by the operator. `scope` is a JSON array of slugs."""
