"""A look at where things are kept, which changes nothing there: no table is made, no history begun."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from omnilens.database import Database
from omnilens.database.migrate import revision, revisions
from omnilens.errors import StorageUnavailable
from omnilens.settings import Settings
from omnilens.sync.findings import Storage

PATIENCE = 5.0
"""Seconds for Redis to answer."""
_SQLITE = "sqlite:///"


async def look_at_storage(settings: Settings, journal_failing: bool = False) -> Storage:
    """What is seen of the database, Redis and the disk; `journal_failing` is what a running server knows besides."""
    url = settings.database
    name, new, problem = await _database(url) if url else (None, False, None)
    return Storage(
        database=name,
        new=new,
        database_problem=problem,
        journal_problem="The journal cannot be read or written." if journal_failing else None,
        redis=settings.redis_url is not None,
        redis_problem=await _redis(settings.redis_url.get_secret_value()) if settings.redis_url else None,
        free=_free(Path(url.removeprefix(_SQLITE))) if url and url.startswith(_SQLITE) else None,
    )


async def _database(url: str) -> tuple[str, bool, str | None]:
    """Its name, whether it is not there yet, and what is wrong with it."""
    database = Database(url)
    try:
        if url.startswith(_SQLITE):
            there, usable = _file(Path(url.removeprefix(_SQLITE)))
            if not there:
                return database.name, True, None
            if not usable:
                return database.name, False, f"The database {database.name} may not be written."
        found = await database.read(revision)
        if found is not None and found not in revisions():
            return database.name, False, f"The database {database.name} was written by a newer OmniLens."
    except StorageUnavailable as error:
        return database.name, False, f"The database {database.name} cannot be used: {error}."
    finally:
        await database.close()
    return database.name, False, None


def _file(path: Path) -> tuple[bool, bool]:
    """Whether it is there, and whether it may be read and written."""
    return path.exists(), os.access(path, os.R_OK | os.W_OK)


async def _redis(url: str) -> str | None:
    from redis.asyncio import Redis  # only here: it takes longer than all of ours, and few have one
    from redis.exceptions import RedisError

    redis = Redis.from_url(url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE)
    try:
        await redis.ping()
    except (RedisError, OSError) as error:
        return f"Redis cannot be asked: {str(error) or type(error).__name__}."
    finally:
        await redis.aclose()
    return None


def _free(path: Path) -> int | None:
    """Bytes left where a file is, or is to be."""
    for folder in path.parents:
        try:
            return shutil.disk_usage(folder).free
        except OSError:
            continue
    return None
