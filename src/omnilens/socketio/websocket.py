"""The WebSocket transport: one asyncio protocol between the network and a link.

RFC 6455 is parsed by the sans-I/O core of `websockets`; here bytes are moved. There is no task and no timer per
connection: reads come by callback.

A WebSocket that names a session of long-polling takes it over, https://socket.io/docs/v4/engine-io-protocol/#upgrade:
it proves itself by a ping and pong named "probe", and has the session from the client's UPGRADE packet on. Until then
the session is the other transport's, and failing costs it nothing.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import parse_qs

from websockets.frames import CloseCode, Frame, Opcode
from websockets.http11 import Request
from websockets.protocol import CONNECTING, OPEN
from websockets.server import ServerProtocol
from websockets.typing import BytesLike

from .frames import text_frame
from .handover import behind_the_upgrade
from .handshake import Asked, Rejection
from .link import Link, discard
from .packets import EngineType
from .polling import Polling

if TYPE_CHECKING:
    from .server import Server

logger = logging.getLogger("omnilens.socketio")

PROBE: Final = EngineType.PING + "probe"
PROBE_ANSWER: Final = text_frame((EngineType.PONG + "probe").encode())


class WebSocket(asyncio.Protocol):
    __slots__ = (
        "_binary",
        "_candidate",
        "_client",
        "_fragments",
        "_link",
        "_parser",
        "_peers",
        "_proved",
        "_server",
        "_transport",
        "slot",
        "write",
    )

    def __init__(self, server: "Server", peers: set[Any]) -> None:
        self._server = server
        self._peers = peers
        self._parser = ServerProtocol(max_size=server.limits.max_message, logger=server.parser_logger)
        self._fragments: list[BytesLike] = []
        self._binary = False
        self._client: tuple[str, int] | None = None
        self._link: Link | None = None
        self._candidate: Link | None = None  # the link it may take over
        self._proved = False
        self.slot: int | None = None  # while there is no link
        self.write: Callable[[bytes], object] = discard

    # The transport's calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self.write = self._transport.write
        # The transport then calls pause_writing exactly when a client is too slow, which costs nothing per write.
        self._transport.set_write_buffer_limits(high=self._server.limits.max_pending_bytes)
        peer = transport.get_extra_info("peername")
        self._client = (str(peer[0]), int(peer[1])) if isinstance(peer, tuple) else None
        self._peers.add(self)
        self._expire_in(self._server.limits.upgrade_timeout)

    def data_received(self, data: bytes) -> None:
        if self._parser.state is CONNECTING:
            data += behind_the_upgrade()
        self._parser.receive_data(data)
        events = self._parser.events_received()
        now = asyncio.get_running_loop().time()
        for event in events:
            if isinstance(event, Request):
                self._handshake(event)
            elif isinstance(event, Frame):
                self._frame(event, now)
        if self._parser.parser_exc is not None:
            self._broken()
        link = self._link or self._candidate
        if link is not None:
            link.charge(len(events), now)
            link.reschedule()
        self._flush()

    def eof_received(self) -> None:
        self._lose("transport close")

    def connection_lost(self, exc: Exception | None) -> None:
        self._lose("transport close" if exc is None else "transport error")
        self._peers.discard(self)
        self._server.wheel.cancel(self)
        if self._link is not None:
            self._server.lost(self._link)

    def pause_writing(self) -> None:
        if self._link is not None:
            self._link.cut("slow consumer")
        else:
            self.abort()

    def resume_writing(self) -> None:
        """Nothing waits for this: who is paused is cut."""

    def shutdown(self) -> None:
        """uvicorn is stopping, and waits for its connections."""
        if self._link is not None:
            self._link.part("server shutting down", CloseCode.SERVICE_RESTART)
        else:
            self._give_up()

    # The wheel's call, while there is no link

    def expire(self, now: float) -> None:
        if self._candidate is not None:
            self._give_up()
        else:
            self.abort()

    # The link's calls

    def finish(self, code: int) -> None:
        if self._parser.state is OPEN:
            self._parser.send_close(code)
            self._flush()

    def fail(self, code: int, reason: str) -> None:
        self._fragments.clear()
        self._parser.fail(code, reason)
        self._flush()

    def abort(self) -> None:
        self._transport.abort()

    # What comes in

    def _handshake(self, request: Request) -> None:
        found = self._server.find(_asked(request))
        response = found.response() if isinstance(found, Rejection) else self._parser.accept(request)
        self._parser.send_response(response)
        if response.status_code != 101:
            self._flush()
            self._server.observer.refused(found.message if isinstance(found, Rejection) else "Bad handshake")
            self._expire_in(self._server.limits.close_timeout)
            return
        answer = b"".join(self._parser.data_to_send())
        if isinstance(found, Link):
            self._candidate = found
            found.probed = self._give_up
        else:
            self._server.wheel.cancel(self)
            self._link = Link(self._server, self, request.headers, self._client)
            answer += text_frame(self._link.greeting())  # in one segment
        self.write(answer)

    def _frame(self, frame: Frame, now: float) -> None:
        opcode = frame.opcode
        if opcode is Opcode.TEXT or opcode is Opcode.BINARY or opcode is Opcode.CONT:
            if self._deaf:
                return
            if opcode is not Opcode.CONT:
                self._binary = opcode is Opcode.BINARY
            self._fragments.append(frame.data)
            if len(self._fragments) > self._server.limits.max_fragments:
                self._refuse(CloseCode.MESSAGE_TOO_BIG, "too many fragments")
            elif frame.fin:
                message = b"".join(self._fragments)
                self._fragments.clear()
                self._message(message, now)
        elif opcode is Opcode.CLOSE:
            self._lose("transport close")
        # Pings have been answered by the parser, and pongs answer nothing: our own pings are Engine.IO's.

    @property
    def _deaf(self) -> bool:
        """It is over, and all that is waited for is the end of the connection."""
        return self._candidate is None if self._link is None else self._link.over

    def _message(self, message: bytes, now: float) -> None:
        if self._binary and self._link is not None:
            self._link.receive(message, 0, now)
            return
        try:
            text = message.decode()
        except UnicodeDecodeError:
            self._refuse(CloseCode.INVALID_DATA, "not UTF-8")
            return
        if self._link is not None:
            self._link.receive(text, len(message), now)
        elif self._candidate is not None:
            self._probe(text, self._candidate)

    def _probe(self, text: str, link: Link) -> None:
        polling = link.transport
        if text == PROBE and not self._proved and isinstance(polling, Polling):
            self._proved = True
            polling.release()
            self.write(PROBE_ANSWER)
        elif text == EngineType.UPGRADE and self._proved and isinstance(polling, Polling):
            self._server.wheel.cancel(self)
            self._candidate, self._link = None, link
            link.probed = None
            waiting = polling.hand_over()
            if waiting:
                self.write(waiting)
            link.transport = self
        else:
            self._give_up(CloseCode.POLICY_VIOLATION)

    # The ends

    def _refuse(self, code: int, detail: str) -> None:
        if self._link is not None:
            self._link.fail("parse error", code, detail)
        else:
            self._give_up(code)

    def _broken(self) -> None:
        """The parser has said so to the client already."""
        if self._link is not None:
            self._link.lose("parse error")
        else:
            self._release()

    def _lose(self, reason: str) -> None:
        self._fragments.clear()
        if self._link is not None:
            self._link.lose(reason)
        else:
            self._release()

    def _give_up(self, code: int = CloseCode.GOING_AWAY) -> None:
        """End, without having taken over."""
        self._release()
        if self._parser.state is OPEN:
            self.fail(code, "")
        elif self._parser.state is CONNECTING:
            self._transport.close()

    def _release(self) -> None:
        """Leave the session to the other transport."""
        link, self._candidate = self._candidate, None
        if link is not None:
            link.probed = None
            if isinstance(link.transport, Polling):
                link.transport.keep()
        self._expire_in(self._server.limits.close_timeout)

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

    def _expire_in(self, seconds: float) -> None:
        self._server.wheel.schedule(self, asyncio.get_running_loop().time() + seconds)


def _asked(request: Request) -> Asked:
    path, _, query = request.path.partition("?")
    parameters = parse_qs(query, keep_blank_values=True)
    return Asked("GET", path, parameters, request.headers.get_all("Origin"), websocket=True)
