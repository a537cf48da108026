"""The repositories on the board, each with its numbers of the day."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from omnilens.api.board import TheBoard
from omnilens.api.days import Day, requested_day
from omnilens.api.overview import overview
from omnilens.api.schemas import RepositoryCard, RepositoryList

router = APIRouter(tags=["board"])


@router.get("/api/repos", summary="All repositories with their numbers of one day")
async def get_repos(board: TheBoard, day: Annotated[Day, Depends(requested_day)]) -> RepositoryList:
    cards = tuple(
        RepositoryCard(
            **dict(repository),
            overview=overview([view.run for view in board.store.runs(repository.slug, day.start, day.end)], day),
            seq=board.store.seq(repository.slug),
            last_event_at=board.store.last_event_at(repository.slug),
        )
        for repository in board.repositories.all()
    )
    return RepositoryList(repos=cards, epoch=board.epoch)
