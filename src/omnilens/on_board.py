"""What is on the board, for commands that need no server: what the settings name, and what users have added."""

from __future__ import annotations

from pathlib import Path

from omnilens.database import Database, DatabaseUnavailable
from omnilens.people.added import Added
from omnilens.pipeline.mapping import RepositoryMap
from omnilens.settings import RepositoryPattern, Settings

_SQLITE = "sqlite:///"


async def patterns_of(settings: Settings) -> list[RepositoryPattern]:
    """Both, those of the settings first. A database that is not there, or older, has nothing that was added."""
    return [*settings.repositories, *await _added(settings)]


def _is_there(url: str) -> bool:
    return not url.startswith(_SQLITE) or Path(url.removeprefix(_SQLITE)).is_file()


async def _added(settings: Settings) -> list[RepositoryPattern]:
    url = settings.database
    if url is None or not _is_there(url):
        return []
    board = RepositoryMap(settings.repositories, settings.github_host)
    database = Database(url)
    try:
        await Added(database, board).begin()
    except DatabaseUnavailable:
        return []
    finally:
        await database.close()
    return [RepositoryPattern(*each.full_name.split("/", 1)) for each in board.added() if not board.names(each.slug)]
