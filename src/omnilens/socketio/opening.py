"""The opening handshake of a WebSocket, https://www.rfc-editor.org/rfc/rfc6455#section-4.2; no I/O.

Whoever hands a connection over to us has parsed its request, and repeats it in the simplest of forms: one line each,
names in lower case. So it only takes splitting to read it, and connecting ten thousand clients costs half of what it
would with a second parser.
"""

import binascii
from base64 import b64decode
from collections.abc import Iterable, Mapping, Sequence
from email.utils import formatdate
from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qs

from websockets.datastructures import Headers
from websockets.utils import accept_key

from .handshake import Asked, Rejection

END_OF_HEAD: Final = b"\r\n\r\n"
KEY_LENGTH: Final = 16

NOT_A_GET: Final = Rejection(HTTPStatus.METHOD_NOT_ALLOWED, 2, "Bad handshake method", {"Allow": "GET"})
NOT_AN_UPGRADE: Final = Rejection(HTTPStatus.UPGRADE_REQUIRED, 3, "Not a WebSocket handshake", {"Upgrade": "websocket"})
BAD_KEY: Final = Rejection(HTTPStatus.BAD_REQUEST, 3, "Bad Sec-WebSocket-Key")
BAD_VERSION: Final = Rejection(
    HTTPStatus.UPGRADE_REQUIRED, 3, "Unsupported WebSocket version", {"Sec-WebSocket-Version": "13"}
)


class Opening:
    """A client's half of the handshake."""

    __slots__ = ("fields", "head", "method", "target")

    def __init__(self, request: bytes) -> None:
        line, _, self.head = request.partition(b"\r\n")
        """The lines of the headers."""
        self.method, self.target, _ = line.decode("latin-1").split(" ")
        self.fields = fields(self.head)

    def asked(self, client: str) -> Asked:
        path, _, query = self.target.partition("?")
        parameters = parse_qs(query, keep_blank_values=True)
        return Asked(self.method, path, parameters, self.fields.get("origin", ()), client, websocket=True)

    def answer(self) -> bytes | Rejection:
        """Ours: the switch of protocols, without extensions or subprotocols; or what is wrong with the request."""
        if self.method != "GET":
            return NOT_A_GET
        if "upgrade" not in self._options("connection") or self._options("upgrade") != ["websocket"]:
            return NOT_AN_UPGRADE
        if self.fields.get("sec-websocket-version") != ["13"]:
            return BAD_VERSION
        key = self.fields.get("sec-websocket-key", ())
        if len(key) != 1 or not _is_key(key[0]):
            return BAD_KEY
        return (
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: %b\r\n\r\n" % accept_key(key[0]).encode()
        )

    def _options(self, name: str) -> list[str]:
        """A header whose values are lists of words that may be written in any case."""
        return [option.strip().lower() for value in self.fields.get(name, ()) for option in value.split(",")]


def fields(head: bytes) -> Mapping[str, Sequence[str]]:
    """The values of each header, by its name."""
    found: dict[str, list[str]] = {}
    for line in head.decode("latin-1").split("\r\n"):
        name, colon, value = line.partition(":")
        if colon:
            found.setdefault(name.lower(), []).append(value.strip())
    return found


def headers(head: bytes) -> Headers:
    """The same for an application."""
    return Headers((name, value) for name, values in fields(head).items() for value in values)


def head_of(raw: Iterable[tuple[bytes, bytes]]) -> bytes:
    """The lines of headers that came in pairs, as ASGI has them."""
    return b"\r\n".join(b"%b: %b" % pair for pair in raw)


def refusal(rejection: Rejection) -> bytes:
    """The answer to a client that gets no WebSocket."""
    status, body = rejection.status, rejection.body
    lines = {
        "Date": formatdate(usegmt=True),
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        "Connection": "close",
        **rejection.headers,
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"HTTP/1.1 {status.value} {status.phrase}\r\n{head}\r\n".encode() + body


def _is_key(key: str) -> bool:
    try:
        return len(b64decode(key.encode(), validate=True)) == KEY_LENGTH
    except binascii.Error:
        return False
