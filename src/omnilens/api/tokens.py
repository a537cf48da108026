"""Access tokens of a user: for a wallboard, a script, or ``omnilens watch``."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Body, Response

from omnilens.api.answers import answer, answering
from omnilens.api.board import TheBoard
from omnilens.api.origin import FromOurPage
from omnilens.api.people_shapes import NewToken, TokenList
from omnilens.api.viewer import TheUser, TheViewer
from omnilens.errors import TokenNotFound

router = APIRouter(tags=["people"])

MOST_REPOSITORIES = 128
LONGEST_LIFE = 366
"""Days."""


@router.get("/api/tokens", summary="Your access tokens, without what they are", **answering(TokenList))
async def get_tokens(board: TheBoard, user_id: TheUser) -> Response:
    return answer(TokenList(tokens=tuple(await board.people.tokens.all(user_id))))


@router.post("/api/tokens", summary="Make an access token, which is told only now", **answering(NewToken))
async def make_token(
    board: TheBoard,
    viewer: TheViewer,
    user_id: TheUser,
    _: FromOurPage,
    name: Annotated[str, Body(min_length=1, max_length=100)],
    repos: Annotated[list[str], Body(min_length=1, max_length=MOST_REPOSITORIES)],
    days: Annotated[int, Body(ge=1, le=LONGEST_LIFE)] = 90,
) -> Response:
    """It sees the repositories of this list (slugs), as long as you do."""
    slugs = [(await board.repository(viewer, slug)).slug for slug in repos]
    token_id, token = await board.people.tokens.make(name.strip() or "token", slugs, timedelta(days=days), user_id)
    return answer(NewToken(id=token_id, token=token))


@router.delete("/api/tokens/{id}", summary="Revoke one of your access tokens", status_code=204, response_class=Response)
async def revoke_token(board: TheBoard, user_id: TheUser, _: FromOurPage, id: str) -> Response:  # noqa: A002
    if not await board.people.revoke(id, user_id):
        raise TokenNotFound("You have no such access token.")
    await board.vigil.look()
    return Response(status_code=204)
