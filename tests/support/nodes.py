"""Several servers with one Redis and one PostgreSQL, as on several machines."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from support.postgres import Postgres
from support.process import Served, free_port, served
from support.redis_server import RedisServer


class Nodes:
    """Two servers that share what they know."""

    def __init__(self, folder: Path, redis: RedisServer, database: str) -> None:
        self._folder = folder
        self._shared = {
            "OMNILENS_REPOSITORIES": "octo-org/octo-repo",
            "OMNILENS_REDIS_URL": redis.url,
            "OMNILENS_DATABASE_URL": database,
        }
        self.ports = [free_port(), free_port()]

    @property
    def addresses(self) -> list[str]:
        return [f"127.0.0.1:{port}" for port in self.ports]

    @contextmanager
    def node(self, number: int) -> Iterator[Served]:
        folder = self._folder / str(number)
        folder.mkdir(exist_ok=True)
        with served(self.ports[number], folder, **self._shared) as server:
            yield server


@pytest.fixture
def nodes(tmp_path: Path, redis_server: RedisServer, postgres: Postgres) -> Iterator[Nodes]:
    yield Nodes(tmp_path, redis_server, postgres.database())
    redis_server.restore()
