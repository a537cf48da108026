"""``POST /api/webhooks/github``: the edge where deliveries come in.

A raw ASGI endpoint, so that the body is read exactly once, under a limit, and its very bytes are what is verified.
Everything that depends on what the bytes mean is decided in ``flow.py``.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

import msgspec

from omnilens.addresses import FORWARDED_FOR, ClientAddresses, group_of
from omnilens.errors import (
    BodyTimeout,
    BodyTooLarge,
    InvalidHeader,
    InvalidSignature,
    MethodNotAllowed,
    MissingSignature,
    OmniLensError,
    TooManyRequests,
    UnsupportedContentType,
)
from omnilens.github import payloads
from omnilens.github.deliveries import DELIVERY, EVENT, SIGNATURE, Request
from omnilens.model import to_json
from omnilens.operations import logs
from omnilens.operations.limits import RateLimiter
from omnilens.operations.metrics import Metrics
from omnilens.operations.refusals import Refusals
from omnilens.pipeline.receipt import Receipt

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Accept = Callable[[Request], Awaitable[Receipt]]

log = logs.get(__name__)

BODY_TIMEOUT = 10.0
"""Seconds for the whole body: GitHub itself gives up on a delivery after ten."""


class _ClientGoneError(Exception):
    """The sender hung up before its body was complete; there is nobody to answer."""


class Intake:
    """The endpoint as an ASGI application."""

    def __init__(
        self,
        accept: Accept,
        metrics: Metrics,
        limiter: RateLimiter,
        refusals: Refusals,
        addresses: ClientAddresses,
        max_body: int,
    ) -> None:
        self._accept = accept
        self._seconds = metrics.intake_seconds
        self._counter = cache(metrics.deliveries.labels)  # which looks a counter up again each time
        self._limiter = limiter
        self._refusals = refusals
        self._addresses = addresses
        self._max_body = max_body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        sent = dict(scope["headers"])
        event = _printable(sent.get(EVENT))
        headers: Mapping[str, str] = {}
        try:
            receipt = await self._take(scope, sent, receive, event)
            status, answer = 200, to_json(receipt)
            result: str = "duplicate" if receipt.duplicate else receipt.ignored or "accepted"
        except _ClientGoneError:
            self._count(event, "client-gone")
            return
        except OmniLensError as error:
            status, answer, headers = error.status, _refusal(error.message, error.code), error.headers
            result = error.code
            facts = {"delivery": _printable(sent.get(DELIVERY)), "client": self._client(scope, sent)}
            self._refusals.note("delivery.refused", error.code, reason=error.message, **facts)
        except Exception:
            status = 500
            answer = _refusal("The server failed to process this delivery.", "internal-error")
            result = "internal-error"
            log.exception("delivery.failed", delivery=_printable(sent.get(DELIVERY)))
        self._count(event, result)
        self._seconds.observe(time.perf_counter() - started)
        await _answer(send, status, answer, headers)

    async def _take(self, scope: Scope, headers: Mapping[bytes, bytes], receive: Receive, event: str | None) -> Receipt:
        if scope["method"] != "POST":
            raise MethodNotAllowed("Deliveries are sent with POST.", headers={"allow": "POST"})
        if len(headers) < len(scope["headers"]):
            _refuse_repeated(scope)
        if not headers.get(SIGNATURE):
            self._refuse_flood(scope, headers)  # its body need not be read: unsigned, it cannot become valid
        self._check_announced(headers)
        body = await self._read_body(receive)
        try:
            receipt = await self._accept(Request(headers, body, datetime.now(UTC)))
        except (MissingSignature, InvalidSignature):
            self._limiter.count(self._refuse_flood(scope, headers))
            raise
        log.info(
            "delivery.accepted",
            delivery=receipt.delivery_id,
            event_name=event,
            repo=receipt.repo_slug,
            run=receipt.run_id,
            seq=receipt.seq,
            duplicate=receipt.duplicate,
            ignored=receipt.ignored or None,
        )
        return receipt

    def _refuse_flood(self, scope: Scope, headers: Mapping[bytes, bytes]) -> str:
        """Turn away who sent too much that was not signed. Returns on whose account the next is."""
        address = group_of(self._client(scope, headers))
        if wait := self._limiter.wait(address):
            message = f"Too many deliveries without a valid signature; try again in {wait} s."
            raise TooManyRequests(message, headers={"retry-after": str(wait)})
        return address

    def _check_announced(self, headers: Mapping[bytes, bytes]) -> None:
        """Refuse what the headers already rule out, before a byte of the body is read."""
        media_type = headers.get(b"content-type", b"").partition(b";")[0].strip().lower()
        if media_type != b"application/json":
            raise UnsupportedContentType("Set the webhook's content type to application/json.")
        if headers.get(b"content-encoding", b"identity").lower() != b"identity":
            raise UnsupportedContentType("Deliveries are not compressed; send the body as it is.")
        if int(headers.get(b"content-length", b"0")) > self._max_body:
            raise self._too_large()

    async def _read_body(self, receive: Receive) -> bytes:
        chunks: list[bytes] = []
        size = 0
        try:
            async with asyncio.timeout(BODY_TIMEOUT):
                more = True
                while more:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        raise _ClientGoneError
                    chunks.append(message.get("body", b""))
                    size += len(chunks[-1])
                    if size > self._max_body:
                        raise self._too_large()
                    more = message.get("more_body", False)
        except TimeoutError as error:
            sentence = f"The body did not arrive within {BODY_TIMEOUT:g} seconds."
            raise BodyTimeout(sentence, headers={"connection": "close"}) from error
        return b"".join(chunks)

    def _too_large(self) -> BodyTooLarge:
        # The rest of the body is not read, so the connection cannot serve another request.
        message = f"The body is larger than {self._max_body} bytes (OMNILENS_MAX_BODY)."
        return BodyTooLarge(message, headers={"connection": "close"})

    def _client(self, scope: Scope, headers: Mapping[bytes, bytes]) -> str:
        peer = scope.get("client")
        forwarded = headers.get(FORWARDED_FOR.encode())
        written = {} if forwarded is None else {FORWARDED_FOR: [forwarded.decode("latin-1")]}
        return self._addresses.of(peer[0] if peer else "unknown", written)

    def _count(self, event: str | None, result: str) -> None:
        self._counter(event if event and payloads.is_known(event) else "other", result).inc()


def _refuse_repeated(scope: Scope) -> None:
    """One of our headers twice is refused: every layer must see the same value."""
    names = [name for name, _ in scope["headers"]]
    for name in (SIGNATURE, EVENT, DELIVERY):
        if names.count(name) > 1:
            raise InvalidHeader(f"The header {name.decode('ascii')} is there more than once.")


def _printable(value: bytes | None) -> str | None:
    """A header for the log: shortened, and harmless whatever it holds."""
    if value is None:
        return None
    text = value[:100].decode("latin-1")
    return text if text.isascii() and text.isprintable() else text.encode("unicode_escape").decode("ascii")


async def _answer(send: Send, status: int, body: bytes, headers: Mapping[str, str]) -> None:
    raw = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    raw += [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body})


def _refusal(sentence: str, code: str) -> bytes:
    return msgspec.json.encode({"error": sentence, "code": code})
