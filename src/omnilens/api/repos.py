"""The repositories on the board, each with its numbers of the day."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from msgspec.structs import asdict

from omnilens.api.answers import answering
from omnilens.api.board import Board, TheBoard
from omnilens.api.days import Day, requested_day
from omnilens.api.overview import overview
from omnilens.api.schemas import RepositoryCard, RepositoryList

router = APIRouter(tags=["board"])


@router.get("/api/repos", summary="All repositories with their numbers of one day", **answering(RepositoryList))
async def get_repos(board: TheBoard, request: Request, day: Annotated[Day, Depends(requested_day)]) -> Response:
    repositories, store = board.repositories.all(), board.store
    shown = tuple((each, store.version(each.slug), store.last_event_at(each.slug)) for each in repositories)
    version = f"{board.epoch}-{hash(shown) & 0xFFFFFFFFFFFF:x}"
    return await board.answers.respond(request, day, version, lambda: _list(board, day))


async def _list(board: Board, day: Day) -> RepositoryList:
    cards = [
        RepositoryCard(
            **asdict(repository),
            overview=overview([view.run for view in await board.runs(repository.slug, day)], day),
            seq=board.store.seq(repository.slug),
            last_event_at=board.store.last_event_at(repository.slug),
        )
        for repository in board.repositories.all()
    ]
    return RepositoryList(repos=tuple(cards), epoch=board.epoch)
