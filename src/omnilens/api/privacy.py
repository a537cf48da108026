"""What people may ask of us about themselves."""

from __future__ import annotations

from fastapi import APIRouter, Response

from omnilens.api.board import TheBoard
from omnilens.api.origin import FromOurPage
from omnilens.api.viewer import TheUser
from omnilens.errors import NotLoggedIn
from omnilens.people.users import User

router = APIRouter(tags=["people"])


@router.get(
    "/api/me/export",
    summary="All that is kept about you, as one JSON document",
    response_class=Response,
    responses={200: {"description": "", "content": {"application/json": {"schema": {"type": "object"}}}}},
)
async def export_me(board: TheBoard, user: TheUser) -> Response:
    document = await board.privacy.export(await _found(board, user))
    headers = {"content-disposition": 'attachment; filename="omnilens-export.json"', "cache-control": "no-store"}
    return Response(document, headers=headers, media_type="application/json")


@router.post("/api/me/forget", summary="Forget you: nothing of you is left here", status_code=204)
async def forget_me(board: TheBoard, user: TheUser, _: FromOurPage) -> Response:
    """Takes some seconds. Whatever you are logged in with ends; a later login begins anew."""
    await board.privacy.forget(await _found(board, user))
    response = Response(status_code=204)
    response.delete_cookie(board.people.cookie, secure=board.people.over_tls, httponly=True, samesite="lax")
    return response


async def _found(board: TheBoard, user_id: int) -> User:
    user = await board.people.users.get(user_id)
    if user is None:
        raise NotLoggedIn("Log in first.")
    return user
