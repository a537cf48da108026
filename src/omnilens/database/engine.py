"""Access to the database: a transaction is a plain function of a connection, and runs in a thread of its own.

Nothing is gained by awaiting each statement, and much is lost: a transaction of six statements would change threads two
dozen times. So one goes there whole and comes back once, with either database.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import URL, ClauseElement, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, IntegrityError, SQLAlchemyError
from sqlalchemy.pool import StaticPool

from omnilens.database.migrate import migrate
from omnilens.database.tables import metadata
from omnilens.errors import StorageUnavailable

T = TypeVar("T")

_DRIVERS = {"sqlite": "sqlite+pysqlite", "postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}
_PATIENCE = 5
"""Seconds that SQLite waits for another process's transaction to end."""
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_READERS = 4
"""Transactions that only read and may run at the same time."""
IN_MEMORY = "sqlite:///:memory:"
"""A database that is gone with its process."""


class DatabaseUnavailable(StorageUnavailable):
    """The database could not be asked. Nothing was changed."""


class Conflict(Exception):
    """What was to be written contradicts what is there. Nothing was changed."""


class Database:
    """One database, with one thread that writes and a few that read."""

    def __init__(self, url: str) -> None:
        """
        Raises:
            ValueError: `url` is none, or of a database that we do not know.
        """
        self._url = _parse(url)
        # One connection writes for good: SQLite writes on where the file has become one that may only be read, but not
        # with a connection that was made since.
        self._writing = _engine(self._url, connections=1).execution_options(writing=True)
        self._reading: Engine = self._writing.execution_options(writing=False)
        if not _is_in_memory(self._url):  # of which there is one connection only
            self._reading = _engine(self._url, connections=_READERS)
        if self._url.get_backend_name() == "postgresql":  # else each statement sees what was committed before it
            self._reading = self._reading.execution_options(isolation_level="REPEATABLE READ")
        self._written = 0
        self._marker: sqlite3.Connection | None = None
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="database-writer")
        self._readers = self._writer
        if not _is_in_memory(self._url):
            self._readers = ThreadPoolExecutor(_READERS, thread_name_prefix="database-reader")

    @property
    def name(self) -> str:
        """Where it is, for people: without the password."""
        return self._url.database or "" if self._url.get_backend_name() == "sqlite" else f"{self._url!r}"

    def text(self, statement: ClauseElement) -> str:
        """A statement as this database reads it, for ``exec_driver_sql`` with a dictionary of its parameters."""
        return str(statement.compile(dialect=self._writing.dialect))

    async def open(self) -> None:
        """Make the file if there is none, and bring the tables up to date.

        Raises:
            SchemaTooNew: a newer OmniLens has written here.
            DatabaseUnavailable: it cannot be reached, or not be written.
        """
        await self._run(self._writer, self._prepare)

    async def write(self, transaction: Callable[[Connection], T]) -> T:
        """What `transaction` returns once all that it wrote would survive a power loss; one at a time.

        Raises:
            Conflict, DatabaseUnavailable: nothing of it was written.
        """
        return await self._run(self._writer, lambda: self._transact(transaction, writing=True))

    async def read(self, transaction: Callable[[Connection], T]) -> T:
        """What `transaction` finds, in one consistent view.

        Raises:
            DatabaseUnavailable: it could not be asked.
        """
        return await self._run(self._readers, lambda: self._transact(transaction, writing=False))

    async def mark(self) -> str:
        """A mark that is another one as soon as anybody, in whatever process, has written since; it says nothing else.

        A file and a database in memory are asked in place, since that takes a few microseconds.

        Raises:
            DatabaseUnavailable: it could not be asked.
        """
        if _is_in_memory(self._url):
            return str(self._written)
        if self._url.get_backend_name() == "sqlite":
            return self._mark_of_file()
        return await self.read(_mark_of_postgresql)

    async def tidy(self) -> None:
        """Overwrite what was deleted, which a database else leaves in its file until it needs the room.

        Raises:
            DatabaseUnavailable: it was not done; nothing else is wrong.
        """
        await self._run(self._writer, self._vacuum)

    async def close(self) -> None:
        """Finish what is under way, and let go of it."""
        await asyncio.to_thread(self._close)

    async def _run(self, threads: ThreadPoolExecutor, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(threads, work)

    def _prepare(self) -> None:
        if _is_in_memory(self._url):
            return metadata.create_all(self._writing)
        try:
            if self._url.get_backend_name() == "sqlite":
                _make_file(Path(self._url.database or ""))
            with self._writing.begin() as connection:
                if self._url.get_backend_name() == "sqlite":
                    # A file that may only be read lets a writer begin, and would refuse every delivery later.
                    connection.exec_driver_sql("PRAGMA user_version = 0")
                migrate(connection, self.name)
        except (SQLAlchemyError, OSError) as error:
            sentence = f"The database {self.name} cannot be used: {_reason(error)}."
            raise DatabaseUnavailable(self._damage(error) or sentence) from error

    def _transact(self, transaction: Callable[[Connection], T], *, writing: bool) -> T:
        try:
            with (self._writing if writing else self._reading).begin() as connection:
                done = transaction(connection)
            self._written += writing
            return done
        except IntegrityError as error:
            raise Conflict(_reason(error)) from error
        except (SQLAlchemyError, OSError) as error:
            raise DatabaseUnavailable(self._damage(error) or _reason(error)) from error

    def _mark_of_file(self) -> str:
        """Changes with each commit of any other connection, see https://sqlite.org/pragma.html#pragma_data_version."""
        try:
            if self._marker is None:
                self._marker = sqlite3.connect(
                    self._url.database or "", timeout=0, isolation_level=None, check_same_thread=False
                )
            return str(self._marker.execute("PRAGMA data_version").fetchone()[0])
        except sqlite3.Error as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY:
                return f"busy {time.monotonic_ns()}"  # who holds it for a moment may well have written
            raise DatabaseUnavailable(_reason(error)) from error

    def _vacuum(self) -> None:
        if _is_in_memory(self._url):
            return
        sqlite = self._url.get_backend_name() == "sqlite"
        try:
            connection = self._writing.raw_connection()
            try:
                driver: Any = connection.driver_connection
                if not sqlite:
                    driver.autocommit = True
                driver.execute("VACUUM")
                if sqlite:  # and the log of what was written before
                    driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            finally:
                connection.invalidate()
                connection.close()
        except (SQLAlchemyError, OSError, sqlite3.Error) as error:
            raise DatabaseUnavailable(_reason(error)) from error

    def _damage(self, error: Exception) -> str | None:
        """What to do about a file that has not what was written to it; nothing if it is something else."""
        if getattr(getattr(error, "orig", None), "sqlite_errorcode", 0) & 0xFF not in _DAMAGED:
            return None
        return (
            f"The database {self.name} is damaged: {_reason(error)}. "
            "Restore a backup of it, or move it away to begin with an empty board."
        )

    def _close(self) -> None:
        if self._marker:
            self._marker.close()
        for threads in (self._writer, self._readers):
            threads.shutdown()
        for engine in (self._writing, self._reading):
            engine.dispose()


def _parse(text: str) -> URL:
    try:
        url = make_url(text)
        return url.set(drivername=_DRIVERS[url.get_backend_name()])
    except (ArgumentError, KeyError) as error:
        raise ValueError("should be sqlite:///PATH or postgresql://USER:PASSWORD@HOST/NAME") from error


def _is_in_memory(url: URL) -> bool:
    return url.get_backend_name() == "sqlite" and url.database == ":memory:"


def _engine(url: URL, *, connections: int) -> Engine:
    sqlite = url.get_backend_name() == "sqlite"
    if _is_in_memory(url):
        engine = create_engine(url, poolclass=StaticPool, connect_args={"check_same_thread": False}, paramstyle="named")
    else:
        # A connection that broke while it lay idle is replaced before it is used; a file cannot break.
        engine = create_engine(
            url,
            pool_size=connections,
            max_overflow=0,
            pool_pre_ping=not sqlite,
            pool_reset_on_return=None,
            paramstyle="named" if sqlite else "pyformat",
        )
    if sqlite:
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_up_sqlite(connection: Any, _: Any) -> None:
    # Left alone, the driver begins transactions only where it sees fit; see _begin_sqlite.
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", f"busy_timeout={_PATIENCE * 1000}", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that first reads and then wants to write can fail; one that says so at its begin waits its turn.
    writing = connection.get_execution_options().get("writing")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _mark_of_postgresql(connection: Connection) -> str:
    """Which transactions have ended: https://www.postgresql.org/docs/15/functions-info.html#FUNCTIONS-PG-SNAPSHOT."""
    ended: str = connection.exec_driver_sql("SELECT pg_current_snapshot()::text").scalar_one()
    return ended


def _make_file(path: Path) -> None:
    """An empty file that only its owner can read: names of branches and people are nobody else's business."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.touch(mode=0o600)


def _reason(error: Exception) -> str:
    """The first line of what the driver says, which does not hold the statement with its values."""
    cause = getattr(error, "orig", None) or error
    return str(cause).strip().partition("\n")[0] or type(cause).__name__
