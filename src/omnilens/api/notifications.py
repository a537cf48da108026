"""What somebody was told: the inbox, and marking as read."""

from __future__ import annotations

from typing import Annotated

import msgspec
from fastapi import APIRouter, Query, Request, Response
from msgspec import Meta, Struct

from omnilens.api.answers import answer, answering
from omnilens.api.board import Board, TheBoard
from omnilens.api.origin import FromOurPage
from omnilens.api.people_shapes import NotificationList, UnreadNotifications
from omnilens.api.viewer import TheUser, TheViewer
from omnilens.errors import InvalidParameter, StorageUnavailable, Unavailable
from omnilens.people.viewer import Viewer

router = APIRouter(tags=["notifications"])

PAGE = 50
MAX_PAGE = 100
MAX_IDS = 200
MAX_BODY = 8 * 1024

_BODY = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "properties": {
                    "ids": {"type": "array", "items": {"type": "integer"}, "maxItems": MAX_IDS},
                    "through": {"type": "integer"},
                },
            }
        }
    },
}

Id = Annotated[int, Meta(ge=0, le=2**53)]


class Reading(Struct, frozen=True, forbid_unknown_fields=True):
    """Which notices were read."""

    ids: Annotated[list[Id], Meta(max_length=MAX_IDS)] = []
    through: Id | None = None
    """All up to this one."""


@router.get("/api/notifications", summary="What you were told, newest first", **answering(NotificationList))
async def get_notifications(
    board: TheBoard,
    viewer: TheViewer,
    before: Annotated[int | None, Query(ge=0, le=2**53, description="Only those older than this id.")] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = PAGE,
) -> Response:
    if viewer.user is None:
        return answer(NotificationList(notifications=(), unread=0))
    try:
        allowed = await board.notices.allowed(viewer, await board.inbox.slugs(viewer.user))
        found = await board.inbox.page(viewer.user, allowed, before, limit)
        unread = await _unread(board, viewer, viewer.user)
    except StorageUnavailable as error:
        raise Unavailable("Notices cannot be looked up now. Try again in a moment.") from error
    return answer(NotificationList(notifications=tuple(found), unread=unread))


@router.post(
    "/api/notifications/read",
    summary="Mark notices as read, for all your tabs and devices",
    description='Takes `{"ids": [7, 8]}`, or `{"through": 8}` for all up to that one.',
    openapi_extra={"requestBody": _BODY},
    **answering(UnreadNotifications),
)
async def read_notifications(
    board: TheBoard, viewer: TheViewer, user: TheUser, _: FromOurPage, request: Request
) -> Response:
    said = await _reading(request)
    try:
        if await board.inbox.read(user, said.ids, said.through):
            board.notices.wake()
        unread = await _unread(board, viewer, user)
    except StorageUnavailable as error:
        raise Unavailable("This cannot be kept now. Try again in a moment.") from error
    return answer(UnreadNotifications(unread=unread))


async def _unread(board: Board, viewer: Viewer, user: int) -> int:
    counts = await board.inbox.unread(user)
    allowed = await board.notices.allowed(viewer, counts)
    return sum(count for slug, count in counts.items() if slug in allowed)


async def _reading(request: Request) -> Reading:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            raise InvalidParameter(f"Send {MAX_IDS} ids at most.")
    try:
        return msgspec.json.decode(bytes(body), type=Reading)
    except msgspec.DecodeError as error:
        raise InvalidParameter('Send {"ids": [...]} or {"through": id} as JSON.') from error
