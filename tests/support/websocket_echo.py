"""The WebSocket stack with nothing on top: every message comes back as it is, and nothing else is ever sent."""

from typing import Any

from omnilens.socketio import Limits, Server
from omnilens.socketio.engine import Send
from omnilens.socketio.link import Link
from omnilens.socketio.opening import END_OF_HEAD, Opening
from omnilens.socketio.session import Session
from omnilens.socketio.websocket import WebSocket

NEVER = 1e6
MEGABYTE = 2**20
LIMITS = Limits(
    ping_interval=NEVER,
    connect_timeout=NEVER,
    close_timeout=0.5,
    max_message=16 * MEGABYTE,
    max_fragments=MEGABYTE,
    max_burst=MEGABYTE,
    max_pending_bytes=64 * MEGABYTE,
)


class EchoSession(Session):
    def receive(self, message: str | bytes, now: float) -> Send:
        return Send(message, binary=True) if isinstance(message, bytes) else Send(message.encode())


class EchoSocket(WebSocket):
    def _open(self, data: bytes) -> bytes:
        """Let everybody in, without the greeting of Engine.IO."""
        self._opened = True
        head, _, rest = data.partition(END_OF_HEAD)
        opening = Opening(head)
        answer = opening.answer()
        assert isinstance(answer, bytes)
        self.write(answer)
        self._server.wheel.cancel(self)
        self._link = Link(self._server, self, opening.head, self._peer, self._peer)
        return rest


class EchoServer(Server):
    def __init__(self) -> None:
        super().__init__(LIMITS, allowed_origins=None)

    def new_session(self, now: float) -> EchoSession:
        return EchoSession(self.limits, self.namespaces, now)

    def protocol(self, config: Any, server_state: Any, app_state: Any, _loop: Any = None) -> EchoSocket:
        return EchoSocket(self, server_state.connections)
