"""``/manual``: the documentation that came with this server, so that a runbook is there where the internet is not.

It is the same for everybody and says nothing of this board, so nobody has to log in for it.
"""

from __future__ import annotations

from pathlib import Path

import anyio
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from omnilens.api.page import DOCUMENT_HEADERS, found

_PACKAGE = Path(__file__).parents[1]
PLACES = (_PACKAGE / "manual", _PACKAGE.parents[1] / "docs")
"""Where it is: in an installed package, and in a checkout."""
FIRST = "index.md"


def manual_folder() -> Path:
    """Where the texts are."""
    return next((place for place in PLACES if (place / FIRST).is_file()), PLACES[0])


class Manual(StaticFiles):
    """Texts are made into pages, each once; pictures are sent as they are."""

    def __init__(self) -> None:
        super().__init__(directory=manual_folder(), check_dir=False)
        self._pages: dict[str, str] = {}

    async def get_response(self, path: str, scope: Scope) -> Response:
        if path == ".":
            return RedirectResponse(f"/manual/{FIRST}")
        page = await anyio.to_thread.run_sync(self._page, path) if path.endswith(".md") else None
        response = HTMLResponse(page) if page is not None else await super().get_response(path, scope)
        response.headers.update(DOCUMENT_HEADERS)
        return response

    def _page(self, path: str) -> str:
        if path not in self._pages:
            from omnilens.api.manual_rendering import page_of  # only here: most servers never show it

            file = found(self, path)
            if file is None:
                raise HTTPException(404)
            self._pages[path] = page_of(Path(file).read_text(encoding="utf-8"))
        return self._pages[path]
