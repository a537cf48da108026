"""What all tables share. Times are microseconds since 1970, so that both databases order and compare them alike."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import MetaData

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)

metadata = MetaData()
"""Every table, once the package ``database`` is imported."""


def to_ticks(moment: datetime) -> int:
    """A time as it is stored."""
    return (moment - _EPOCH) // _TICK


def from_ticks(ticks: int) -> datetime:
    """A time as it was."""
    return _EPOCH + ticks * _TICK
