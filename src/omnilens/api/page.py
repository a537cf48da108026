"""The page: the built files of ``web/``, and ``index.html`` for every address that the page routes itself."""

from __future__ import annotations

from pathlib import Path

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

BUILT = Path(__file__).parent.parent / "web"

_NOT_BUILT = """<!doctype html><meta charset="utf-8"><title>OmniLens</title>
<p>The server runs, but the page has not been built. Run <code>make setup</code> and start again."""

# The page needs nothing but its own files and its own server: not one inline script or style, nobody else's address.
# Only eval stays possible: nothing of ours uses it, but tools that watch or test a page evaluate what they look for.
_POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-eval'; style-src 'self'; font-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
DOCUMENT_HEADERS = {
    "content-security-policy": _POLICY,
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
}
"""What every HTML document of ours is sent with."""

PAGES = frozenset({".", "dashboard", "login", "notifications", "operations", "privacy", "tokens"})
"""What addresses of the page begin with."""

_FOREVER = "public, max-age=31536000, immutable"
_ALWAYS_ASK = "no-cache"
_PACKED = {"br": ".br", "gzip": ".gz"}
"""Endings of what ``web/pack.mjs`` makes, the best first."""


class Page(StaticFiles):
    """Static files with the page's own addresses falling back to its one HTML file."""

    def __init__(self, directory: Path = BUILT) -> None:
        super().__init__(directory=directory, check_dir=False)
        self._directory = directory

    async def get_response(self, path: str, scope: Scope) -> Response:
        if _is_page_address(path):
            return await self._index(scope)
        if not self._directory.is_dir():
            raise HTTPException(404)
        response = await self._packed(path, scope) or await super().get_response(path, scope)
        # Vite names its files by their content; everything else may change under the same name.
        response.headers["cache-control"] = _FOREVER if path.startswith("assets/") else _ALWAYS_ASK
        return response

    async def _packed(self, path: str, scope: Scope) -> Response | None:
        """A file in the best coding that the browser takes and the build has made; nothing if there is none."""
        if not path.startswith("assets/"):
            return None
        taken = _codings(Headers(scope=scope).get("accept-encoding", ""))
        for coding, ending in _PACKED.items():
            if coding in taken and found(self, path + ending):
                response = await super().get_response(path + ending, scope)
                response.headers["content-encoding"] = coding
                response.headers["vary"] = "accept-encoding"
                return response
        return None

    async def _index(self, scope: Scope) -> Response:
        if not (self._directory / "index.html").is_file():
            return HTMLResponse(_NOT_BUILT, status_code=503)
        response = await super().get_response("index.html", scope)
        response.headers["cache-control"] = _ALWAYS_ASK
        response.headers.update(DOCUMENT_HEADERS)
        return response


def found(files: StaticFiles, path: str) -> str | None:
    """Where a file is, if there is one: a name that is too long, or has a NUL, is that of none."""
    try:
        file, there = files.lookup_path(path)
    except (OSError, ValueError):
        return None
    return file if there else None


def _codings(accepted: str) -> set[str]:
    """The codings that a browser takes, by its header."""
    parts = (each.replace(" ", "").lower().partition(";") for each in accepted.split(","))
    return {coding for coding, _, weight in parts if weight not in {"q=0", "q=0.0"}}


def _is_page_address(path: str) -> bool:
    """Whether a path without a file is an address of the page: ``/dashboard/web.js`` is, ``/assets/gone.js`` is not."""
    return path.partition("/")[0] in PAGES
