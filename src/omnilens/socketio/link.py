"""One client: its session, its connections, and whichever transport it has at the moment.

What the session decides is done here, for both transports. There is no task and no timer per client: heartbeats come
from the wheel.

How a link ends:
    part()  orderly: behind everything already sent
    fail()  at once: nothing more is read or written
    cut()   without a word: the client does not read, or is not there
    lose()  the transport is gone, or going
All come through `_end`, which acts once. Then the transport has `close_timeout` to close.
"""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable
from socket import SocketType
from typing import TYPE_CHECKING, Final, Protocol

from .connection import Connection, Refused
from .engine import NORMAL_CLOSURE, POLICY_VIOLATION, Action, Admit, Close, Leave, Send
from .frames import binary_frame, text_frame
from .inbox import Inbox
from .options import Limits
from .packets import Ack, Disconnect, EngineType, Event, encode, encode_engine
from .way import NOWHERE, Way

if TYPE_CHECKING:
    from .namespace import Namespace
    from .server import Server

logger = logging.getLogger("omnilens.socketio")

LOCAL: Final = "local"
"""The address of a client that came by a Unix socket."""


class Transport(Way, Protocol):
    """What a link needs of its transport, which takes complete frames."""

    def let_go(self) -> None:
        """Take only what is written by way of the transport."""

    def finish(self, code: int) -> None:
        """Close behind what was written."""

    def fail(self, code: int, reason: str) -> None:
        """Close now."""

    def abort(self) -> None:
        """Be gone."""


