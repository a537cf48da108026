"""The edge to the network: one asyncio protocol per WebSocket, between a transport and a session.

RFC 6455 is parsed by the sans-I/O core of `websockets` and what the packets mean is decided by the session; here
bytes are moved. There is no task and no timer per connection: reads come by callback, heartbeats from the wheel.

How a connection ends:
    part()  orderly: behind everything already sent, a close frame; then the client has `close_timeout` to answer
    fail()  at once: a close frame, and nothing more is read or written
    cut()   the transport is aborted: the client does not read, or is not there
All three, and the loss of the transport, come through `_end`, which acts once.
"""

import asyncio
import logging
import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, cast

from websockets.datastructures import Headers
from websockets.frames import CloseCode, Frame, Opcode
from websockets.http11 import Request
from websockets.protocol import CONNECTING, OPEN
from websockets.server import ServerProtocol
from websockets.typing import BytesLike

from .connection import Connection, Refused
from .frames import text_frame
from .handover import behind_the_upgrade
from .inbox import Inbox
from .outbox import Then
from .packets import Disconnect, EngineType, Event, encode, encode_engine
from .session import Action, Admit, Close, Leave, Send, Session

if TYPE_CHECKING:
    from .server import Server

logger = logging.getLogger("omnilens.socketio")

DISCONNECT_FRAME: Final = text_frame(encode_engine(EngineType.MESSAGE, encode(Disconnect())))


def discard(data: bytes) -> None:
    """The `write` of a link that has ended."""


