"""Who is on it: to say so, to take it over, and to take it back."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from omnilens.api.answers import answer, answering
from omnilens.api.board import Board, TheBoard
from omnilens.api.bodies import read, taking
from omnilens.api.origin import FromOurPage
from omnilens.api.schemas import ClaimList, NewClaim
from omnilens.api.standing import LOOKED_AT
from omnilens.api.viewer import TheUser, TheViewer
from omnilens.errors import StorageUnavailable, Unavailable
from omnilens.model import Run
from omnilens.people.claims import LONGEST_NAME, Claim, NotFailing, Place, needing
from omnilens.pipeline.text import clean

router = APIRouter(tags=["board"])

_LATER = "Who is on it cannot be looked up or kept now. Try again in a moment."


async def _place(
    slug: str,
    workflow_id: Annotated[int, Path(ge=0, le=2**53)],
    branch: Annotated[
        str | None,
        Query(max_length=500, description="As the board names it; left out for runs without a branch."),
    ] = None,
) -> Place:
    return Place(slug.lower(), workflow_id, branch or None)


ThePlace = Annotated[Place, Depends(_place)]


@router.get(
    "/api/repos/{slug}/claims", summary="Who looks after what fails, or waits for an approval", **answering(ClaimList)
)
async def get_claims(board: TheBoard, viewer: TheViewer, slug: str) -> Response:
    repository = await board.repository(viewer, slug)
    try:
        found = await board.claims.of(repository.slug)
    except StorageUnavailable as error:
        raise Unavailable(_LATER) from error
    return answer(ClaimList(claims=tuple(found)))


@router.put(
    "/api/repos/{slug}/claims/{workflow_id}",
    summary="Look after a workflow that fails on a branch, or waits there, in the place of whoever did",
    **taking(NewClaim),
    **answering(Claim),
)
async def put_claim(
    board: TheBoard, viewer: TheViewer, user: TheUser, request: Request, place: ThePlace, _: FromOurPage
) -> Response:
    repository = await board.repository(viewer, place.slug)
    wanted = await read(request, NewClaim)
    place = place._replace(slug=repository.slug.lower())
    run = await _needing(board, place, repository.slug)
    # Only where nobody logs in is there nothing better to call them by.
    name = clean(wanted.name, LONGEST_NAME) if board.people.identity.everybody is not None else None
    try:
        claim = await board.claims.make(place, user, name or None, run)
    except StorageUnavailable as error:
        raise Unavailable(_LATER) from error
    if claim is None:
        raise _nothing(place)
    return answer(claim)


@router.delete("/api/repos/{slug}/claims/{workflow_id}", summary="Look after it no more", status_code=204)
async def delete_claim(board: TheBoard, viewer: TheViewer, user: TheUser, place: ThePlace, _: FromOurPage) -> Response:
    repository = await board.repository(viewer, place.slug)
    try:
        await board.claims.take_back(place._replace(slug=repository.slug.lower()), user)
    except StorageUnavailable as error:
        raise Unavailable(_LATER) from error
    return Response(status_code=204)


async def _needing(board: Board, place: Place, slug: str) -> Run:
    """The run by which it fails or waits: of the last two days, or, of what is older, in the history."""
    recent = board.store.all_runs(slug)
    run = needing(place, recent)
    if run is None and board.history and not any(each.run.workflow_id == place.workflow_id for each in recent):
        try:
            run = needing(place, await board.history.newest(slug, LOOKED_AT))
        except StorageUnavailable as error:
            raise Unavailable(_LATER) from error
    if run is None:
        raise _nothing(place)
    return run


def _nothing(place: Place) -> NotFailing:
    where = f" on {place.branch[:100]!r}" if place.branch else ""
    return NotFailing(f"This workflow neither fails nor waits for somebody{where}: there is nothing to look after.")
