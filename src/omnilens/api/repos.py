"""The repositories on somebody's list, each with its numbers of the day."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from msgspec.structs import asdict

from omnilens.api.answers import answering
from omnilens.api.board import Board, TheBoard
from omnilens.api.days import Day, requested_day
from omnilens.api.overview import overview
from omnilens.api.schemas import RepositoryCard, RepositoryList
from omnilens.api.viewer import TheViewer
from omnilens.model import Repository

router = APIRouter(tags=["board"])


@router.get("/api/repos", summary="One's repositories with their numbers of one day", **answering(RepositoryList))
async def get_repos(
    board: TheBoard, viewer: TheViewer, request: Request, day: Annotated[Day, Depends(requested_day)]
) -> Response:
    repositories, store = await board.people.lists.of(viewer), board.store
    shown = tuple((each, store.version(each.slug), store.last_event_at(each.slug)) for each in repositories)
    version = f"{board.epoch}-{hash((shown, board.people.problem(viewer))) & 0xFFFFFFFFFFFF:x}"
    problem = board.people.problem(viewer)
    question = (day, tuple(each.slug for each in repositories), problem)
    return await board.answers.respond(request, question, version, lambda: _list(board, repositories, day, problem))


async def _list(board: Board, repositories: Sequence[Repository], day: Day, problem: str | None) -> RepositoryList:
    cards = [await card(board, repository, day) for repository in repositories]
    return RepositoryList(repos=tuple(cards), epoch=board.epoch, problem=problem)


async def card(board: Board, repository: Repository, day: Day) -> RepositoryCard:
    """A repository with its numbers of `day`."""
    return RepositoryCard(
        **asdict(repository),
        overview=overview([view.run for view in await board.runs(repository.slug, day)], day),
        seq=board.store.seq(repository.slug),
        last_event_at=board.store.last_event_at(repository.slug),
    )
