"""What every request has to pass before anybody looks at what it wants: a head of bounded size, here in time, for us.

uvicorn reads heads of any size for as long as they take. A request that does not pass is answered in the shape of all
our errors and its connection closed, whatever path it is for: deliveries, REST, the page and handshakes alike.
"""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from email.utils import formatdate
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from omnilens.errors import (
    HeadTimeout,
    HeadTooLarge,
    MalformedRequest,
    MisdirectedRequest,
    OmniLensError,
    TargetTooLong,
    TooManyOpen,
)

HEAD_TIMEOUT = 10.0
"""Seconds for the request line and all headers."""
MOST_BYTES = 32 * 1024
"""Of a request line and all headers. Browsers send one or two thousand, GitHub less."""
MOST_HEADERS = 100
LINGER = 2.0
"""Seconds that a sender has to read why it is refused."""
LONGEST_TARGET = 8 * 1024
"""Bytes of the path and query, https://www.rfc-editor.org/rfc/rfc9112#section-3-5 asks for 8,000 at least."""

STATUS_LINES = {status.value: f"HTTP/1.1 {status.value} {status.phrase}\r\n".encode("ascii") for status in HTTPStatus}

Refused = Callable[[OmniLensError, str], None]


class Hosts:
    """The names that this server is asked for by."""

    def __init__(self, origin: str) -> None:
        """`origin` is where people open the board."""
        self._origin = origin
        self._name = (urlsplit(origin).hostname or "").encode("ascii")
        self._known: set[bytes] = set()

    def check(self, headers: Collection[tuple[bytes, bytes]]) -> None:
        """Whether a request is for us.

        A page of somebody else's can have its name lead to this machine, and is then allowed by the browser to read
        what it gets here: only the name in the request gives it away. An address cannot be made to lead elsewhere.
        https://developer.mozilla.org/en-US/docs/Web/Security/Attacks/DNS_rebinding

        Raises:
            MisdirectedRequest: it is not.
        """
        for name, value in headers:
            if name == b"host" and value not in self._known:
                if not self._is_ours(value):
                    raise MisdirectedRequest(
                        f"This server is {self._origin}. If people open it elsewhere, set OMNILENS_PUBLIC_URL to that; "
                        "a proxy has to pass on the Host that it was asked for."
                    )
                if len(self._known) < MOST_HEADERS:
                    self._known.add(value)

    def _is_ours(self, value: bytes) -> bool:
        host = value.lower()
        name, colon, port = host.rpartition(b":")
        if not colon or not port.isdigit() or (b":" in name and not name.endswith(b"]")):
            name = host
        if name in {self._name, b"localhost"} or name.endswith(b".localhost"):
            return True
        try:
            ipaddress.ip_address(name.strip(b"[]").decode("ascii"))
        except ValueError:
            return False
        return True


class EveryAnswer:
    """The headers of every answer. Its Date is the very second, by which pages learn the server's time.

    uvicorn's own is looked up once a second, and so up to a second late: to a page, the server's clock seems slow.
    https://www.rfc-editor.org/rfc/rfc9110#section-6.6.1
    """

    def __init__(self, headers: Iterable[tuple[str, str]], now: Callable[[], datetime]) -> None:
        """`headers` are the others; `now` is what time it is."""
        self._others = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        self._now = now
        self._second = 0
        self._headers: list[tuple[bytes, bytes]] = []
        self._lines = b""

    @property
    def headers(self) -> list[tuple[bytes, bytes]]:
        """Of an answer that is made now."""
        self._renew()
        return self._headers

    @property
    def lines(self) -> bytes:
        """The same, as they are sent."""
        self._renew()
        return self._lines

    def _renew(self) -> None:
        second = int(self._now().timestamp())
        if second == self._second:
            return
        self._second = second
        self._headers = [(b"date", formatdate(second, usegmt=True).encode("ascii")), *self._others]
        self._lines = b"".join(b"%b: %b\r\n" % header for header in self._headers)


