"""Answers that many ask for at once: encoded and compressed once for each version of what they show.

After a restart every open page asks for the same snapshot within a second. Encoding a busy day takes longer than
anything else the server does, so it is done once, and the others get the same bytes.
"""

from __future__ import annotations

import gzip
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from typing import Any, NamedTuple

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from omnilens.model import to_json

CAPACITY = 64
"""Answers kept; compressed, a day of five hundred runs is about 20 KB."""
_LEVEL = 6
"""Nine takes three times as long for two percent less."""


def schema(shape: str) -> dict[str, Any]:
    """The part of an OpenAPI response that names its shape."""
    return {"content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{shape}"}}}}


def answering(shape: type[Struct]) -> dict[str, Any]:
    """What FastAPI is told of a route that answers with `shape`, which it neither checks nor writes."""
    return {"response_class": Response, "responses": {200: {"description": "", **schema(shape.__name__)}}}


def answer(value: Struct) -> Response:
    """A value as JSON, which is as it is now and for whoever asks: nothing on the way keeps it."""
    return Response(to_json(value), media_type="application/json", headers={"cache-control": "no-store"})


class _Kept(NamedTuple):
    tag: str
    packed: bytes


class Answers:
    """The latest answer to each question."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, _Kept] = OrderedDict()

    async def respond(
        self, request: Request, question: Hashable, version: str, build: Callable[[], Awaitable[Struct]]
    ) -> Response:
        """The answer to `question`, built only if there is none of this `version` yet.

        Clients that have it already (``If-None-Match``) are told so.
        """
        tag = f'W/"{version}"'
        kept = self._kept.get(question)
        if kept is None or kept.tag != tag:
            kept = _Kept(tag, gzip.compress(to_json(await build()), _LEVEL, mtime=0))
            self._kept[question] = kept
        self._kept.move_to_end(question)
        if len(self._kept) > CAPACITY:
            self._kept.popitem(last=False)
        headers = {"etag": tag, "cache-control": "private, no-cache", "vary": "Accept-Encoding"}
        if tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        if "gzip" not in request.headers.get("accept-encoding", ""):
            return Response(gzip.decompress(kept.packed), headers=headers, media_type="application/json")
        return Response(kept.packed, headers={**headers, "content-encoding": "gzip"}, media_type="application/json")
