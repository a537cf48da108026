"""The tables about notices: what the journal's second reader knows, what it made of it, and who has seen that.

A change here needs a step under ``migrations/versions``.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, String, Table

from omnilens.database.tables import metadata

notice_state = Table(
    "notice_state",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("epoch", String(32), nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("generation", BigInteger, nullable=False),
)
"""One row: up to where, and of which journal, notices were made. `generation` rises when what they are made from was
changed in another way, so that nobody goes on with what they had in memory. `version` rises with all that somebody may
see of them; whoever raises it locks the row, so that versions come into sight in their order."""

notice_lanes = Table(
    "notice_lanes",
    metadata,
    Column("slug", String(100), primary_key=True),
    Column("lane", String(1500), primary_key=True),
    Column("heard_at", BigInteger, nullable=False),
    Column("state", LargeBinary, nullable=False),
    Index("notice_lanes_by_age", "heard_at"),
)
"""How each workflow stands on each branch, and what was told of it, as JSON."""

notices = Table(
    "notices",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("version", BigInteger, nullable=False, unique=True),
    Column("key", String(300), nullable=False, unique=True),
    Column("slug", String(100), nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("notice", LargeBinary, nullable=False),
    Index("notices_by_age", "made_at"),
)
"""Every notice, as JSON. Its id is the version with which it was made."""

notice_inbox = Table(
    "notice_inbox",
    metadata,
    Column("user_id", BigInteger, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("notice_id", BigInteger, ForeignKey("notices.id", ondelete="CASCADE"), primary_key=True),
    Column("delivered_at", BigInteger),
    Column("read_at", BigInteger),
    Column("pushed_at", BigInteger),
    Column("version", BigInteger),
    Index("notice_inbox_by_notice", "notice_id"),
    Index("notice_inbox_by_version", "version"),
)
"""Who gets which notice, when a client of theirs confirmed it first, when they read it, with the version of that, and
when it was given up waiting for a client and sent to their browsers."""

push_subscriptions = Table(
    "push_subscriptions",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("user_id", BigInteger, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("session_key", String(64), ForeignKey("sessions.key", ondelete="CASCADE")),
    Column("endpoint", String(1000), nullable=False),
    Column("p256dh", String(200), nullable=False),
    Column("auth", String(100), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Index("push_subscriptions_by_user", "user_id"),
)
"""Browsers that are told also while no page is open: where, as their makers' services have it, and the keys to close
messages with. The key is the SHA-256 of the endpoint. When the session is over that it was added in, so is this."""
