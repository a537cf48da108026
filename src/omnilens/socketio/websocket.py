"""The WebSocket transport: one asyncio protocol between the network and a link.

Nearly all that clients send is whole text frames, and they are read in place. Whatever else RFC 6455 has (fragments,
control frames, frames in pieces) is for the sans-I/O parser of `websockets`, which a connection gets when something of
the kind comes in: ten thousand quiet clients need none. There is no task and no timer per connection either.

A WebSocket that names a session of long-polling takes it over, https://socket.io/docs/v4/engine-io-protocol/#upgrade:
it proves itself by a ping and pong named "probe", and has the session from the client's UPGRADE packet on. Until then
the session is the other transport's, and failing costs it nothing.
"""

import asyncio
import logging
import sys
from typing import TYPE_CHECKING, Any, Final, cast

from websockets.frames import CloseCode, Frame, Opcode
from websockets.protocol import OPEN, Side
from websockets.typing import BytesLike

from .frames import text_frame, whole_texts
from .handover import behind_the_upgrade
from .handshake import TAKEN, Rejection
from .link import LOCAL, Link
from .opening import END_OF_HEAD, Opening, refusal
from .packets import EngineType
from .parser import Parser
from .polling import Polling
from .way import SocketWay

if TYPE_CHECKING:
    from .server import Server

logger = logging.getLogger("omnilens.socketio")

PROBE: Final = EngineType.PING + "probe"
PROBE_ANSWER: Final = text_frame((EngineType.PONG + "probe").encode())


