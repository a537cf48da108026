"""Whether an HTTP request may become one of our WebSockets, and the answer when it may not.

The errors are Engine.IO's own: https://socket.io/docs/v4/troubleshooting-connection-issues/#troubleshooting-steps.
RFC 6455's part of the handshake (method, key, version, the Upgrade header) is checked by the `websockets` parser.
"""

from collections.abc import Awaitable, Callable, Collection, MutableMapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import parse_qs

from websockets.datastructures import Headers
from websockets.http11 import Request, Response

from .packets import encode_json

Origins = Callable[[str], bool] | Collection[str] | None


@dataclass(frozen=True, slots=True)
class Rejection:
    """An HTTP error with Engine.IO's JSON body."""

    status: HTTPStatus
    code: int
    message: str

    @property
    def body(self) -> bytes:
        return encode_json({"code": self.code, "message": self.message})

    def response(self) -> Response:
        headers = Headers(
            {
                "Content-Type": "application/json",
                "Content-Length": str(len(self.body)),
                "Connection": "close",
            }
        )
        return Response(self.status.value, self.status.phrase, headers, self.body)


NOT_FOUND: Final = Rejection(HTTPStatus.NOT_FOUND, 3, "Bad request")
UNKNOWN_TRANSPORT: Final = Rejection(HTTPStatus.BAD_REQUEST, 0, "Transport unknown")
UNKNOWN_SESSION: Final = Rejection(HTTPStatus.BAD_REQUEST, 1, "Session ID unknown")
UNSUPPORTED_VERSION: Final = Rejection(HTTPStatus.BAD_REQUEST, 5, "Unsupported protocol version")
FORBIDDEN_ORIGIN: Final = Rejection(HTTPStatus.FORBIDDEN, 4, "Forbidden")
FULL: Final = Rejection(HTTPStatus.SERVICE_UNAVAILABLE, 4, "Too many connections")
CLOSING: Final = Rejection(HTTPStatus.SERVICE_UNAVAILABLE, 4, "Server is shutting down")


def check(request: Request, path: str, origins: Origins) -> Rejection | None:
    """The first thing wrong with a request, in the order in which Engine.IO looks."""
    target, _, query = request.path.partition("?")
    if target.removesuffix("/") != path.removesuffix("/"):
        return NOT_FOUND
    parameters = parse_qs(query, keep_blank_values=True)
    if parameters.get("transport") != ["websocket"]:
        return UNKNOWN_TRANSPORT
    if "sid" in parameters:
        # An upgrade from long-polling, which leaves no session here to upgrade.
        return UNKNOWN_SESSION
    if parameters.get("EIO") != ["4"]:
        return UNSUPPORTED_VERSION
    if not all(_allowed(origin, origins) for origin in request.headers.get_all("Origin")):
        return FORBIDDEN_ORIGIN
    return None


def _allowed(origin: str, origins: Origins) -> bool:
    """Browsers always send an Origin, and cannot be made to lie about it; other clients may leave it out."""
    if origins is None:
        return True
    return origins(origin) if callable(origins) else origin in origins


Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Reply = Callable[[MutableMapping[str, Any]], Awaitable[None]]


async def http_app(scope: Scope, receive: Receive, send: Reply) -> None:
    """An ASGI application for plain HTTP on the server's path: long-polling is not supported, and clients are told."""
    if scope["type"] != "http":
        return
    headers = [(name.lower().encode(), value.encode()) for name, value in UNKNOWN_TRANSPORT.response().headers.items()]
    await send({"type": "http.response.start", "status": UNKNOWN_TRANSPORT.status.value, "headers": headers})
    await send({"type": "http.response.body", "body": UNKNOWN_TRANSPORT.body})
