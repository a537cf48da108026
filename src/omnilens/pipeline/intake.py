"""``POST /api/webhooks/github``: what is accepted of what comes in, and what is answered.

The body is read exactly once, under a limit, and its very bytes are what is verified; ``exchange.py`` does that.
Everything that depends on what the bytes mean is decided in ``flow.py``.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import datetime
from functools import cache
from types import MappingProxyType

from msgspec import Struct

from omnilens.addresses import FORWARDED_FOR, ClientAddresses, group_of
from omnilens.errors import (
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
from omnilens.github.deliveries import DELIVERY, EVENT, LARGE_BODY, SIGNATURE, Request
from omnilens.model import to_json
from omnilens.operations import logs
from omnilens.operations.limits import RateLimiter
from omnilens.operations.metrics import Metrics
from omnilens.operations.refusals import Refusals
from omnilens.pipeline.receipt import Receipt
from omnilens.pipeline.sources import Gate

Accept = Callable[[Sequence[Request]], Awaitable[Sequence[Receipt | Exception]]]

log = logs.get(__name__)

NO_HEADERS: Mapping[str, str] = MappingProxyType({})


class Head(Struct, frozen=True):
    """What is known of a request before its body."""

    method: bytes
    headers: Mapping[bytes, bytes]
    """By lower-case name."""
    repeated: Collection[bytes]
    """The names that are there more than once."""
    peer: str
    """The address it came from."""
    began: float
    """When, as ``time.perf_counter`` has it."""

    @classmethod
    def of(cls, method: bytes, sent: Sequence[tuple[bytes, bytes]], peer: str) -> Head:
        """The head of a request whose headers, by lower-case name, are here just now."""
        headers = dict(sent)
        more = Counter(name for name, _ in sent) - Counter(headers.keys()) if len(headers) < len(sent) else ()
        return cls(method, headers, more, peer, time.perf_counter())

    @property
    def event(self) -> str | None:
        return _printable(self.headers.get(EVENT))

    @property
    def delivery(self) -> str | None:
        return _printable(self.headers.get(DELIVERY))


class Answer(Struct, frozen=True):
    """What goes back, as JSON."""

    status: int
    body: bytes
    headers: Mapping[str, str] = NO_HEADERS


class Posted(Struct, frozen=True):
    """A whole request, and where its answer goes."""

    head: Head
    body: bytes
    reply: Callable[[Answer], None]


class Intake:
    """Decides about requests to the endpoint. What came in the same turn of the event loop is taken together."""

    def __init__(
        self,
        accept: Accept,
        metrics: Metrics,
        limiter: RateLimiter,
        refusals: Refusals,
        addresses: ClientAddresses,
        gate: Gate,
        max_body: int,
        now: Callable[[], datetime],
    ) -> None:
        self._accept = accept
        self._seconds = metrics.intake_seconds
        self._forged = metrics.forged
        self._counter = cache(metrics.deliveries.labels)  # which looks a counter up again each time
        self._limiter = limiter
        self._refusals = refusals
        self._addresses = addresses
        self._gate = gate
        self.max_body = max_body
        self._now = now
        self._log = log.bind()  # found once, not anew for each line
        self._arrived: list[Posted] = []
        self._taking: set[asyncio.Task[None]] = set()

    def admit(self, head: Head) -> None:
        """Whether to read the body of a request at all.

        Raises:
            OmniLensError: its headers already rule out that it is accepted.
        """
        if head.method != b"POST":
            raise MethodNotAllowed("Deliveries are sent with POST.", headers={"allow": "POST"})
        if self._gate.allowed:
            self._gate.check(self._client(head))
        headers = head.headers
        for name in (SIGNATURE, EVENT, DELIVERY):
            if name in head.repeated:  # every layer must see the same value
                raise InvalidHeader(f"The header {name.decode('ascii')} is there more than once.")
        if not headers.get(SIGNATURE):
            self._refuse_flood(head)  # unsigned, it cannot become valid
        media_type = headers.get(b"content-type", b"").partition(b";")[0].strip().lower()
        if media_type != b"application/json":
            raise UnsupportedContentType("Set the webhook's content type to application/json.")
        if headers.get(b"content-encoding", b"identity").lower() != b"identity":
            raise UnsupportedContentType("Deliveries are not compressed; send the body as it is.")
        if int(headers.get(b"content-length", b"0")) > self.max_body:
            raise self.too_large()

    def too_large(self) -> BodyTooLarge:
        """What is wrong with a body of more than ``max_body`` bytes."""
        # The rest of it is not read, so the connection cannot serve another request.
        message = f"The body is larger than {self.max_body} bytes (OMNILENS_MAX_BODY)."
        return BodyTooLarge(message, headers={"connection": "close"})

    def hand_in(self, posted: Posted) -> None:
        """Take a request whose head was admitted. It is answered in one of the next turns of the event loop."""
        if len(posted.body) > LARGE_BODY:  # nobody else should have to wait for it
            self._take_together([posted])
            return
        if not self._arrived:
            asyncio.get_running_loop().call_soon(self._take_arrived)
        self._arrived.append(posted)

    def refuse(self, head: Head, error: OmniLensError) -> Answer:
        """The answer to a request that is not accepted. It is counted, and logged as far as that makes sense."""
        facts = {"delivery": head.delivery, "client": self._client(head)}
        self._refusals.note("delivery.refused", error.code, reason=error.message, **facts)
        self._count(head, error.code)
        return Answer(error.status, error.body, error.headers)

    def gone(self, head: Head) -> None:
        """Count a request whose sender hung up before its body was complete."""
        self._count(head, "client-gone")

    def _take_arrived(self) -> None:
        arrived, self._arrived = self._arrived, []
        self._take_together(arrived)

    def _take_together(self, arrived: Sequence[Posted]) -> None:
        task = asyncio.create_task(self._take(arrived), name="take deliveries")
        self._taking.add(task)
        task.add_done_callback(self._taking.discard)

    async def _take(self, arrived: Sequence[Posted]) -> None:
        now, whole = self._now(), time.perf_counter()
        outcomes: Sequence[Receipt | Exception]
        try:
            outcomes = await self._accept(
                [Request(posted.head.headers, posted.body, now, posted.head.began, whole) for posted in arrived]
            )
        except Exception as error:  # noqa: BLE001  # whatever it was: nobody may be left waiting
            outcomes = [error] * len(arrived)
        for posted, outcome in zip(arrived, outcomes, strict=True):
            posted.reply(self._answer(posted.head, outcome))

    def _answer(self, head: Head, outcome: Receipt | Exception) -> Answer:
        if isinstance(outcome, Receipt):
            self._count(head, outcome.result)
            self._log.info(
                "delivery.accepted",
                delivery=outcome.delivery_id,
                event_name=outcome.event,
                repo=outcome.repo_slug,
                run=outcome.run_id,
                seq=outcome.seq,
                duplicate=outcome.duplicate,
                ignored=outcome.ignored or None,
            )
            return Answer(200, to_json(outcome))
        if isinstance(outcome, MissingSignature | InvalidSignature):
            if isinstance(outcome, InvalidSignature) and _claims_to_be_github(head):
                self._forged.inc()
            try:
                self._limiter.count(self._refuse_flood(head))
            except TooManyRequests as flood:
                return self.refuse(head, flood)
        if isinstance(outcome, OmniLensError):
            return self.refuse(head, outcome)
        self._count(head, "internal-error")
        log.error("delivery.failed", delivery=head.delivery, exc_info=outcome)
        return Answer(500, OmniLensError("The server failed to process this delivery.").body)

    def _refuse_flood(self, head: Head) -> str:
        """Turn away who sent too much that was not signed. Returns on whose account the next is."""
        address = group_of(self._client(head))
        if wait := self._limiter.wait(address):
            message = f"Too many deliveries without a valid signature; try again in {wait} s."
            raise TooManyRequests(message, headers={"retry-after": str(wait)})
        return address

    def _client(self, head: Head) -> str:
        forwarded = head.headers.get(FORWARDED_FOR.encode())
        written = {} if forwarded is None else {FORWARDED_FOR: [forwarded.decode("latin-1")]}
        return self._addresses.of(head.peer, written)

    def _count(self, head: Head, result: str) -> None:
        event = head.event
        self._counter(event if event and payloads.is_known(event) else "other", result).inc()
        self._seconds.observe(time.perf_counter() - head.began)


def _claims_to_be_github(head: Head) -> bool:
    """Scanners try anything; this is GitHub with another secret, or somebody who goes to some trouble.

    https://docs.github.com/en/webhooks/webhook-events-and-payloads#delivery-headers
    """
    agent = head.headers.get(b"user-agent", b"")
    return agent.startswith(b"GitHub-Hookshot/") and EVENT in head.headers and DELIVERY in head.headers


def _printable(value: bytes | None) -> str | None:
    """A header for the log: shortened, and harmless whatever it holds."""
    if value is None:
        return None
    text = value[:100].decode("latin-1")
    return text if text.isascii() and text.isprintable() else text.encode("unicode_escape").decode("ascii")
