"""The tables of the board: its journal, its history and what was fetched for it.

A change here needs a step under ``migrations/versions``; a test compares the two.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, String, Table

from omnilens.database.tables import metadata

journal = Table(
    "journal",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("delivery_id", String(100), nullable=False, unique=True),
    Column("signature", String(100), nullable=False, unique=True),
    Column("received_at", BigInteger, nullable=False),
    Column("change", LargeBinary, nullable=False),
)
"""Accepted changes as JSON, in their order."""

journal_state = Table(
    "journal_state",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("epoch", String(32), nullable=False),
    Column("last_seq", BigInteger, nullable=False),
)
"""One row. Whoever appends locks it, so that numbers have no gaps and come into sight in their order."""

history_state = Table(
    "history_state",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("epoch", String(32), nullable=False),
    Column("folded", BigInteger, nullable=False),
)
"""One row: up to where, and of which journal, the history has everything."""

repositories = Table(
    "repositories",
    metadata,
    Column("slug", String(100), primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("last_event_at", BigInteger, nullable=False),
    Column("repository", LargeBinary, nullable=False),
)
"""Every repository that something was ever reported of, as JSON, and how far the history of its runs goes."""

runs = Table(
    "runs",
    metadata,
    Column("slug", String(100), primary_key=True),
    Column("run_id", BigInteger, primary_key=True, autoincrement=False),
    Column("started_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Column("completed", Boolean, nullable=False),
    Column("state", LargeBinary, nullable=False),
    Index("runs_by_time", "slug", "started_at"),
    Index("runs_by_age", "updated_at"),
)
"""What is known of each run from the changes that the journal no longer has, as JSON."""

dead_letters = Table(
    "dead_letters",
    metadata,
    Column("delivery_id", String(100), primary_key=True),
    Column("signature", String(100), nullable=False, unique=True),
    Column("event", String(100), nullable=False),
    Column("received_at", BigInteger, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("code", String(100), nullable=False),
    Column("reason", String(500), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_attempt_at", BigInteger),
)
"""Signed deliveries that failed, as they came. The size stands beside the body, so that adding up reads no bodies."""

fetched_days = Table(
    "fetched_days",
    metadata,
    Column("slug", String(100), primary_key=True),
    Column("day", String(10), primary_key=True),
    Column("fetched_at", BigInteger, nullable=False),
    Column("runs", Integer, nullable=False),
    Column("complete", Boolean, nullable=False),
    Column("etag_address", String(500)),
)
"""Days in UTC, as ``2026-11-22``, of which GitHub's list of runs was stored to its end, and when it was asked last."""

etags = Table(
    "etags",
    metadata,
    Column("address", String(500), primary_key=True),
    Column("value", String(200), nullable=False),
    Column("epoch", String(32), nullable=False),
    Column("put_at", BigInteger, nullable=False),
    Index("etags_by_age", "put_at"),
)
"""Answers of GitHub that were stored. In a journal of another epoch they stand for nothing: it may have lost them."""

backfills = Table(
    "backfills",
    metadata,
    Column("slug", String(100), primary_key=True),
    Column("since", String(10), nullable=False),
    Column("done_at", BigInteger, nullable=False),
)
"""Repositories whose days were fetched from `since` on, once, when they were new."""