class Link:
    __slots__ = (
        "_server",
        "_session",
        "_transport",
        "client",
        "connections",
        "head",
        "peer",
        "probed",
        "reason",
        "sid",
        "slot",
        "way",
    )

    def __init__(self, server: "Server", transport: Transport, head: bytes, client: str, peer: str) -> None:
        self._server = server
        self._session = server.new_session(self.now())
        self._transport = transport
        self.sid = new_id()
        self.head = head
        """The headers of the request it began with, as lines: read by few, and smaller so."""
        self.client = client
        """Its address."""
        self.peer = peer
        """Whoever is at the other end of the transport; its proxy, if there is one."""
        self.connections: dict[str, Connection] = {}
        self.probed: Callable[[], None] | None = None
        """While a WebSocket is about to take over, what ends that attempt."""
        self.reason: str | None = None
        """Why it ended."""
        self.slot: int | None = None
        self.way: Way = transport
        server.opened(self)
        self.reschedule()

    def greeting(self, *upgrades: str) -> bytes:
        return self._session.greet(self.sid, upgrades).packet

    @property
    def limits(self) -> Limits:
        return self._server.limits

    @property
    def transport(self) -> Transport:
        return self._transport

    @transport.setter
    def transport(self, transport: Transport) -> None:
        """The client has changed over; what it was sent before has been written."""
        self._transport = self.way = transport
        for connection in self.connections.values():
            self._server.namespaces[connection.namespace].rerouted(connection)

    @property
    def recipients(self) -> "tuple[Link]":
        return (self,)

    @property
    def sockets(self) -> tuple[SocketType]:
        return (self.way.socket,)

    @property
    def over(self) -> bool:
        return self.reason is not None

    def unanswered(self) -> float:
        """Seconds for which the client has owed the answer to a heartbeat."""
        return self._session.unanswered(self.now())

    # The wheel's call

    def expire(self, now: float) -> None:
        if self.reason is not None:
            self._transport.abort()
        else:
            self._act(self._session.tick(now))
            self.reschedule()

    def check(self) -> None:
        """Do what is due, without waiting for the wheel."""
        if self.reason is None:
            self.expire(self.now())

    # The connections' calls

    def send(self, frame: bytes) -> None:
        self._server.outbox.put(self, frame)
        self._server.observer.sent(1)

    def ask(self) -> int:
        """The id of an ack that is wanted."""
        return self._session.ask()

    def occupy(self, rooms: int) -> None:
        """The client is in so many more rooms, or fewer."""
        if self.reason is None:
            self._session.occupy(rooms, self.now())
            self.reschedule()

    def dismiss(self, connection: Connection, reason: str) -> None:
        namespace = connection.namespace
        goodbye = text_frame(encode_engine(EngineType.MESSAGE, encode(Disconnect(namespace))))
        if len(self.connections) == 1:
            self.part(reason, NORMAL_CLOSURE, goodbye)
        else:
            self._server.outbox.put(self, goodbye)
            self._session.leave(namespace, self.now())
            self._leave(namespace, reason)

    # The ends

    def part(self, reason: str, code: int, last: bytes = b"") -> None:
        if self._end(reason):
            self.way = self._transport  # what was sent before still goes out
            self._server.outbox.then(lambda: self._finish(last, code))

    def _finish(self, frame: bytes, code: int) -> None:
        if frame:
            self.way.write(frame)
        self.way = NOWHERE
        self._transport.finish(code)

    def fail(self, reason: str, code: int, detail: str = "") -> None:
        if self._end(reason):
            logger.debug("Closing a connection, %s: %s", reason, detail)
            self._transport.fail(code, reason)

    def cut(self, reason: str) -> None:
        self._end(reason)
        self.way = NOWHERE
        self._transport.abort()

    def lose(self, reason: str) -> None:
        self._end(reason)

    def _end(self, reason: str) -> bool:
        """End the session, whatever happens first. What is left is a transport."""
        if self.reason is not None:
            return False
        self.reason = reason
        self.way = NOWHERE
        self._transport.let_go()  # what is queued has the socket, and must not go out by it any more
        self._session.end()
        for namespace in tuple(self.connections):
            self._leave(namespace, reason)
        if self.probed is not None:
            self.probed()
        self._server.observer.closed(reason, self.client)
        self._server.wheel.schedule(self, self.now() + self.limits.close_timeout)
        return True

    # What comes in

    def receive(self, message: str | bytes, size: int, now: float) -> None:
        """One Engine.IO packet."""
        if self.reason is None:
            self._act(self._session.receive(message, now), size)

    def charge(self, frames: int, now: float) -> None:
        """So much was there to read."""
        if self.reason is None:
            self._act(self._session.charge(frames, now))

    def reschedule(self) -> None:
        if self.reason is None:
            self._server.wheel.schedule(self, self._session.deadline)

    def _act(self, action: Action | None, size: int = 0) -> None:
        match action:
            case Send(packet, binary):
                self.way.write(binary_frame(packet) if binary else text_frame(packet))
            case Event():
                self._event(action, size)
            case Ack():
                self.connections[action.namespace].answered(action)
            case Admit(auth, namespace):
                self._admit(auth, namespace)
            case Leave(reason, namespace):
                self._leave(namespace, reason)
            case Close(code, reason, detail):
                self.fail(reason, code, detail)

    def _event(self, event: Event, size: int) -> None:
        inbox = self.connections[event.namespace].inbox
        self._server.track(inbox.receive(event, size or self._session.weight))
        if inbox.weight > self.limits.max_pending_bytes:
            self.fail("too many events", POLICY_VIOLATION)

    def _admit(self, auth: object, name: str) -> None:
        namespace = self._server.namespaces[name]
        connection = Connection(self, new_id(), auth, name)
        self.connections[name] = connection
        try:
            pending = namespace.introduce(connection)
        except Exception as error:  # noqa: BLE001  # whatever it is, the client gets an answer
            self._turn_down(connection, error)
        else:
            if pending is None:
                self._welcome(connection, namespace)
            else:
                self._server.track(asyncio.get_running_loop().create_task(self._decide(connection, namespace, pending)))

    async def _decide(self, connection: Connection, namespace: "Namespace", pending: Awaitable[None]) -> None:
        """Wait for a handler that has to find out about a client; what limits that is the client's own timeout."""
        try:
            await pending
        except Exception as error:  # noqa: BLE001
            self._turn_down(connection, error)
        else:
            self._welcome(connection, namespace)
        self.reschedule()

    def _welcome(self, connection: Connection, namespace: "Namespace") -> None:
        if connection.alive:
            # Not through the outbox: whatever the handler sent is waiting there, and comes after.
            self._act(self._session.admit(connection.sid, namespace.name))
            connection.inbox = Inbox(connection, namespace.handlers, self._server.observer)
            namespace.welcome(connection)

    def _turn_down(self, connection: Connection, error: Exception) -> None:
        if not isinstance(error, Refused):
            logger.error("The connect handler failed", exc_info=error)
            self._server.observer.failed()
            error = Refused("Internal error", "internal")
        if connection.alive:  # else it has been dismissed already, or is gone
            self._refuse(error, connection.namespace)

    def _refuse(self, refused: Refused, namespace: str) -> None:
        error = {"message": refused.message, "data": {"code": refused.code, **refused.data}}
        self._act(self._session.refuse(error, namespace))
        self._server.observer.refused(refused.code, self.client)
        if not self._session.closed:
            self._leave(namespace, "refused")
        elif self._end("refused"):
            self._transport.finish(POLICY_VIOLATION)

    def _leave(self, namespace: str, reason: str) -> None:
        connection = self.connections.pop(namespace)
        if connection.connected:
            connection.inbox.clear()
        self._server.namespaces[namespace].forget(connection, reason)

    def now(self) -> float:
        return asyncio.get_running_loop().time()


def new_id() -> str:
    return secrets.token_urlsafe(15)
