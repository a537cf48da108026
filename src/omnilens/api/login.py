"""Coming in and going out: by GitHub's login, or by an access token."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Query, Request, Response
from starlette.responses import RedirectResponse

from omnilens.api.answers import answer, answering
from omnilens.api.board import Board, TheBoard
from omnilens.api.origin import FromOurPage
from omnilens.api.people_shapes import Me, Person
from omnilens.api.viewer import OptionalViewer, TheViewer
from omnilens.errors import InvalidAccessToken, NoSuchLogin
from omnilens.people.attempt import CALLBACK_PATH, WITHIN, LoginFailed
from omnilens.people.viewer import Viewer

router = APIRouter(tags=["people"])

_REDIRECT: dict[str, Any] = {"response_class": Response, "status_code": 303}


@router.get("/api/me", summary="Who you are here, and how to come in if you are nobody", **answering(Me))
async def get_me(board: TheBoard, viewer: OptionalViewer) -> Response:
    """Open to all."""
    return answer(await _me(board, viewer))


@router.get("/auth/login", summary="Begin a login with GitHub", **_REDIRECT)
async def begin_login(board: TheBoard, back_to: Annotated[str, Query(alias="next", max_length=1000)] = "/") -> Response:
    if board.people.login is None:
        raise NoSuchLogin("Nobody logs in with GitHub here (OMNILENS_AUTH).")
    address, kept = board.people.login.begin(back_to)
    response = RedirectResponse(address, 303)
    _set(response, board, _attempt(board), kept, int(WITHIN.total_seconds()))
    return response


@router.get(CALLBACK_PATH, summary="Where GitHub sends a browser back to", **_REDIRECT)
async def finish_login(board: TheBoard, request: Request) -> Response:
    if board.people.login is None:
        raise NoSuchLogin("Nobody logs in with GitHub here (OMNILENS_AUTH).")
    cookie = request.cookies.get(_attempt(board), "")
    try:
        session_id, back_to = await board.people.login.finish(dict(request.query_params), cookie)
    except LoginFailed as failed:
        response: Response = RedirectResponse(f"/login?problem={failed.why}", 303)
    else:
        response = RedirectResponse(back_to, 303)
        _set(response, board, board.people.cookie, session_id, board.people.session_seconds)
    response.delete_cookie(_attempt(board), secure=board.people.over_tls, httponly=True, samesite="lax")
    return response


@router.post("/auth/token", summary="Log this browser in by an access token", **answering(Me))
async def enter_by_token(
    board: TheBoard, token: Annotated[str, Body(embed=True, max_length=200)], _: FromOurPage
) -> Response:
    """For wallboards: the token is shown once, and the browser keeps a session that ends with it."""
    session_id = await board.people.enter_by_token(token.strip())
    if session_id is None:
        raise InvalidAccessToken("This access token is none, or it has expired or was revoked.")
    response = answer(await _me(board, await board.people.sessions.find(session_id)))
    _set(response, board, board.people.cookie, session_id, board.people.session_seconds)
    return response


@router.post("/auth/logout", summary="Log out, here or everywhere", status_code=204, response_class=Response)
async def log_out(
    board: TheBoard, viewer: TheViewer, _: FromOurPage, everywhere: Annotated[bool, Body(embed=True)] = False
) -> Response:
    ended = await board.people.leave(viewer, everywhere=everywhere)
    board.vigil.end(ended)
    response = Response(status_code=204)
    response.delete_cookie(board.people.cookie, secure=board.people.over_tls, httponly=True, samesite="lax")
    return response


async def _me(board: Board, viewer: Viewer | None) -> Me:
    if viewer is None:
        return Me(auth=board.people.auth, user=None)
    user = await board.people.users.get(viewer.user) if viewer.user is not None and not viewer.is_token else None
    person = Person(
        login=viewer.login,
        name=user.profile.name if user else None,
        avatar_url=user.profile.avatar_url if user else None,
        token=viewer.is_token,
        operator=board.people.is_operator(viewer),
    )
    return Me(auth=board.people.auth, user=person, problem=board.people.problem(viewer))


def _attempt(board: Board) -> str:
    return f"{board.people.cookie}-login"


def _set(response: Response, board: Board, name: str, value: str, seconds: int) -> None:
    """A cookie that no script reads, that goes over TLS where there is any, and that other sites do not make use of."""
    response.set_cookie(name, value, seconds, secure=board.people.over_tls, httponly=True, samesite="lax")
