"""A Socket.IO server: Engine.IO 4 and Socket.IO 5 over WebSocket, for uvicorn. It knows nothing of dashboards.

packets, frames          what the bytes mean: pure functions
session                  what is decided about a client: packets and the time in, the next action out
handshake                which HTTP requests become WebSockets
websocket                the edge: asyncio's transports, and the RFC 6455 parser of `websockets`
inbox, outbox            events in, in order; frames out, in order and together
wheel                    one timer for all connections
server, connection       what an application works with
"""

from .connection import Connection, Refused
from .frames import event_frame, raw_event_frame
from .options import Limits, Observer
from .server import Server

__all__ = ["Connection", "Limits", "Observer", "Refused", "Server", "event_frame", "raw_event_frame"]