class Link(asyncio.Protocol):
    __slots__ = (
        "_ended",
        "_fragments",
        "_inbox",
        "_parser",
        "_peers",
        "_server",
        "_session",
        "_transport",
        "client",
        "connection",
        "headers",
        "slot",
        "write",
    )

    def __init__(self, server: "Server", peers: set[Any]) -> None:
        self._server = server
        self._peers = peers
        self._parser = ServerProtocol(max_size=server.limits.max_message, logger=server.parser_logger)
        self._session = Session(server.limits, asyncio.get_running_loop().time())
        self._fragments: list[BytesLike] = []
        self._ended = False
        self.headers: Headers  # from the handshake on
        self._inbox: Inbox | None = None
        self.connection: Connection | None = None
        self.client: tuple[str, int] | None = None
        self.slot: int | None = None
        self.write: Callable[[bytes], object] = discard

    # The transport's calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self.write = self._transport.write
        # The transport then calls pause_writing exactly when a client is too slow, which costs nothing per write.
        self._transport.set_write_buffer_limits(high=self._server.limits.max_pending_bytes)
        peer = transport.get_extra_info("peername")
        self.client = (str(peer[0]), int(peer[1])) if isinstance(peer, tuple) else None
        self._peers.add(self)
        self._server.wheel.schedule(self, self._session.deadline)

    def data_received(self, data: bytes) -> None:
        if self._parser.state is CONNECTING:
            data += behind_the_upgrade()
        self._parser.receive_data(data)
        events = self._parser.events_received()
        now = self._now()
        for event in events:
            if self._ended:
                break
            if isinstance(event, Request):
                self._handshake(event, now)
            elif isinstance(event, Frame):
                self._frame(event, now)
        if self._parser.parser_exc is not None:
            self._end("parse error")
        if not self._ended:
            self._act(self._session.charge(len(events), now))
        self._reschedule()
        self._flush()

    def eof_received(self) -> None:
        self._end("transport close")

    def connection_lost(self, exc: Exception | None) -> None:
        self._end("transport close" if exc is None else "transport error")
        self._peers.discard(self)
        self._server.wheel.cancel(self)
        self._server.lost(self)

    def pause_writing(self) -> None:
        self.cut("slow consumer")

    def resume_writing(self) -> None:
        """Nothing waits for this: who is paused is cut."""

    def shutdown(self) -> None:
        """uvicorn is stopping, and waits for its connections."""
        self.part("server shutting down", CloseCode.SERVICE_RESTART)

    def unanswered(self) -> float:
        """Seconds for which the client has owed the answer to a heartbeat."""
        return self._session.unanswered(self._now())

    # The wheel's call

    def expire(self, now: float) -> None:
        if self._ended:
            self._transport.abort()
        else:
            self._act(self._session.tick(now))
            self._reschedule()

    # The connection's calls

    def send(self, frame: bytes) -> None:
        self._server.outbox.put(self, lambda: (self,), frame)
        self._server.observer.sent(1)

    def dismiss(self, reason: str) -> None:
        self.part(reason, CloseCode.NORMAL_CLOSURE, DISCONNECT_FRAME)

    # The ends

    def part(self, reason: str, code: int, last: bytes = b"") -> None:
        if not self._end(reason):
            return
        if self._parser.state is not OPEN:
            self._transport.close()
            return
        self.write = self._transport.write  # what was sent before still goes out
        farewell = Then(lambda frame: self._finish(frame, code))
        self._server.outbox.put(farewell, lambda: (farewell,), last)

    def _finish(self, frame: bytes, code: int) -> None:
        self.write(frame)
        self.write = discard
        if self._parser.state is OPEN:
            self._parser.send_close(code)
            self._flush()

    def fail(self, reason: str, code: int, detail: str = "") -> None:
        if self._end(reason):
            logger.debug("Closing a connection, %s: %s", reason, detail)
            self._parser.fail(code, reason)
            self._flush()

    def cut(self, reason: str) -> None:
        self._end(reason)
        self.write = discard
        self._transport.abort()

    def _end(self, reason: str) -> bool:
        """End the session, whatever happens first. What is left is a transport, and `close_timeout` to close it."""
        if self._ended:
            return False
        self._ended = True
        self.write = discard
        self._session.end()
        self._fragments.clear()
        self._leave(reason)
        if self._parser.state is not CONNECTING:
            self._server.observer.closed(reason)
        self._server.wheel.schedule(self, self._now() + self._server.limits.close_timeout)
        return True

    # What comes in

    def _handshake(self, request: Request, now: float) -> None:
        rejection = self._server.rejection(request)
        response = self._parser.accept(request) if rejection is None else rejection.response()
        self._parser.send_response(response)
        if response.status_code != 101:
            self._flush()
            self._server.observer.refused("Bad handshake" if rejection is None else rejection.message)
            self._end("refused")
            return
        self.headers = request.headers
        self._server.opened(self)
        greeting = self._session.open(_new_id(), now)
        self.write(b"".join([*self._parser.data_to_send(), text_frame(greeting.packet)]))  # in one segment

    def _frame(self, frame: Frame, now: float) -> None:
        if frame.opcode is Opcode.TEXT or frame.opcode is Opcode.CONT:
            self._fragments.append(frame.data)
            if len(self._fragments) > self._server.limits.max_fragments:
                self.fail("parse error", CloseCode.MESSAGE_TOO_BIG, "too many fragments")
            elif frame.fin:
                message = b"".join(self._fragments)
                self._fragments.clear()
                self._message(message, now)
        elif frame.opcode is Opcode.BINARY:
            self.fail("parse error", CloseCode.UNSUPPORTED_DATA, "a binary message")
        elif frame.opcode is Opcode.CLOSE:
            self._end("transport close")
        # Pings have been answered by the parser, and pongs answer nothing: our own pings are Engine.IO's.

    def _message(self, message: bytes, now: float) -> None:
        try:
            text = message.decode()
        except UnicodeDecodeError:
            self.fail("parse error", CloseCode.INVALID_DATA, "not UTF-8")
            return
        self._act(self._session.receive(text, now), len(message))

    def _act(self, action: Action | None, size: int = 0) -> None:
        match action:
            case Send(packet):
                self.write(text_frame(packet))
            case Event():
                self._event(action, size)
            case Admit(auth):
                self._admit(auth)
            case Leave(reason):
                self._leave(reason)
            case Close(code, reason, detail):
                self.fail(reason, code, detail)

    def _event(self, event: Event, size: int) -> None:
        if self._inbox is not None:
            self._server.track(self._inbox.receive(event, size))
            if self._inbox is not None and self._inbox.weight > self._server.limits.max_pending_bytes:
                self.fail("too many events", CloseCode.POLICY_VIOLATION)

    def _admit(self, auth: Any) -> None:
        self.connection = connection = Connection(self, _new_id(), auth)
        try:
            self._server.introduce(connection)
        except Refused as refused:
            self._refuse(refused)
        except Exception:
            logger.exception("The connect handler failed")
            self._server.observer.failed()
            self._refuse(Refused("Internal error", "internal"))
        else:
            if not self._ended:
                # Not through the outbox: whatever the handler sent is waiting there, and comes after.
                self._act(self._session.admit(connection.sid))
                self._inbox = Inbox(connection, self._server.handlers, self._server.observer)
                self._server.welcome(connection)

    def _refuse(self, refused: Refused) -> None:
        if not self._ended:
            error = {"message": refused.message, "data": {"code": refused.code, **refused.data}}
            self._act(self._session.refuse(error))
            self._server.observer.refused("Not admitted")
            self.fail("refused", CloseCode.POLICY_VIOLATION, refused.message)

    def _leave(self, reason: str) -> None:
        connection, inbox = self.connection, self._inbox
        self.connection = self._inbox = None
        if inbox is not None:
            inbox.clear()
        if connection is not None:
            self._server.forget(connection, reason)

    # What goes out

    def _flush(self) -> None:
        """Write what the parser has to say. An empty string is its word for hanging up."""
        for data in self._parser.data_to_send():
            if data:
                self._transport.write(data)
            else:
                self._hang_up()

    def _hang_up(self) -> None:
        """Close our half, and the other when there is nothing to wait for.

        A client that is still sending would lose the close frame to a TCP reset if all was closed at once
        (https://www.rfc-editor.org/rfc/rfc6455#section-7.1.1), so it may finish, unheard, for `close_timeout`.
        """
        if self._parser.close_rcvd is None and self._parser.state is not CONNECTING and self._transport.can_write_eof():
            self._transport.write_eof()
        else:
            self._transport.close()

    def _reschedule(self) -> None:
        if not self._ended:
            self._server.wheel.schedule(self, self._session.deadline)

    def _now(self) -> float:
        return asyncio.get_running_loop().time()


def _new_id() -> str:
    return secrets.token_urlsafe(15)
