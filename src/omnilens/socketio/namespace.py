"""A namespace: who is connected, who is in which room, and which handler takes which event."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection

from .connection import Connection
from .frames import event_frame
from .inbox import EventHandler, Handler
from .options import Observer
from .outbox import Outbox
from .packets import RESERVED_EVENTS
from .payload import JSON
from .room import Room

ConnectHandler = Callable[[Connection], Awaitable[None] | None]
DisconnectHandler = Callable[[Connection, str], None]

logger = logging.getLogger("omnilens.socketio")


class Namespace:
    """What an application works with. The server itself is the namespace "/"."""

    def __init__(self, name: str, outbox: Outbox, observer: Observer) -> None:
        self.name = name
        self.outbox = outbox
        self.observer = observer
        self.handlers: dict[str, Handler] = {}
        self._on_connect: ConnectHandler | None = None
        self._on_disconnect: DisconnectHandler | None = None
        self._connections: dict[Connection, None] = {}
        self._rooms: dict[str, Room] = {}

    # What the application registers

    def on_connect(self, handler: ConnectHandler) -> None:
        """Called before a client is told that it is connected; what is sent to it here arrives after that.

        May raise `Refused`. The client counts among `connections` when the handler has returned. An awaitable that it
        returns is waited for first, which costs a task; a client that sends anything but heartbeats meanwhile is cut
        off, and so is one that takes longer than `connect_timeout`.
        """
        self._on_connect = handler

    def on_disconnect(self, handler: DisconnectHandler) -> None:
        """Called once for each connected client, in the turn of the event loop after its end, with the reason.

        The connection has left its rooms by then.
        """
        self._on_disconnect = handler

    def on(self, event: str, handler: EventHandler) -> None:
        """Call a handler with the connection and the event's arguments; what it returns answers the client's ack.

        None is an answer without a value, a tuple one with several, `RawJSON` one that is encoded already. Arguments
        and answers may hold bytes.

        A coroutine function gets a task; the next event of that client waits for it. An event with a number of
        arguments that the handler does not take is ignored, as one without a handler is. When a handler raises, the
        error is logged, the connection lives, and no ack is sent.
        """
        if event in RESERVED_EVENTS:
            raise ValueError(f"{event!r} cannot be received as an event")
        self.handlers[event] = Handler.of(handler)

    # Rooms

    def enter(self, connection: Connection, room: str) -> None:
        """Let a connection receive what is sent to a room from now on."""
        if connection.namespace != self.name:
            raise ValueError("a connection of another namespace")
        if connection.alive and room not in connection.room_names:
            connection.room_names = (*connection.room_names, room)
            self._rooms.setdefault(room, Room()).add(connection)
            connection.link.occupy(1)

    def leave(self, connection: Connection, room: str) -> None:
        if connection.namespace == self.name and room in connection.room_names:
            connection.room_names = tuple(name for name in connection.room_names if name != room)
            members = self._rooms[room]
            members.remove(connection)
            if not members:
                del self._rooms[room]
            connection.link.occupy(-1)

    def room_size(self, room: str) -> int:
        return len(self._rooms.get(room, ()))

    @property
    def connections(self) -> Collection[Connection]:
        """A live view of the connected clients."""
        return self._connections.keys()

    # Sending

    def emit(self, room: str, event: str, *args: JSON) -> int:
        """Send an event to everyone in a room. Returns to how many."""
        return self.send(room, event_frame(event, *args, namespace=self.name)) if room in self._rooms else 0

    def send(self, room: str, frame: bytes) -> int:
        """Send one frame, made by `event_frame` or `raw_event_frame`, to everyone in a room. Returns to how many."""
        members = self._rooms.get(room)
        if members is None:
            return 0
        self.outbox.put(members.everyone, frame)
        self.observer.sent(len(members))
        return len(members)

    # What links report

    def introduce(self, connection: Connection) -> Awaitable[None] | None:
        """Ask the application about a client. What it needs to find out first is returned."""
        return self._on_connect(connection) if self._on_connect is not None else None

    def welcome(self, connection: Connection) -> None:
        """The client has been told that it is connected."""
        connection.connected = True
        self._connections[connection] = None
        self.observer.connected()

    def rerouted(self, connection: Connection) -> None:
        """It is written to in another way from now on."""
        for room in connection.room_names:
            self._rooms[room].renew()

    def forget(self, connection: Connection, reason: str) -> None:
        """The end of a connection, connected or not."""
        connection.alive = False
        for room in connection.room_names:
            self.leave(connection, room)
        if connection.connected:
            connection.connected = False
            connection.gone()
            del self._connections[connection]
            # Not now: this may be in the middle of a delivery, and handlers may do what they like.
            asyncio.get_running_loop().call_soon(self._disconnected, connection, reason)

    def _disconnected(self, connection: Connection, reason: str) -> None:
        if self._on_disconnect is None:
            return
        try:
            self._on_disconnect(connection, reason)
        except Exception:
            logger.exception("The disconnect handler failed")
            self.observer.failed()
