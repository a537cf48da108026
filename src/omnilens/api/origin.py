"""Only our own page may change something: another one that is open in the same browser has another origin.

https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Origin
"""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from omnilens.api.board import TheBoard
from omnilens.errors import ForbiddenOrigin


async def from_our_page(request: Request, board: TheBoard) -> None:
    """Browsers send the header with every POST, and no page can change it.

    An access token in a header comes from no page of somebody else: browsers add cookies by themselves, but no tokens.
    """
    if request.headers.get("authorization", "").lower().startswith("bearer "):
        return
    if request.headers.get("origin") not in board.allowed_origins:
        raise ForbiddenOrigin("This can only be asked for from the page of this server (OMNILENS_PUBLIC_URL).")


FromOurPage = Annotated[None, Depends(from_our_page)]
