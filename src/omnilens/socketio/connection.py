"""One connected client, as the application sees it."""

from typing import TYPE_CHECKING, Any

from websockets.datastructures import Headers

from .frames import event_frame
from .packets import JSON

if TYPE_CHECKING:
    from .websocket import Link


class Refused(Exception):
    """Raised by an `on_connect` handler: the client is told why, by a CONNECT_ERROR, and let go.

    The stock client sees an Error with this message, and `{"code": code, **data}` as its `data`.
    """

    def __init__(self, message: str, code: str, **data: JSON) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.data = data


class Connection:
    """A client of the default namespace. Compared and hashed by identity.

    Nothing here waits: what is sent is queued, and written in the next turn of the event loop. Sending to a
    connection that is gone does nothing.
    """

    __slots__ = ("__weakref__", "alive", "auth", "connected", "data", "link", "room_names", "sid")

    def __init__(self, link: "Link", sid: str, auth: Any) -> None:
        self.link = link
        self.room_names: set[str] = set()
        self.sid = sid
        self.auth = auth
        self.data: dict[str, Any] = {}
        self.alive = True
        """False once it is over. A connection that is being admitted is alive, and not yet connected."""
        self.connected = False
        """True from the moment the client is told that it is connected, until the end."""

    @property
    def client(self) -> tuple[str, int] | None:
        """The address of whoever is at the other end of the transport: behind a proxy, the proxy's."""
        return self.link.client

    @property
    def headers(self) -> Headers:
        """The headers of the WebSocket handshake."""
        return self.link.headers

    @property
    def rooms(self) -> frozenset[str]:
        return frozenset(self.room_names)

    def emit(self, event: str, *args: JSON) -> None:
        """Send an event to this client."""
        self.send(event_frame(event, *args))

    def send(self, frame: bytes) -> None:
        """Send a frame made by `event_frame` or `raw_event_frame`."""
        if self.alive:
            self.link.send(frame)

    def disconnect(self, reason: str = "server namespace disconnect") -> None:
        """Say goodbye, after everything already sent, and close. A stock client does not reconnect by itself then."""
        if self.alive:
            self.link.dismiss(reason)

    def __repr__(self) -> str:
        return f"<Connection {self.sid} {'connected' if self.connected else 'not connected'}>"
