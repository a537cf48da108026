"""One connected client, as the application sees it."""

import asyncio
from typing import TYPE_CHECKING, Any

from websockets.datastructures import Headers

from .engine import NORMAL_CLOSURE
from .frames import event_frame
from .opening import headers
from .packets import Ack
from .payload import JSON

if TYPE_CHECKING:
    from .inbox import Inbox
    from .link import Link


class Refused(Exception):
    """Raised by an `on_connect` handler: the client is told why, by a CONNECT_ERROR, and let go.

    The stock client sees an Error with this message, and `{"code": code, **data}` as its `data`.
    """

    def __init__(self, message: str, code: str, **data: JSON) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.data = data


class Disconnected(Exception):
    """Raised by `Connection.call`: the client is gone, and will not answer."""


class TooManyCalls(Exception):
    """Raised by `Connection.call`: this client owes too many answers already."""


class Connection:
    """A client of one namespace. Compared and hashed by identity.

    Only `call` waits: what is sent is queued, and written in the next turn of the event loop. Sending to a connection
    that is gone does nothing.
    """

    __slots__ = (
        "__weakref__",
        "alive",
        "auth",
        "calls",
        "connected",
        "data",
        "inbox",
        "link",
        "namespace",
        "room_names",
        "sid",
    )

    def __init__(self, link: "Link", sid: str, auth: Any, namespace: str = "/") -> None:
        self.link = link
        self.inbox: Inbox  # when it is connected
        self.namespace = namespace
        self.room_names: tuple[str, ...] = ()
        self.sid = sid
        self.auth = auth
        self.data: Any = None
        """Whatever the application wants to remember with it."""
        self.calls: dict[int, asyncio.Future[JSON]] | None = None
        """The acks this client owes."""
        self.alive = True
        """False once it is over. A connection that is being admitted is alive, and not yet connected."""
        self.connected = False
        """True from the moment the client is told that it is connected, until the end."""

    @property
    def client(self) -> str:
        """Its address: what the server's `client_address` makes of the request."""
        return self.link.client

    @property
    def peer(self) -> str:
        """The address at the other end of the transport: its own, or its proxy's."""
        return self.link.peer

    @property
    def headers(self) -> Headers:
        """The headers of the request with which the session began."""
        return headers(self.link.head)

    @property
    def rooms(self) -> frozenset[str]:
        return frozenset(self.room_names)

    def emit(self, event: str, *args: JSON) -> None:
        """Send an event to this client. Arguments may hold bytes, at any depth."""
        self.send(event_frame(event, *args, namespace=self.namespace))

    def send(self, frame: bytes) -> None:
        """Send a frame made by `event_frame` or `raw_event_frame`."""
        if self.alive:
            self.link.send(frame)

    async def call(self, event: str, *args: JSON, timeout: float = 10.0) -> JSON:  # noqa: ASYNC109
        """Send an event and wait for the client's ack: its value, None without one, a tuple of several.

        Raises TimeoutError, Disconnected or TooManyCalls.
        """
        if not self.connected:
            raise Disconnected
        self.calls = {} if self.calls is None else self.calls
        if len(self.calls) >= self.link.limits.max_calls:
            raise TooManyCalls
        number = self.link.ask()
        answer = self.calls[number] = asyncio.get_running_loop().create_future()
        self.send(event_frame(event, *args, namespace=self.namespace, ack=number))
        try:
            return await asyncio.wait_for(answer, timeout)
        finally:
            self.calls.pop(number, None)

    def answered(self, ack: Ack) -> None:
        """The client has acknowledged; perhaps too late."""
        answer = self.calls.get(ack.id) if self.calls else None
        if answer is not None and not answer.done():
            answer.set_result(ack.args[0] if len(ack.args) == 1 else tuple(ack.args) or None)

    def gone(self) -> None:
        """Nobody will answer any more."""
        for answer in (self.calls or {}).values():
            if not answer.done():
                answer.set_exception(Disconnected())

    def disconnect(self, reason: str = "server namespace disconnect") -> None:
        """Say goodbye, after everything already sent, and close, unless the client is in another namespace too.

        A stock client does not reconnect by itself then.
        """
        if self.alive:
            self.link.dismiss(self, reason)

    def drop(self, reason: str) -> None:
        """Close at once, with the reason in the close frame. A stock client reconnects by itself then."""
        if self.alive:
            self.link.fail(reason, NORMAL_CLOSURE)

    def __repr__(self) -> str:
        return f"<Connection {self.sid} {'connected' if self.connected else 'not connected'}>"
