"""The HTTP side of long-polling: an ASGI application for the server's path.

https://socket.io/docs/v4/engine-io-protocol/#http-long-polling-1. Pages of other origins are answered only when they
are allowed (https://fetch.spec.whatwg.org/#http-cors-protocol).
"""

import asyncio
import binascii
import contextlib
from base64 import b64decode
from collections.abc import Awaitable, Callable, Iterator, MutableMapping, Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import parse_qs

from .engine import POLICY_VIOLATION
from .handshake import (
    BAD_METHOD,
    BAD_REQUEST,
    TOO_LARGE,
    TOO_SLOW,
    UNKNOWN_SESSION,
    Asked,
    Rejection,
)
from .link import LOCAL, Link
from .opening import fields, head_of
from .options import Address
from .polling import SEPARATOR, Polling

if TYPE_CHECKING:
    from .server import Server

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Reply = Callable[[MutableMapping[str, Any]], Awaitable[None]]
HeaderList = list[tuple[bytes, bytes]]

TEXT: Final = b"text/plain; charset=UTF-8"


class HungUp(Exception):
    """The client did not wait for the answer."""


class TooLong(Exception):
    """The body is larger than allowed."""


class Exchange:
    """One request and its answer."""

    __slots__ = ("_fields", "_receive", "_send", "asked", "cors", "head", "peer")

    def __init__(self, scope: Scope, receive: Receive, send: Reply, client_address: Address) -> None:
        self._receive = receive
        self._send = send
        self.head = head_of(scope["headers"])
        self._fields = fields(self.head)
        parameters = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        origins = self._fields.get("origin", ())
        peer = scope.get("client")
        self.peer = str(peer[0]) if peer else LOCAL
        client = client_address(self.peer, self._fields)
        self.asked = Asked(scope["method"], scope["path"], parameters, origins, client, websocket=False)
        self.cors: HeaderList = []

    async def body(self, limit: int) -> bytes:
        announced = self._fields.get("content-length", ("0",))[0]
        if announced.isdecimal() and int(announced) > limit:
            raise TooLong
        parts, size, more = [], 0, True
        while more:
            message = await self._receive()
            if message["type"] != "http.request":
                raise HungUp
            parts.append(message.get("body", b""))
            more = message.get("more_body", False)
            size += len(parts[-1])
            if size > limit:
                raise TooLong
        return b"".join(parts)

    async def gone(self) -> None:
        """Wait until the client hangs up."""
        while (await self._receive())["type"] != "http.disconnect":
            pass

    async def answer(
        self, body: bytes, content_type: bytes = TEXT, status: int = 200, extra: Sequence[tuple[bytes, bytes]] = ()
    ) -> None:
        headers = [
            (b"content-type", content_type),
            (b"content-length", b"%d" % len(body)),
            (b"cache-control", b"no-store"),
            *self.cors,
            *extra,
        ]
        await self._send({"type": "http.response.start", "status": status, "headers": headers})
        await self._send({"type": "http.response.body", "body": body})

    async def reject(self, rejection: Rejection) -> None:
        extra = [(name.lower().encode(), value.encode()) for name, value in rejection.headers.items()]
        await self.answer(rejection.body, b"application/json", rejection.status.value, extra)

    async def preflight(self) -> None:
        """What a page of another origin may send."""
        headers = [
            *self.cors,
            (b"access-control-allow-methods", b"GET,POST"),
            (b"access-control-max-age", b"600"),
        ]
        wanted = self._fields.get("access-control-request-headers")
        if wanted:
            headers.append((b"access-control-allow-headers", ",".join(wanted).encode("latin-1")))
        await self._send({"type": "http.response.start", "status": HTTPStatus.NO_CONTENT.value, "headers": headers})
        await self._send({"type": "http.response.body", "body": b""})


