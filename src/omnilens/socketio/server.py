"""The server: who is connected, who is in which room, and which handler takes which event.

    server = Server(allowed_origins={"https://dashboard.example"})
    server.on("subscribe", lambda connection, room: server.enter(connection, room))
    uvicorn.run(app, ws=server.protocol)

Everything here belongs to one event loop and is called from it. Delivery is at most once, as Socket.IO's always is:
an application that must not miss anything numbers its events and lets clients ask for what they missed.
"""

import asyncio
import logging
from collections.abc import Callable, Collection
from typing import Any, Final

from websockets.http11 import Request

from .connection import Connection
from .frames import event_frame
from .handshake import CLOSING, FULL, Origins, Rejection, check, http_app
from .inbox import EventHandler, Handler
from .options import Limits, Observer, Unobserved
from .outbox import Outbox
from .packets import JSON, RESERVED_EVENTS
from .websocket import Link
from .wheel import Wheel

ConnectHandler = Callable[[Connection], None]
DisconnectHandler = Callable[[Connection, str], None]

logger = logging.getLogger("omnilens.socketio")

GOING_AWAY: Final = 1001
UNHEALTHY_AFTER: Final = 0.2
"""The share of the ping timeout after which a missing answer is a symptom."""


class Server:
    """A Socket.IO server for one path and the default namespace. See the module for how to use it.

    `allowed_origins` decides about requests that carry an Origin, as all of a browser's do: a collection of origins, a
    function, or None to let every page on the internet connect. Requests without one are let in.
    """

    http_app = staticmethod(http_app)

    def __init__(
        self,
        limits: Limits | None = None,
        *,
        allowed_origins: Origins,
        path: str = "/socket.io/",
        observer: Observer | None = None,
    ) -> None:
        if isinstance(allowed_origins, str):
            raise TypeError("allowed_origins is a collection of origins")  # a string is one of its own letters
        self.limits = limits or Limits()
        self.observer = observer or Unobserved()
        self.outbox = Outbox()
        # Nobody minds a heartbeat or a timeout that is a twentieth late.
        shortest = min(self.limits.ping_interval, self.limits.ping_timeout, self.limits.close_timeout)
        self.wheel = Wheel(width=min(shortest / 20, 0.25))
        self.handlers: dict[str, Handler] = {}
        # The parser tells of every connection; only what is wrong with itself is news.
        self.parser_logger = logger.getChild("parser")
        self.parser_logger.setLevel(logging.WARNING)
        self._path = path
        self._allowed_origins = allowed_origins
        self._on_connect: ConnectHandler | None = None
        self._on_disconnect: DisconnectHandler | None = None
        self._links: set[Link] = set()
        self._connections: dict[Connection, None] = {}
        self._rooms: dict[str, dict[Connection, Link]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = False
        self._deserted: asyncio.Event | None = None

    # What the application registers

    def on_connect(self, handler: ConnectHandler) -> None:
        """Called before a client is told that it is connected; what is sent to it here arrives after that.

        May raise `Refused`. The client counts among `connections` when the handler has returned.
        """
        self._on_connect = handler

    def on_disconnect(self, handler: DisconnectHandler) -> None:
        """Called once for each connected client, in the turn of the event loop after its end, with the reason.

        The connection has left its rooms by then.
        """
        self._on_disconnect = handler

    def on(self, event: str, handler: EventHandler) -> None:
        """Call a handler with the connection and the event's arguments; what it returns answers the client's ack.

        None is an answer without a value, a tuple one with several.

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
        if connection.alive and room not in connection.room_names:
            self.outbox.changed(room)
            connection.room_names.add(room)
            self._rooms.setdefault(room, {})[connection] = connection.link

    def leave(self, connection: Connection, room: str) -> None:
        if room in connection.room_names:
            self.outbox.changed(room)
            connection.room_names.discard(room)
            members = self._rooms[room]
            del members[connection]
            if not members:
                del self._rooms[room]

    def room_size(self, room: str) -> int:
        return len(self._rooms.get(room, ()))

    @property
    def connections(self) -> Collection[Connection]:
        """A live view of the connected clients."""
        return self._connections.keys()

    def unhealthy_connections(self) -> int:
        """How many connections have owed the answer to a heartbeat for longer than a slow network explains."""
        return sum(link.unanswered() > UNHEALTHY_AFTER * self.limits.ping_timeout for link in self._links)

    # Sending

    def emit(self, room: str, event: str, *args: JSON) -> int:
        """Send an event to everyone in a room. Returns to how many."""
        return self.send(room, event_frame(event, *args)) if room in self._rooms else 0

    def send(self, room: str, frame: bytes) -> int:
        """Send one frame, made by `event_frame` or `raw_event_frame`, to everyone in a room. Returns to how many."""
        members = self._rooms.get(room)
        if members is None:
            return 0
        self.outbox.put(room, members.values, frame)
        self.observer.sent(len(members))
        return len(members)

    # Running

    def protocol(
        self,
        config: Any,
        server_state: Any,
        app_state: Any,
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> asyncio.Protocol:
        """Make the protocol of one WebSocket: the value of uvicorn's option `ws`."""
        return Link(self, server_state.connections)

    async def close(self, reason: str = "server shutting down") -> None:
        """End every connection and wait until all are gone, no longer than `close_timeout`. New ones are turned away.

        Clients see the transport close rather than a DISCONNECT, after which the stock one would not come back.
        """
        self._closing = True
        for link in tuple(self._links):
            link.part(reason, GOING_AWAY)
        if self._links:
            self._deserted = self._deserted or asyncio.Event()
            await self._deserted.wait()  # the wheel sees to it
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.sleep(0)  # the last disconnect handlers

    # What links report

    def rejection(self, request: Request) -> Rejection | None:
        if self._closing:
            return CLOSING
        if len(self._links) >= self.limits.max_connections:
            return FULL
        return check(request, self._path, self._allowed_origins)

    def opened(self, link: Link) -> None:
        self._links.add(link)
        self.observer.opened()

    def introduce(self, connection: Connection) -> None:
        """Ask the application about a client."""
        if self._on_connect is not None:
            self._on_connect(connection)

    def welcome(self, connection: Connection) -> None:
        """The client has been told that it is connected."""
        connection.connected = True
        self._connections[connection] = None
        self.observer.connected()

    def forget(self, connection: Connection, reason: str) -> None:
        """The end of a connection, connected or not."""
        connection.alive = False
        for room in tuple(connection.room_names):
            self.leave(connection, room)
        if connection.connected:
            connection.connected = False
            del self._connections[connection]
            # Not now: this may be in the middle of a delivery, and handlers may do what they like.
            asyncio.get_running_loop().call_soon(self._disconnected, connection, reason)

    def lost(self, link: Link) -> None:
        """The transport is closed."""
        self._links.discard(link)
        if self._deserted is not None and not self._links:
            self._deserted.set()

    def track(self, task: asyncio.Task[None] | None) -> None:
        """Keep a handler's task until it is done: the event loop itself would not."""
        if task is not None:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def _disconnected(self, connection: Connection, reason: str) -> None:
        if self._on_disconnect is None:
            return
        try:
            self._on_disconnect(connection, reason)
        except Exception:
            logger.exception("The disconnect handler failed")
            self.observer.failed()
