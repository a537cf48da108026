"""What users mark on a board for themselves, so that it is the same wherever they log in."""

from __future__ import annotations

from functools import partial

from fastapi import APIRouter, Request, Response

from omnilens.api.answers import answer, answering
from omnilens.api.board import Board, TheBoard
from omnilens.api.bodies import read, taking
from omnilens.api.origin import FromOurPage
from omnilens.api.viewer import TheUser, TheViewer
from omnilens.database import Conflict
from omnilens.errors import StorageUnavailable, Unavailable
from omnilens.people import workflow_marks
from omnilens.people.viewer import Viewer
from omnilens.people.workflow_marks import KeptMarks, NobodyToKeepFor
from omnilens.realtime.people import tell_of_marks

router = APIRouter(tags=["people"])


@router.get("/api/me/marks/{slug}", summary="What you have marked in a repository", **answering(KeptMarks))
async def get_marks(board: TheBoard, viewer: TheViewer, user: TheUser, slug: str) -> Response:
    slug = await _place(board, viewer, slug)
    try:
        return answer(await board.people.database.read(partial(workflow_marks.of_user, user, slug)))
    except StorageUnavailable as error:
        raise Unavailable("What you have marked cannot be looked up now. Try again in a moment.") from error


@router.put(
    "/api/me/marks/{slug}",
    summary="Mark something else: all of it, made of what was marked in `version`",
    **taking(KeptMarks),
    **answering(KeptMarks),
)
async def put_marks(
    board: TheBoard, viewer: TheViewer, user: TheUser, request: Request, slug: str, _: FromOurPage
) -> Response:
    slug = await _place(board, viewer, slug)
    wanted = await read(request, KeptMarks)
    try:
        kept = await board.people.database.write(partial(workflow_marks.keep, user, slug, wanted))
    except Conflict as error:
        raise workflow_marks.changed() from error
    except StorageUnavailable as error:
        raise Unavailable("This cannot be kept now. Try again in a moment.") from error
    tell_of_marks(board.sockets, user, slug, kept.version)
    return answer(kept)


async def _place(board: Board, viewer: Viewer, slug: str) -> str:
    """The slug as it is written, of a repository that `viewer` may see and have marks in."""
    if board.people.identity.everybody is not None:
        raise NobodyToKeepFor("Nobody logs in here: each browser keeps what is marked in it.")
    return (await board.repository(viewer, slug)).slug
