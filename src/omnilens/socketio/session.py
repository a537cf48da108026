"""What is decided about one client: packets and the time in, the next thing to do out. No transport, no event loop.

    OPENING ──open()──▶ OPEN ──CONNECT, admit()──▶ CONNECTED ──DISCONNECT──▶ OPEN
       └──────────────────┴──── anything wrong, late or over ───┴──────────▶ CLOSED

Every input yields at most one action. After a Close the session is closed and has nothing more to say.

Heartbeats (https://socket.io/docs/v4/engine-io-protocol/#heartbeat): a ping `ping_interval` after the last pong, and
the answer within `ping_timeout`. `deadline` is the next moment at which `tick` has something to do; whoever owns the
session calls it then, or later, and need not call it before.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from math import inf
from typing import Final

from .options import Limits
from .packets import (
    JSON,
    BinaryNotSupported,
    Connect,
    ConnectError,
    Disconnect,
    EngineType,
    Event,
    MalformedPacket,
    PacketError,
    decode,
    decode_engine,
    encode,
    encode_engine,
    encode_json,
)

POLICY_VIOLATION: Final = 1008
UNSUPPORTED_DATA: Final = 1003
NORMAL_CLOSURE: Final = 1000


class State(Enum):
    OPENING = 1
    OPEN = 2
    CONNECTED = 3
    CLOSED = 4


@dataclass(frozen=True, slots=True)
class Send:
    """Send this Engine.IO packet."""

    packet: bytes


@dataclass(frozen=True, slots=True)
class Admit:
    """The client asks to connect; answer with `admit` or `refuse`."""

    auth: JSON


@dataclass(frozen=True, slots=True)
class Leave:
    """The client has disconnected, but keeps the transport and may connect again, within the time for it."""

    reason: str


@dataclass(frozen=True, slots=True)
class Close:
    """The session is over: close with this WebSocket code. The detail is for a developer's log."""

    code: int
    reason: str
    detail: str = ""


Action = Send | Admit | Event | Leave | Close

PING: Final = Send(encode_engine(EngineType.PING))


class Session:
    __slots__ = ("_allowance", "_charged_at", "_connect_by", "_limits", "_ping_at", "_pong_by", "deadline", "state")

    def __init__(self, limits: Limits, now: float) -> None:
        self._limits = limits
        self._allowance: float = limits.max_burst
        self._charged_at = now
        self._connect_by = now + limits.connect_timeout
        self._ping_at = self._pong_by = inf
        self.deadline = self._connect_by
        self.state = State.OPENING

    def open(self, sid: str, now: float) -> Send:
        """The transport is there: greet, and start the heartbeat."""
        self.state = State.OPEN
        self._ping_at = now + self._limits.ping_interval
        self._plan()
        greeting = {
            "sid": sid,
            "upgrades": [],
            "pingInterval": round(self._limits.ping_interval * 1000),
            "pingTimeout": round(self._limits.ping_timeout * 1000),
            "maxPayload": self._limits.max_message,
        }
        return Send(encode_engine(EngineType.OPEN, encode_json(greeting)))

    def admit(self, sid: str) -> Send:
        """The answer to `Admit`: the client is connected under this id."""
        self.state = State.CONNECTED
        self._connect_by = inf
        self._plan()
        return _message(Connect({"sid": sid}))

    def refuse(self, error: Mapping[str, JSON]) -> Send:
        """The other answer to `Admit`: tell the client why. The session is over."""
        self.end()
        return _message(ConnectError(error))

    def end(self) -> None:
        self.state = State.CLOSED
        self.deadline = inf

    def receive(self, message: str, now: float) -> Action | None:
        """One text message from the client."""
        try:
            kind, data = decode_engine(message)
            match kind:
                case EngineType.MESSAGE:
                    return self._packet(data, now)
                case EngineType.PONG if not data:
                    self._pong(now)
                    return None
                case EngineType.CLOSE if not data:
                    return self._close(NORMAL_CLOSURE, "transport close")
                case EngineType.NOOP if not data:
                    return None
            raise PacketError("an Engine.IO packet that a client has no reason to send")
        except BinaryNotSupported as error:
            return self._close(UNSUPPORTED_DATA, "parse error", str(error))
        except PacketError as error:
            return self._close(POLICY_VIOLATION, "parse error", str(error))

    def charge(self, frames: int, now: float) -> Close | None:
        """So many WebSocket frames came in, of whatever kind: empty ones cost as much to read as others."""
        earned = (now - self._charged_at) * self._limits.max_rate
        self._allowance = min(self._allowance + earned, self._limits.max_burst) - frames
        self._charged_at = now
        return self._close(POLICY_VIOLATION, "too many messages") if self._allowance < 0 else None

    def tick(self, now: float) -> Send | Close | None:
        """The deadline has come."""
        if now >= self._pong_by:
            return self._close(NORMAL_CLOSURE, "ping timeout")
        if now >= self._connect_by:
            return self._close(POLICY_VIOLATION, "connect timeout")
        if now >= self._ping_at:
            self._ping_at = inf
            self._pong_by = now + self._limits.ping_timeout
            self._plan()
            return PING
        return None

    def unanswered(self, now: float) -> float:
        """Seconds for which the client has owed the answer to a heartbeat."""
        return now - (self._pong_by - self._limits.ping_timeout) if self._pong_by != inf else 0.0

    def _pong(self, now: float) -> None:
        # One that nobody asked for is harmless, and must stay free: it starts nothing.
        if self._pong_by != inf:
            self._pong_by = inf
            self._ping_at = now + self._limits.ping_interval
            self._plan()

    def _packet(self, data: str, now: float) -> Action:
        packet = decode(data)
        if isinstance(packet, Connect):
            return self._connect(packet)
        if packet.namespace != "/" or self.state is not State.CONNECTED:
            raise MalformedPacket("a packet for a namespace that was not connected to")
        if isinstance(packet, Event):
            return packet
        if isinstance(packet, Disconnect):
            return self._leave(now)
        # An ack that was never asked for, or an error that only servers send.
        raise MalformedPacket("a packet that a client has no reason to send")

    def _connect(self, packet: Connect) -> Action:
        if packet.namespace != "/":
            return _message(ConnectError({"message": "Invalid namespace"}, packet.namespace))
        if self.state is not State.OPEN:
            raise MalformedPacket("already connected")
        return Admit(packet.data)

    def _leave(self, now: float) -> Leave:
        self.state = State.OPEN
        self._connect_by = now + self._limits.connect_timeout
        self._plan()
        return Leave("client namespace disconnect")

    def _close(self, code: int, reason: str, detail: str = "") -> Close:
        self.end()
        return Close(code, reason, detail)

    def _plan(self) -> None:
        self.deadline = min(self._connect_by, self._ping_at, self._pong_by)


def _message(packet: Connect | ConnectError) -> Send:
    return Send(encode_engine(EngineType.MESSAGE, encode(packet)))
