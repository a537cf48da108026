"""The server: it knows every session, and is itself the default namespace.

    server = Server(allowed_origins={"https://dashboard.example"})
    server.on("subscribe", lambda connection, room: server.enter(connection, room))
    uvicorn.run(app, ws=server.protocol)  # and app passes what comes for /socket.io/ to server.http_app

Everything here belongs to one event loop and is called from it. Delivery is at most once, as Socket.IO's always is:
an application that must not miss anything numbers its events and lets clients ask for what they missed.
"""

import asyncio
import logging
from dataclasses import replace
from typing import Any, Final

from .connection import Connection
from .handshake import CLOSING, FULL, TAKEN, TOO_OFTEN, UNKNOWN_SESSION, Asked, Origins, Rejection, allowed, check
from .http import HttpApp
from .link import Link
from .namespace import Namespace
from .options import Address, Gate, Limits, Observer, Unobserved, open_gate, transport_address
from .outbox import Outbox
from .polling import Polling, Unframer
from .session import Session
from .websocket import WebSocket
from .wheel import Wheel

logger = logging.getLogger("omnilens.socketio")

GOING_AWAY: Final = 1001
UNHEALTHY_AFTER: Final = 0.2
"""The share of the ping timeout after which a missing answer is a symptom."""


class Server(Namespace):
    """A Socket.IO server for one path. See the module for how to use it.

    `allowed_origins` decides about requests that carry an Origin, as all of a browser's do: a collection of origins, a
    function, or None to let every page on the internet connect. Requests without one are let in. `gate` can make
    addresses wait that come too often; `client_address` says what a client's address is.
    """

    def __init__(
        self,
        limits: Limits | None = None,
        *,
        allowed_origins: Origins,
        path: str = "/socket.io/",
        observer: Observer | None = None,
        client_address: Address = transport_address,
        gate: Gate = open_gate,
    ) -> None:
        if isinstance(allowed_origins, str):
            raise TypeError("allowed_origins is a collection of origins")  # a string is one of its own letters
        super().__init__("/", Outbox(), observer or Unobserved())
        self.limits = limits or Limits()
        self.namespaces: dict[str, Namespace] = {"/": self}
        self.http_app = HttpApp(self)
        """The ASGI application for long-polling."""
        self.unframer = Unframer()
        # Nobody minds a heartbeat or a timeout that is a twentieth late.
        shortest = min(self.limits.ping_interval, self.limits.ping_timeout, self.limits.close_timeout)
        self.wheel = Wheel(width=min(shortest / 20, 0.25))
        # The parser tells of every connection; only what is wrong with itself is news.
        self.parser_logger = logger.getChild("parser")
        self.parser_logger.setLevel(logging.WARNING)
        self.client_address = client_address
        self._gate = gate
        self._path = path
        self._allowed_origins = allowed_origins
        self._links: dict[str, Link] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = False
        self._deserted: asyncio.Event | None = None

    def namespace(self, name: str) -> Namespace:
        """A namespace by its name, such as "/admin"; from now on clients may connect to it."""
        if not name.startswith("/") or "," in name:
            raise ValueError('a namespace is named like "/this"')
        return self.namespaces.setdefault(name, Namespace(name, self.outbox, self.observer))

    def new_session(self, now: float) -> Session:
        """What decides about a new client."""
        return Session(self.limits, self.namespaces, now)

    def unhealthy_connections(self) -> int:
        """How many clients have owed the answer to a heartbeat for longer than a slow network explains."""
        late = UNHEALTHY_AFTER * self.limits.ping_timeout
        return sum(link.unanswered() > late for link in self._links.values())

    # Running

    def protocol(
        self,
        config: Any,
        server_state: Any,
        app_state: Any,
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> asyncio.Protocol:
        """Make the protocol of one WebSocket: the value of uvicorn's option `ws`."""
        return WebSocket(self, server_state.connections)

    def turn_away(self) -> None:
        """Accept no new connection from now on."""
        self._closing = True

    def send_away(self, connection: Connection, reason: str = "server shutting down") -> None:
        """End a connection once it has what was sent to it, so that its client looks for another server.

        It sees the transport close rather than a DISCONNECT, after which the stock one would not come back.
        """
        connection.link.part(reason, GOING_AWAY)

    async def close(self, reason: str = "server shutting down") -> None:
        """End every connection, accept no new one, and wait until all are gone, no longer than `close_timeout`."""
        self.turn_away()
        for link in tuple(self._links.values()):
            link.part(reason, GOING_AWAY)
        if self._links:
            self._deserted = self._deserted or asyncio.Event()
            await self._deserted.wait()  # the wheel sees to it
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.sleep(0)  # the last disconnect handlers

    # What transports ask and report

    def find(self, asked: Asked) -> Link | Rejection | None:
        """The session a request is for, or why there is none, or None where a new one may begin."""
        wrong = check(asked, self._path, self._allowed_origins)
        if wrong is not None:
            return wrong
        if asked.sid is None:
            return self._refuse_newcomer(asked.client)
        link = self._links.get(asked.sid)
        if link is None:
            return UNKNOWN_SESSION
        # A WebSocket's session is nobody else's, and a session is taken over by one WebSocket only.
        taken = not isinstance(link.transport, Polling) or (asked.websocket and link.probed is not None)
        return TAKEN if taken else link

    def _refuse_newcomer(self, client: str) -> Rejection | None:
        if self._closing:
            return CLOSING
        if len(self._links) >= self.limits.max_connections:
            return FULL
        wait = self._gate(client)
        return replace(TOO_OFTEN, headers={"Retry-After": str(wait)}) if wait else None

    def allows(self, origin: str) -> bool:
        """Pages of this origin may connect."""
        return allowed(origin, self._allowed_origins)

    @property
    def allows_everyone(self) -> bool:
        return self._allowed_origins is None

    def opened(self, link: Link) -> None:
        self._links[link.sid] = link
        self.observer.opened()

    def lost(self, link: Link) -> None:
        """The transport is closed."""
        self.wheel.cancel(link)
        self._links.pop(link.sid, None)
        if self._deserted is not None and not self._links:
            self._deserted.set()

    def track(self, task: asyncio.Task[None] | None) -> None:
        """Keep a handler's task until it is done: the event loop itself would not."""
        if task is not None:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
