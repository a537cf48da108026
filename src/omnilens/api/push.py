"""Browsers that want to be told also while no page of ours is open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec
from fastapi import APIRouter, Request, Response
from msgspec import Meta, Struct

from omnilens.api.answers import answer, answering
from omnilens.api.board import Board, TheBoard
from omnilens.api.origin import FromOurPage
from omnilens.api.people_shapes import PushAnswer
from omnilens.api.viewer import TheUser, TheViewer
from omnilens.errors import InvalidParameter, StorageUnavailable, Unavailable
from omnilens.people.notices.reachable import Refused, Subscription

if TYPE_CHECKING:
    from omnilens.people.notices.push import Pusher

router = APIRouter(tags=["notifications"])

MAX_BODY = 4 * 1024

_TEXT = {"type": "string"}
_KEYS = {"type": "object", "properties": {"p256dh": _TEXT, "auth": _TEXT}}
_SUBSCRIPTION = {"type": "object", "required": ["endpoint"], "properties": {"endpoint": _TEXT, "keys": _KEYS}}
_BODY = {"required": True, "content": {"application/json": {"schema": _SUBSCRIPTION}}}


class Keys(Struct, frozen=True):
    p256dh: Annotated[str, Meta(max_length=200, pattern="^[A-Za-z0-9_=-]+$")]
    auth: Annotated[str, Meta(max_length=100, pattern="^[A-Za-z0-9_=-]+$")]


class Browser(Struct, frozen=True):
    """What ``PushSubscription.toJSON`` says, https://www.w3.org/TR/push-api/#dom-pushsubscription-tojson"""

    endpoint: Annotated[str, Meta(max_length=1000)]
    keys: Keys | None = None


@router.get("/api/push", summary="Whether browsers can be reached without a page, and how", **answering(PushAnswer))
async def get_push(board: TheBoard, _: TheViewer) -> Response:
    sender = board.push.sender if board.push else None
    return answer(PushAnswer(key=sender.public_key if sender else None))


@router.post(
    "/api/push",
    summary="Tell this browser also while no page is open",
    openapi_extra={"requestBody": _BODY},
    **answering(PushAnswer),
)
async def add_browser(board: TheBoard, viewer: TheViewer, user: TheUser, _: FromOurPage, request: Request) -> Response:
    browser = await _browser(request)
    push = _push(board)
    if browser.keys is None:
        raise InvalidParameter("Send the keys of the subscription as well.")
    try:
        await push.post.target(browser.endpoint)
        keys = browser.keys
        await push.subscriptions.add(user, Subscription(browser.endpoint, keys.p256dh, keys.auth), viewer.session)
    except Refused as error:
        raise InvalidParameter(f"Nothing is sent to that endpoint: {error}") from error
    except StorageUnavailable as error:
        raise Unavailable("This cannot be kept now. Try again in a moment.") from error
    return await get_push(board, viewer)


@router.delete(
    "/api/push",
    summary="Tell this browser no more",
    openapi_extra={"requestBody": _BODY},
    **answering(PushAnswer),
)
async def remove_browser(
    board: TheBoard, viewer: TheViewer, user: TheUser, _: FromOurPage, request: Request
) -> Response:
    browser = await _browser(request)
    push = _push(board)
    try:
        await push.subscriptions.remove(browser.endpoint, user)
    except StorageUnavailable as error:
        raise Unavailable("This cannot be kept now. Try again in a moment.") from error
    return await get_push(board, viewer)


def _push(board: Board) -> Pusher:
    if board.push is None or board.push.sender is None:
        raise InvalidParameter("This server reaches no browser without a page: its extra [push] is not installed.")
    return board.push


async def _browser(request: Request) -> Browser:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            raise InvalidParameter("This is too much for a subscription.")
    try:
        return msgspec.json.decode(bytes(body), type=Browser)
    except msgspec.DecodeError as error:
        raise InvalidParameter("Send what PushSubscription.toJSON() says.") from error
