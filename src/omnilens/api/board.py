"""What the routes read: the board as it is now. One object, made by the composition root."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from omnilens.api.answers import Answers
from omnilens.errors import RepositoryNotFound
from omnilens.model import Repository
from omnilens.operations.metrics import Metrics
from omnilens.pipeline.mapping import RepositoryMap
from omnilens.pipeline.store import Store
from omnilens.socketio import Server


@dataclass(frozen=True, slots=True)
class Board:
    """The parts behind the REST answers."""

    repositories: RepositoryMap
    store: Store
    sockets: Server
    metrics: Metrics
    answers: Answers
    epoch: str
    ready: Callable[[], bool]
    uptime: Callable[[], float]
    """Seconds since the start."""

    def repository(self, slug: str) -> Repository:
        """The repository with this slug.

        Raises:
            RepositoryNotFound: there is none that the caller may know of.
        """
        repository = self.repositories.find(slug)
        if repository is None:
            raise RepositoryNotFound(f"There is no repository {slug[:100]!r} on this board.")
        return repository


async def _board(connection: HTTPConnection) -> Board:
    board: Board = connection.app.state.board
    return board


TheBoard = Annotated[Board, Depends(_board)]
