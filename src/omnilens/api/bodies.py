"""Reading what a request brings: JSON of a shape that is known, and of a size that nobody minds."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec
from fastapi import Request
from msgspec import Struct

from omnilens.errors import InvalidParameter, RequestError

T = TypeVar("T", bound=Struct)

LARGEST = 64 * 1024
"""Bytes: a list of a thousand slugs has less."""


class BodyTooLarge(RequestError):
    status = 413
    code = "body-too-large"


async def read(request: Request, shape: type[T]) -> T:
    """The body of a request.

    Raises:
        InvalidParameter: it is not JSON of this shape.
        BodyTooLarge: it is larger than anything of this shape.
    """
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST:
            raise BodyTooLarge(f"Send no more than {LARGEST} bytes.", headers={"connection": "close"})
    try:
        return msgspec.json.decode(body, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidParameter(f"The body is not as it should be: {error}.") from error


def taking(shape: type[Struct]) -> dict[str, Any]:
    """What FastAPI is told of a route that reads `shape`."""
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{shape.__name__}"}}}
    return {"openapi_extra": {"requestBody": {"required": True, "content": content}}}
