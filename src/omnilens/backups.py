"""What ``omnilens backup`` and ``omnilens restore`` do. Both work whether or not a server runs."""

from __future__ import annotations

import gzip
import os
import zlib
from functools import partial
from pathlib import Path

from sqlalchemy import Connection

from omnilens.database import BackupError, Database
from omnilens.database.backup import dump, load
from omnilens.settings import Settings


async def backup(settings: Settings, path: Path) -> bool:
    """Write everything that is kept into `path`, say what came of it, and return that it went well.

    Raises:
        BackupError: there is such a file already, or it cannot be written.
        StorageUnavailable, SchemaTooNew: there is no database to read.
    """
    database = Database(settings.database or "")
    try:
        await database.open()
        size, rows = await database.read(partial(_write, path))
    finally:
        await database.close()
    print(f"{path} has {rows:,} rows of {database.name} in {size:,} bytes.")
    return True


async def restore(settings: Settings, path: Path) -> bool:
    """Put what `path` has in the place of what the database has, say what came of it, and return that it went well.

    Raises:
        BackupError: it is no whole backup of this schema; nothing was changed.
        StorageUnavailable, SchemaTooNew: there is no database to write.
    """
    database = Database(settings.database or "")
    try:
        await database.open()
        rows = await database.write(partial(_read, path))
    finally:
        await database.close()
    print(f"{database.name} has the {rows:,} rows of {path}.")
    return True


def _write(path: Path, connection: Connection) -> tuple[int, int]:
    """Returns its size in bytes, and how many rows it has."""
    if path.exists():
        raise BackupError(f"{path} exists; name another file.")
    unfinished = path.with_name(path.name + ".part")
    try:
        # Nobody else may read it: it has the names of branches and people, and whole deliveries that failed.
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            with gzip.GzipFile(filename="", fileobj=file, mode="wb", compresslevel=6) as packed:
                lines = sum(bool(packed.write(line)) for line in dump(connection))
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(path)
    except OSError as error:
        raise BackupError(f"{path} cannot be written: {error.strerror or error}.") from error
    finally:
        unfinished.unlink(missing_ok=True)
    return path.stat().st_size, lines - 2  # the first and the last are about the others


def _read(path: Path, connection: Connection) -> int:
    try:
        with gzip.open(path) as packed:
            return load(packed, connection)
    except (EOFError, zlib.error) as error:
        raise BackupError(f"{path} is incomplete or damaged.") from error
    except gzip.BadGzipFile as error:
        raise BackupError(f"{path} is no backup of OmniLens.") from error
    except OSError as error:
        raise BackupError(f"{path} cannot be read: {error.strerror or error}.") from error
