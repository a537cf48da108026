"""Where the journals of the tests are kept: real ones of every kind."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.postgres import Postgres
from support.redis_server import RedisServer


def url_of(request: pytest.FixtureRequest, kind: str, folder: Path) -> str:
    """An empty place for a journal: sqlite, postgresql or redis."""
    if kind == "sqlite":
        return f"sqlite:///{folder}/folder/db"
    if kind == "redis":
        redis: RedisServer = request.getfixturevalue("redis_server")
        return redis.url
    postgres: Postgres = request.getfixturevalue("postgres")
    return postgres.database()