class FrontProtocol(HttpToolsProtocol):
    """uvicorn's HTTP/1.1 on one connection, with bounds."""

    def __init__(
        self, *args: Any, hosts: Hosts | None, refused: Refused, most: int, every_answer: EveryAnswer, **kwargs: Any
    ) -> None:
        """`hosts` where requests for others are refused; `refused` is told of what is, with the peer's address; `most`
        is how many connections may be open, sockets among them; `every_answer` has headers."""
        super().__init__(*args, **kwargs)
        self.every_answer = every_answer
        self._most = most
        self._hosts = hosts
        self._tell = refused
        self._head: int | None = 0
        """Bytes of the head under way that are here; nothing while there is none."""
        self._large = False
        self._late: asyncio.TimerHandle | None = None
        self.deaf = False
        """Nothing more is heard on this connection."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if len(self.connections) > self._most:
            # Else they would take the files that the database needs, and no delivery could be kept.
            self.refuse(TooManyOpen("As many connections are open as can be. Try again in a moment."))
            return
        self._late = self.loop.call_later(HEAD_TIMEOUT, self._give_up)

    def connection_lost(self, exc: Exception | None) -> None:
        self._in_time()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self.deaf:
            return
        self._large = len(data) > MOST_BYTES
        self._parse(data)
        if self._head is not None and not self.deaf:
            self._head += len(data)
            if self._head > MOST_BYTES:
                self.refuse(_too_large())
            elif self._late is None:
                self._late = self.loop.call_later(HEAD_TIMEOUT, self._give_up)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._head = 0

    def on_headers_complete(self) -> None:
        if self.deaf:
            return
        self._in_time()
        try:
            self._check()
            self._head = None
            self.heard()
        except OmniLensError as error:
            self.refuse(error)

    def heard(self) -> None:
        """A head has passed.

        Raises:
            OmniLensError: it is for others.
        """
        if self._hosts is not None:
            self._hosts.check(self.headers)
        super().on_headers_complete()
        if isinstance(self.cycle, RequestResponseCycle):
            self.cycle.default_headers = self.every_answer.headers

    @property
    def reads_body(self) -> bool:
        """Whether the body of the last request is not all here."""
        return self.cycle is not None and self.cycle.more_body

    def on_body(self, body: bytes) -> None:
        if not self.deaf:
            super().on_body(body)

    def on_message_complete(self) -> None:
        if not self.deaf:
            super().on_message_complete()

    def handle_websocket_upgrade(self) -> None:
        if not self.deaf:
            super().handle_websocket_upgrade()

    def refuse(self, error: OmniLensError) -> None:
        """Answer with an error, and hear no more."""
        self.deaf = True
        self._in_time()
        self._tell(error, self.client[0] if self.client else "unknown")
        if self.cycle is not None and not self.cycle.response_complete and not self.reads_body:
            self.cycle.keep_alive = False  # the last one is still to be answered
            return
        body = error.body
        head = b"content-type: application/json\r\nconnection: close\r\ncontent-length: %d\r\n\r\n" % len(body)
        self.transport.write(b"".join([STATUS_LINES[error.status], self.every_answer.lines, head, body]))
        if error.status != TooManyOpen.status and self.transport.can_write_eof():
            # Closed while something is unread, a socket is reset, and the answer lost on its way.
            self.transport.write_eof()
            self._late = self.loop.call_later(LINGER, self.transport.close)
        else:
            self.transport.close()

    def _parse(self, data: bytes) -> None:
        """As uvicorn does, whose own way has a line in the log for each that is no HTTP."""
        self._unset_keepalive_if_required()
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            if self._should_upgrade():
                self.handle_websocket_upgrade()
        except httptools.HttpParserError:
            if not self.deaf:
                self.refuse(MalformedRequest("This is no HTTP/1.1 request."))

    def _check(self) -> None:
        if len(self.url) > LONGEST_TARGET:
            raise TargetTooLong(f"The address is longer than {LONGEST_TARGET // 1024} KB.")
        headers = self.headers
        if len(headers) > MOST_HEADERS:
            raise HeadTooLarge(f"There are more than {MOST_HEADERS} headers.")
        if (self._head or self._large) and sum(len(name) + len(value) for name, value in headers) > MOST_BYTES:
            raise _too_large()

    def _in_time(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _give_up(self) -> None:
        self._late = None
        if self._head:
            self.refuse(HeadTimeout(f"The headers did not arrive within {HEAD_TIMEOUT:g} seconds."))
        else:  # nothing was said at all
            self.deaf = True
            self.transport.close()


def _too_large() -> HeadTooLarge:
    return HeadTooLarge(f"The request line and headers are larger than {MOST_BYTES // 1024} KB.")
