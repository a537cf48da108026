"""What users do about their own lists of repositories: add, take off, order."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from msgspec.structs import asdict

from omnilens.api.answers import answer, answering, schema
from omnilens.api.board import TheBoard
from omnilens.api.bodies import read, taking
from omnilens.api.days import Day, requested_day
from omnilens.api.origin import FromOurPage
from omnilens.api.repos import card
from omnilens.api.schemas import AddedRepository, ListOrder, NewRepository, Suggestions
from omnilens.api.viewer import TheViewer

router = APIRouter(tags=["board"])

_CREATED = {201: {"description": "", **schema("AddedRepository")}}


@router.get(
    "/api/repos/suggestions",
    summary="What is on the board already, and not on the list of whoever asks",
    **answering(Suggestions),
)
async def get_suggestions(board: TheBoard, viewer: TheViewer) -> Response:
    return answer(Suggestions(repos=tuple(await board.people.lists.others(viewer))))


@router.post(
    "/api/repos",
    summary="Add a repository to one's list: its card",
    status_code=201,
    response_class=Response,
    responses=_CREATED,  # type: ignore[arg-type]
    **taking(NewRepository),
)
async def add_repository(
    board: TheBoard,
    viewer: TheViewer,
    request: Request,
    day: Annotated[Day, Depends(requested_day)],
    _: FromOurPage,
) -> Response:
    wanted = await read(request, NewRepository)
    repository, checked = await board.adding.add(viewer, wanted.repository)
    made = AddedRepository(**asdict(await card(board, repository, day)), checked=checked)
    response = answer(made)
    response.status_code = 201
    return response


@router.put("/api/repos/order", summary="Put one's list into another order", status_code=204, **taking(ListOrder))
async def order_repositories(board: TheBoard, viewer: TheViewer, request: Request, _: FromOurPage) -> Response:
    wanted = await read(request, ListOrder)
    await board.people.lists.order(viewer, wanted.slugs)
    return Response(status_code=204)


@router.delete("/api/repos/{slug}", summary="Take a repository off one's list", status_code=204)
async def take_off_repository(board: TheBoard, viewer: TheViewer, slug: str, _: FromOurPage) -> Response:
    await board.people.lists.take_off(viewer, slug)
    return Response(status_code=204)
