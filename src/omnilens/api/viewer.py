"""Who asks: every route of the API has it, but for those few that say that they are open to all."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from omnilens.api.board import TheBoard
from omnilens.errors import NotLoggedIn, StorageUnavailable, Unavailable
from omnilens.people.viewer import Viewer


async def _viewer(request: Request, board: TheBoard) -> Viewer:
    try:
        viewer = await board.people.identity.of(request.headers, request.client.host if request.client else "")
    except StorageUnavailable as error:
        raise Unavailable("Who you are cannot be looked up now. Try again in a moment.") from error
    if viewer is None:
        raise NotLoggedIn("Log in first.")
    return viewer


TheViewer = Annotated[Viewer, Depends(_viewer)]
"""Whoever asks. A route that has it answers 401 to those who are nobody."""
