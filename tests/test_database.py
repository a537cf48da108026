"""Who has which connection to the database."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest
from sqlalchemy import Connection

from omnilens.database import Database
from support.waiting import eventually_async

pytestmark = pytest.mark.anyio


async def test_one_connection_writes_whoever_reads(tmp_path: Path) -> None:
    """Another one might be made at a bad time: SQLite does not let it write once the file may only be read."""
    database = Database(f"sqlite:///{tmp_path}/db")
    await database.open()
    await database.write(lambda connection: connection.exec_driver_sql("CREATE TEMP TABLE mine (number)"))
    all_read = threading.Barrier(5)

    def read(connection: Connection) -> list[str]:
        all_read.wait(timeout=10)
        return list(connection.exec_driver_sql("SELECT name FROM temp.sqlite_schema").scalars())

    reading = [asyncio.create_task(database.read(read)) for _ in range(4)]
    await eventually_async(lambda: all_read.n_waiting == 4)
    await database.write(lambda connection: connection.exec_driver_sql("INSERT INTO mine VALUES (1)"))
    await asyncio.to_thread(all_read.wait, 10)
    assert await asyncio.gather(*reading) == [[]] * 4
    await database.close()
