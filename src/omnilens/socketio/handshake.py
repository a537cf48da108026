"""Whether an HTTP request may become, or belongs to, one of our sessions, and the answer when it may not.

The errors are Engine.IO's own: https://socket.io/docs/v4/troubleshooting-connection-issues/#troubleshooting-steps.
RFC 6455's part of the handshake is in `opening`.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

from .payload import encode_json

Origins = Callable[[str], bool] | Collection[str] | None


@dataclass(frozen=True, slots=True)
class Rejection:
    """An HTTP error with Engine.IO's JSON body."""

    status: HTTPStatus
    code: int
    message: str
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def body(self) -> bytes:
        return encode_json({"code": self.code, "message": self.message})


NOT_FOUND: Final = Rejection(HTTPStatus.NOT_FOUND, 3, "Bad request")
UNKNOWN_TRANSPORT: Final = Rejection(HTTPStatus.BAD_REQUEST, 0, "Transport unknown")
TAKEN: Final = Rejection(HTTPStatus.BAD_REQUEST, 3, "Bad request")
"""The session has a WebSocket, or will have: nobody may poll it, and another WebSocket is closed."""
UNKNOWN_SESSION: Final = Rejection(HTTPStatus.BAD_REQUEST, 1, "Session ID unknown")
BAD_METHOD: Final = Rejection(HTTPStatus.BAD_REQUEST, 2, "Bad handshake method")
BAD_REQUEST: Final = Rejection(HTTPStatus.BAD_REQUEST, 3, "Bad request")
TOO_LARGE: Final = Rejection(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, 3, "Payload too large")
TOO_SLOW: Final = Rejection(HTTPStatus.REQUEST_TIMEOUT, 3, "Request timeout")
UNSUPPORTED_VERSION: Final = Rejection(HTTPStatus.BAD_REQUEST, 5, "Unsupported protocol version")
FORBIDDEN_ORIGIN: Final = Rejection(HTTPStatus.FORBIDDEN, 4, "Forbidden")
FULL: Final = Rejection(HTTPStatus.SERVICE_UNAVAILABLE, 4, "Too many connections")
TOO_OFTEN: Final = Rejection(HTTPStatus.TOO_MANY_REQUESTS, 4, "Too many handshakes")
CLOSING: Final = Rejection(HTTPStatus.SERVICE_UNAVAILABLE, 4, "Server is shutting down")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, as far as it matters here, whichever way it came."""

    method: str
    path: str
    parameters: Mapping[str, Sequence[str]]
    origins: Sequence[str]
    client: str
    """The address of whoever asks."""
    websocket: bool

    @property
    def sid(self) -> str | None:
        """The session the request belongs to; None is a request for a new one."""
        return self.parameters["sid"][0] if "sid" in self.parameters else None


def check(asked: Asked, path: str, origins: Origins) -> Rejection | None:
    """The first thing wrong with a request, in the order in which Engine.IO looks."""
    if asked.path.removesuffix("/") != path.removesuffix("/"):
        return NOT_FOUND
    wrong = _wrong_transport(asked)
    if wrong is None and asked.sid is None:
        wrong = _wrong_handshake(asked)
    if wrong is None and not all(allowed(origin, origins) for origin in asked.origins):
        wrong = FORBIDDEN_ORIGIN
    return wrong


def _wrong_transport(asked: Asked) -> Rejection | None:
    transport = asked.parameters.get("transport")
    if transport == ["websocket"]:
        return None if asked.websocket else BAD_REQUEST
    return UNKNOWN_TRANSPORT if asked.websocket or transport != ["polling"] else None


def _wrong_handshake(asked: Asked) -> Rejection | None:
    if not asked.websocket and asked.method != "GET":
        return BAD_METHOD
    return UNSUPPORTED_VERSION if asked.parameters.get("EIO") != ["4"] else None


def allowed(origin: str, origins: Origins) -> bool:
    """Browsers always send an Origin, and cannot be made to lie about it; other clients may leave it out."""
    if origins is None:
        return True
    return origins(origin) if callable(origins) else origin in origins