class HttpApp:
    """A class rather than a method, for servers that look for `async def __call__`."""

    def __init__(self, server: "Server") -> None:
        self._server = server

    async def __call__(self, scope: Scope, receive: Receive, send: Reply) -> None:
        if scope["type"] != "http":
            return
        exchange = Exchange(scope, receive, send, self._server.client_address)
        exchange.cors = self._cors(exchange.asked.origins)
        if exchange.asked.method == "OPTIONS" and exchange.cors:
            await exchange.preflight()
            return
        found = self._server.find(exchange.asked)
        if isinstance(found, Link) and exchange.asked.method == "GET":
            found.check()  # whoever comes too late should not find a session that only the wheel has not ended yet
            found = self._server.find(exchange.asked)
        if isinstance(found, Rejection):
            await self._reject(exchange, found)
        elif found is None:
            await self._open(exchange)
        elif exchange.asked.method == "GET":
            await self._poll(exchange, found)
        elif exchange.asked.method == "POST":
            await self._post(exchange, found)
        else:
            await self._reject(exchange, BAD_METHOD)

    async def _reject(self, exchange: Exchange, rejection: Rejection) -> None:
        self._server.observer.refused(rejection.message, exchange.asked.client)
        await exchange.reject(rejection)

    def _cors(self, origins: Sequence[str]) -> HeaderList:
        """Nothing for pages that may not read the answer; they are answered with an error anyway."""
        if len(origins) != 1 or not self._server.allows(origins[0]):
            return []
        if self._server.allows_everyone:
            return [(b"access-control-allow-origin", b"*")]
        return [
            (b"access-control-allow-origin", origins[0].encode("latin-1")),
            (b"access-control-allow-credentials", b"true"),
            (b"vary", b"Origin"),
        ]

    async def _open(self, exchange: Exchange) -> None:
        polling = Polling(self._server)
        polling.link = Link(self._server, polling, exchange.head, exchange.asked.client, exchange.peer)
        await exchange.answer(polling.link.greeting("websocket"))

    async def _poll(self, exchange: Exchange, link: Link) -> None:
        polling = cast("Polling", link.transport)
        self._charge(link, 1)
        if polling.waiting:
            link.fail("overlapping requests", POLICY_VIOLATION, "two polls")
            await self._reject(exchange, BAD_REQUEST)
            return
        if not polling.ready and not await self._wait(exchange, polling):
            # What was meant for it may be lost on the way, and nobody would know.
            link.cut("transport close")
            return
        await exchange.answer(polling.take())

    async def _wait(self, exchange: Exchange, polling: Polling) -> bool:
        gone = asyncio.get_running_loop().create_task(exchange.gone())
        try:
            return await polling.wait(gone)
        finally:
            gone.cancel()

    async def _post(self, exchange: Exchange, link: Link) -> None:
        polling = cast("Polling", link.transport)
        if polling.posting:
            link.fail("overlapping requests", POLICY_VIOLATION, "two posts")
            await self._reject(exchange, BAD_REQUEST)
            return
        polling.posting = True
        try:
            async with asyncio.timeout(self._server.limits.body_timeout):
                body = await exchange.body(self._server.limits.max_message)
        except TooLong:
            await self._reject(exchange, TOO_LARGE)
        except TimeoutError:
            link.fail("transport error", POLICY_VIOLATION, "a body that does not come")
            await self._reject(exchange, TOO_SLOW)
        except HungUp:
            link.cut("transport close")
        else:
            await self._receive(exchange, link, body)
        finally:
            polling.posting = False

    async def _receive(self, exchange: Exchange, link: Link, body: bytes) -> None:
        polling = link.transport
        if link.over or not isinstance(polling, Polling):
            await self._reject(exchange, UNKNOWN_SESSION)  # ended or taken over meanwhile
            return
        self._charge(link, 1 + body.count(SEPARATOR))
        now = link.now()
        try:
            for packet, size in _packets(body):
                link.receive(packet, size, now)
        except ValueError:
            link.fail("parse error", POLICY_VIOLATION, "neither text nor base64")
        link.reschedule()
        # Who is refused or dismissed has done nothing wrong, and learns of it from a poll.
        if polling.failed:
            await self._reject(exchange, BAD_REQUEST)
        else:
            await exchange.answer(b"ok", b"text/html")

    def _charge(self, link: Link, packets: int) -> None:
        link.charge(packets, link.now())


def _packets(body: bytes) -> Iterator[tuple[str | bytes, int]]:
    """The packets of a payload, with their sizes. Raises ValueError for what is neither text nor base64."""
    for packet in body.split(SEPARATOR):
        if packet.startswith(b"b"):
            with contextlib.suppress(binascii.Error):  # a ValueError as well, but one without the bytes in it
                yield b64decode(packet[1:], validate=True), 0
                continue
            raise ValueError("not base64")
        yield packet.decode(), len(packet)
