"""Who asks: every route of the API wants to know, but for those few that say that they are open to all."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from omnilens.api.board import TheBoard
from omnilens.errors import NotForTokens, NotLoggedIn, StorageUnavailable, Unavailable
from omnilens.people.identity import joined
from omnilens.people.viewer import Viewer


async def _optional(request: Request, board: TheBoard) -> Viewer | None:
    identity = board.people.identity
    if identity.everybody is not None:
        return identity.everybody
    headers, client = joined(request.headers.items()), request.client.host if request.client else ""
    try:
        viewer = await identity.of(headers, client)
    except StorageUnavailable as error:
        raise Unavailable("Who you are cannot be looked up now. Try again in a moment.") from error
    if viewer is None and "authorization" in headers:  # a cookie may just be old
        board.suspects.note(client)
    return viewer


OptionalViewer = Annotated[Viewer | None, Depends(_optional)]
"""Whoever asks, if that is known."""


async def _viewer(viewer: OptionalViewer) -> Viewer:
    if viewer is None:
        raise NotLoggedIn("Log in first.", headers={"WWW-Authenticate": "Bearer"})
    return viewer


TheViewer = Annotated[Viewer, Depends(_viewer)]
"""Whoever asks. A route that has it answers 401 to those who are nobody."""


async def _user(viewer: TheViewer) -> int:
    if viewer.user is None or viewer.is_token:
        raise NotForTokens("An access token can look, but has nothing of its own. Log in to do this.")
    return viewer.user


TheUser = Annotated[int, Depends(_user)]
"""The row of whoever asks, who has to be a person: a route that has it answers 403 to access tokens."""
