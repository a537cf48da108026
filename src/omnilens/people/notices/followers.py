"""Who is told of what happens in a repository."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from omnilens.model import Repository
from omnilens.people.users import Users


class Followers(Protocol):
    """Knows who follows which repository. Whether they may read it is asked when they are told, not here."""

    async def of(self, repository: Repository) -> Sequence[int]:
        """The users who follow `repository`.

        Raises:
            StorageUnavailable: it cannot be looked up.
        """


class Everyone:
    """Whoever ever came in follows everything."""

    def __init__(self, users: Users) -> None:
        self._users = users

    async def of(self, repository: Repository) -> Sequence[int]:
        return [user.id for user in await self._users.all()]
