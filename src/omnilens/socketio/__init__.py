"""A Socket.IO server: Engine.IO 4 and Socket.IO 5 for uvicorn. It knows nothing of dashboards.

packets, frames          what the bytes mean: pure functions
engine, session          what is decided about a client: packets and the time in, the next action out
handshake                which HTTP requests begin or belong to a session
link                     one client: does what its session decides, over the transport it has
websocket, parser        a transport: asyncio's, and the RFC 6455 parser of `websockets`
polling, http            a transport: what waits to be fetched, and the ASGI application to fetch it from
inbox, outbox            events in, in order; frames out, in order and together
wheel                    one timer for all connections
server, namespace, connection    what an application works with
room                     who gets what is sent to many
"""

from .connection import Connection, Disconnected, Refused, TooManyCalls
from .frames import RawJSON, event_frame, raw_event_frame
from .namespace import Namespace
from .options import Limits, Observer
from .server import Server

__all__ = [
    "Connection",
    "Disconnected",
    "Limits",
    "Namespace",
    "Observer",
    "RawJSON",
    "Refused",
    "Server",
    "TooManyCalls",
    "event_frame",
    "raw_event_frame",
]