class WebSocket(SocketWay, asyncio.Protocol):
    __slots__ = (
        "_binary",
        "_candidate",
        "_fragments",
        "_link",
        "_opened",
        "_parser",
        "_peer",
        "_peers",
        "_proved",
        "_refused",
        "_server",
        "slot",
    )

    def __init__(self, server: "Server", peers: set[Any]) -> None:
        super().__init__()
        self._server = server
        self._peers = peers
        self._opened = False  # the handshake is behind us, whatever came of it
        self._refused = False
        self._parser: Parser | None = None
        self._fragments: list[BytesLike] | None = None
        self._binary = False
        self._peer = LOCAL
        self._link: Link | None = None
        self._candidate: Link | None = None  # the link it may take over
        self._proved = False
        self.slot: int | None = None  # while there is no link

    # The transport's calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.take_up(cast("asyncio.Transport", transport))
        # The transport then calls pause_writing exactly when a client is too slow, which costs nothing per write.
        self._transport.set_write_buffer_limits(high=self._server.limits.max_pending_bytes)
        peer = transport.get_extra_info("peername")
        # Interned: thousands come from the address of a proxy.
        self._peer = sys.intern(str(peer[0])) if isinstance(peer, tuple) else LOCAL
        self._peers.add(self)
        self._expire_in(self._server.limits.upgrade_timeout)

    def data_received(self, data: bytes) -> None:
        if not self._opened:
            data = self._open(data + behind_the_upgrade())
        if data and (self._link or self._candidate or self._parser):
            self._read(data)

    def eof_received(self) -> None:
        self._lose("transport close")

    def connection_lost(self, exc: Exception | None) -> None:
        self.let_go()
        self._lose("transport close" if exc is None else "transport error")
        self._peers.discard(self)
        self._server.wheel.cancel(self)
        if self._link is not None:
            self._server.lost(self._link)

    def pause_writing(self) -> None:
        if self._link is not None:
            # It cannot be told behind a megabyte it does not read, unless it wakes up within `close_timeout`.
            self._link.fail("slow consumer", CloseCode.TRY_AGAIN_LATER)
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
        parser = self._made_parser()
        if parser.state is OPEN:
            parser.send_close(code)
            self._flush(parser)

    def fail(self, code: int, reason: str) -> None:
        self._fragments = None
        parser = self._made_parser()
        parser.fail(code, reason)
        self._flush(parser)

    def abort(self) -> None:
        self.let_go()
        self._transport.abort()

    # What comes in

    def _open(self, data: bytes) -> bytes:
        """Answer the handshake. Returns what came behind it."""
        self._opened = True
        head, _, rest = data.partition(END_OF_HEAD)
        opening = Opening(head)
        client = self._server.client_address(self._peer, opening.fields)
        found = self._server.find(opening.asked(client))
        answer = found if isinstance(found, Rejection) and found is not TAKEN else opening.answer()
        if isinstance(answer, Rejection):
            self._refused = True
            self._server.observer.refused(answer.message, client)
            self.write(refusal(answer))
            self._hang_up()
            return b""
        if found is None:
            self._server.wheel.cancel(self)
            self._link = Link(self._server, self, opening.head, client, self._peer)
            answer += text_frame(self._link.greeting())  # in one segment
        self.write(answer)
        if isinstance(found, Link):
            self._candidate = found
            found.probed = self._give_up
        elif found is TAKEN:
            # Engine.IO's own server closes what others would refuse, and its test suite wants to see just that.
            self._server.observer.refused(TAKEN.message, client)
            self._give_up(CloseCode.POLICY_VIOLATION)
        return rest

    def _read(self, data: bytes) -> None:
        now = asyncio.get_running_loop().time()
        texts = whole_texts(data, self._server.limits.max_message) if self._parser is None else None
        if texts is None:
            frames = self._parse(data, now)
        else:
            frames = len(texts)
            for text in texts:
                self._message(text, now)
        link = self._link or self._candidate
        if link is not None:
            link.charge(frames, now)
            link.reschedule()

    def _parse(self, data: bytes, now: float) -> int:
        """Read frames of any kind. Returns how many there were."""
        parser = self._made_parser()
        parser.receive_data(data)
        if parser.state is OPEN:
            self._flush(parser)  # pongs, before what the messages behind the pings cause; a goodbye comes after it
        events = parser.events_received()
        for frame in events:
            self._frame(cast("Frame", frame), now)
        if parser.parser_exc is not None:
            self._broken()
        self._flush(parser)
        return len(events)

    def _made_parser(self) -> Parser:
        if self._parser is None:
            limit = self._server.limits.max_message
            self._parser = Parser(Side.SERVER, max_size=limit, logger=self._server.parser_logger)
        return self._parser

    def _frame(self, frame: Frame, now: float) -> None:
        opcode = frame.opcode
        if opcode is Opcode.TEXT or opcode is Opcode.BINARY or opcode is Opcode.CONT:
            if self._deaf:
                return
            if opcode is not Opcode.CONT:
                self._binary = opcode is Opcode.BINARY
            self._fragments = [] if self._fragments is None else self._fragments
            self._fragments.append(frame.data)
            if len(self._fragments) > self._server.limits.max_fragments:
                self._refuse(CloseCode.MESSAGE_TOO_BIG, "too many fragments")
            elif frame.fin:
                message = b"".join(self._fragments)
                self._fragments = None
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
        self._fragments = None
        if self._link is not None:
            self._link.lose(reason)
        else:
            self._release()

    def _give_up(self, code: int = CloseCode.GOING_AWAY) -> None:
        """End, without having taken over."""
        self._release()
        if not self._opened or self._refused:
            self.let_go()
            self._transport.close()
        elif self._made_parser().state is OPEN:
            self.fail(code, "")

    def _release(self) -> None:
        """Leave the session to the other transport."""
        link, self._candidate = self._candidate, None
        if link is not None:
            link.probed = None
            if isinstance(link.transport, Polling):
                link.transport.keep()
        self._expire_in(self._server.limits.close_timeout)

    # What goes out

    def _flush(self, parser: Parser) -> None:
        """Write what the parser has to say. An empty string is its word for hanging up."""
        for data in parser.data_to_send():
            if data:
                self.write(data)
            else:
                self._hang_up()

    def _hang_up(self) -> None:
        """Close our half, and the other when there is nothing to wait for.

        A client that is still sending would lose the close frame to a TCP reset if all was closed at once
        (https://www.rfc-editor.org/rfc/rfc6455#section-7.1.1), so it may finish, unheard, for `close_timeout`.
        """
        over = self._parser is not None and self._parser.close_rcvd is not None
        self.let_go()
        if not over and self._transport.can_write_eof():
            self._transport.write_eof()
            if self._link is None:
                self._expire_in(self._server.limits.close_timeout)
        else:
            self._transport.close()

    def _expire_in(self, seconds: float) -> None:
        self._server.wheel.schedule(self, asyncio.get_running_loop().time() + seconds)
