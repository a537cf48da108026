"""HTTP for deliveries, as a part of uvicorn's: it reads the requests, and what it has read is handed in whole.

Any other request goes uvicorn's own way, in which each is a task that holds a conversation with the application. That
costs more than all that we do for a delivery, and is made for answers that take long, or are long; ours are neither.
"""

from __future__ import annotations

import asyncio
from typing import Any, ClassVar

from omnilens.errors import BodyTimeout, OmniLensError
from omnilens.front import STATUS_LINES, FrontProtocol
from omnilens.pipeline.intake import Answer, Head, Intake, Posted
from omnilens.settings import WEBHOOK_PATH

PATH = WEBHOOK_PATH.encode("ascii")
BODY_TIMEOUT = 10.0
"""Seconds for the whole body: GitHub itself gives up on a delivery after ten."""


class _NobodyWaits:
    def set(self) -> None:
        """As the event that uvicorn's own exchanges wait for."""


class Exchange:
    """A request to the endpoint and its answer, in the place of uvicorn's ``RequestResponseCycle``."""

    __slots__ = (
        "_chunks",
        "_intake",
        "_protocol",
        "_size",
        "_timer",
        "disconnected",
        "head",
        "keep_alive",
        "response_complete",
        "whole",
    )

    message_event: ClassVar = _NobodyWaits()

    def __init__(self, protocol: DeliveryProtocol, intake: Intake, head: Head, keep_alive: bool) -> None:
        self.head = head
        self.keep_alive = keep_alive
        self.disconnected = False
        self.response_complete = False
        self.whole = False
        """Whether all of the request is here."""
        self._protocol = protocol
        self._intake = intake
        self._chunks: list[bytes] = []
        self._size = 0
        self._timer: asyncio.TimerHandle | None = None

    @property
    def more_body(self) -> bool:
        """As uvicorn calls it."""
        return not self.whole

    def begin(self, expects_continue: bool) -> None:
        """The headers are here."""
        try:
            self._intake.admit(self.head)
        except OmniLensError as error:
            self._refuse(error)
        else:
            if expects_continue:
                self._protocol.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def read(self, chunk: bytes) -> None:
        """Some of the body is here."""
        if self.response_complete:
            return  # it is refused, and only read to its end for the next one to be heard
        self._chunks.append(chunk)
        self._size += len(chunk)
        if self._size > self._intake.max_body:
            self._refuse(self._intake.too_large())

    def end(self) -> None:
        """All of it is here."""
        self.whole = True
        if self._timer is not None:
            self._timer.cancel()
        if not self.response_complete:
            self._intake.hand_in(Posted(self.head, b"".join(self._chunks), self.answer))

    def wait(self) -> None:
        """More of the body is still to come."""
        if self._timer is None:
            self._timer = self._protocol.loop.call_later(BODY_TIMEOUT, self._give_up)

    def abandon(self) -> None:
        """The sender hung up; there is nobody to answer."""
        if self._timer is not None:
            self._timer.cancel()
        if not self.whole and not self.response_complete:
            self._intake.gone(self.head)

    def answer(self, answer: Answer) -> None:
        """Send the answer, unless nobody waits for it any more."""
        self.response_complete = True
        transport = self._protocol.transport
        if transport.is_closing():
            return
        keep_alive = self.keep_alive and answer.headers.get("connection") != "close"
        headers = answer.headers if keep_alive else {**answer.headers, "connection": "close"}
        head = [STATUS_LINES[answer.status], self._protocol.every_answer.lines]
        head += [f"{name}: {value}\r\n".encode("latin-1") for name, value in headers.items()]
        head.append(b"content-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(answer.body))
        if self.head.method != b"HEAD":
            head.append(answer.body)
        transport.write(b"".join(head))
        if not keep_alive:
            transport.close()
        self._protocol.on_response_complete()

    def _refuse(self, error: OmniLensError) -> None:
        self._chunks.clear()
        self.answer(self._intake.refuse(self.head, error))

    def _give_up(self) -> None:
        if self.response_complete:
            self._protocol.transport.close()
            return
        sentence = f"The body did not arrive within {BODY_TIMEOUT:g} seconds."
        self._refuse(BodyTimeout(sentence, headers={"connection": "close"}))


class DeliveryProtocol(FrontProtocol):
    """HTTP on one connection, which answers requests to the endpoint without a task for each."""

    def __init__(self, *args: Any, intake: Intake, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._intake = intake
        self._exchange: Exchange | None = None
        """The one whose request the parser is in."""

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._exchange is not None:
            self._exchange.wait()

    def handle_websocket_upgrade(self) -> None:
        super().handle_websocket_upgrade()
        if self.deaf:
            return
        # It and its parser refer to each other: left to the garbage collector, which looks every fifty thousand
        # objects, those of a thousand connections would wait together.
        del self.parser

    def connection_lost(self, exc: Exception | None) -> None:
        if self._exchange is not None:
            self._exchange.abandon()
        super().connection_lost(exc)

    def heard(self) -> None:
        if self.url.partition(b"?")[0] != PATH or self.parser.should_upgrade():
            super().heard()
        elif self.cycle is not None and not self.cycle.response_complete:
            # Who sends another before the answer to the last cannot know what becomes of it, and sends it again:
            # https://www.rfc-editor.org/rfc/rfc9112#section-9.3.2
            self.cycle.keep_alive = False
            self.deaf = True
        else:
            client = self.client[0] if self.client else "unknown"
            head = Head.of(self.parser.get_method(), self.headers, client)
            keep_alive = self.parser.should_keep_alive() and self.parser.get_http_version() != "1.0"
            self._exchange = exchange = Exchange(self, self._intake, head, keep_alive)
            self.cycle = exchange  # type: ignore[assignment]  # it has what uvicorn asks of one
            exchange.begin(self.expect_100_continue)

    def on_body(self, body: bytes) -> None:
        if self._exchange is not None:
            self._exchange.read(body)
        else:
            super().on_body(body)

    def on_message_complete(self) -> None:
        if self._exchange is not None:
            self._exchange.end()
            self._exchange = None
        else:
            super().on_message_complete()
