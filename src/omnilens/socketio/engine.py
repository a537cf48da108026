"""What is decided about one Engine.IO session: packets and the time in, the next thing to do out; no I/O.

It is the same for both transports. Every input yields at most one action. After a Close the session is closed and has
nothing more to say.

Heartbeats (https://socket.io/docs/v4/engine-io-protocol/#heartbeat): a ping `ping_interval` after the last pong, and
the answer within `ping_timeout`. `deadline` is the next moment at which `tick` has something to do; whoever owns the
session calls it then, or later, and need not call it before.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from typing import Final

from .options import Limits
from .packets import Ack, EngineType, Event, PacketError, decode_engine, encode_engine
from .payload import JSON, encode_json

POLICY_VIOLATION: Final = 1008
NORMAL_CLOSURE: Final = 1000
CLIENT_LEFT: Final = "transport close"


@dataclass(frozen=True, slots=True)
class Send:
    """Send this Engine.IO packet, or this binary message."""

    packet: bytes
    binary: bool = False


@dataclass(frozen=True, slots=True)
class Admit:
    """The client asks to connect to a namespace; answer with `admit` or `refuse`."""

    auth: JSON
    namespace: str = "/"


@dataclass(frozen=True, slots=True)
class Leave:
    """The client has disconnected from a namespace, but keeps the transport."""

    reason: str
    namespace: str = "/"


@dataclass(frozen=True, slots=True)
class Close:
    """The session is over: close with this WebSocket code. The detail is for a developer's log."""

    code: int
    reason: str
    detail: str = ""


Action = Send | Admit | Event | Ack | Leave | Close

PING: Final = Send(encode_engine(EngineType.PING))


class Engine(ABC):
    __slots__ = ("_allowance", "_charged_at", "_limits", "_ping_at", "_pong_by", "closed", "deadline")

    def __init__(self, limits: Limits, now: float) -> None:
        self._limits = limits
        self._allowance: float = limits.max_burst
        self._charged_at = now
        self._ping_at = now + limits.ping_interval
        self._pong_by = inf
        self.deadline = self._ping_at
        self.closed = False

    @abstractmethod
    def message(self, data: str | bytes, now: float) -> Action | None:
        """A message has come. May raise PacketError."""

    def greet(self, sid: str, upgrades: Sequence[str] = ()) -> Send:
        """The first packet of all."""
        limits = self._limits
        interval, timeout = round(limits.ping_interval * 1000), round(limits.ping_timeout * 1000)
        return Send(
            b'0{"sid":"%b","upgrades":%b,"pingInterval":%d,"pingTimeout":%d,"maxPayload":%d}'
            % (sid.encode(), encode_json(upgrades) if upgrades else b"[]", interval, timeout, limits.max_message)
        )

    def end(self) -> None:
        self.closed = True
        self.deadline = inf

    def receive(self, message: str | bytes, now: float) -> Action | None:
        """One packet from the client; bytes are always a message."""
        try:
            if isinstance(message, bytes):
                return self.message(message, now)
            kind, data = decode_engine(message)
            match kind:
                case EngineType.MESSAGE:
                    return self.message(data, now)
                case EngineType.PONG if not data:
                    self._pong(now)
                    return None
                case EngineType.CLOSE if not data:
                    return self.close(NORMAL_CLOSURE, CLIENT_LEFT)
                case EngineType.NOOP if not data:
                    return None
            raise PacketError("an Engine.IO packet that a client has no reason to send")
        except PacketError as error:
            return self.close(error.code, "parse error", str(error))

    def charge(self, frames: int, now: float) -> Close | None:
        """So many frames or packets came in, of whatever kind: empty ones cost as much to read as others."""
        earned = (now - self._charged_at) * self._limits.max_rate
        self._allowance = min(self._allowance + earned, self._limits.max_burst) - frames
        self._charged_at = now
        return self.close(POLICY_VIOLATION, "too many messages") if self._allowance < 0 else None

    def tick(self, now: float) -> Send | Close | None:
        """The deadline has come."""
        if now >= self._pong_by:
            return self.close(NORMAL_CLOSURE, "ping timeout")
        if now >= self._ping_at:
            # A ping that is a little late, as timers are, does not put off the end; one that is held up does.
            asked = max(self._ping_at, now - self._limits.ping_timeout / 4)
            self._ping_at = inf
            self._pong_by = asked + self._limits.ping_timeout
            self.plan()
            return PING
        return None

    def unanswered(self, now: float) -> float:
        """Seconds for which the client has owed the answer to a heartbeat."""
        return now - (self._pong_by - self._limits.ping_timeout) if self._pong_by != inf else 0.0

    def close(self, code: int, reason: str, detail: str = "") -> Close:
        self.end()
        return Close(code, reason, detail)

    def plan(self) -> None:
        self.deadline = min(self._ping_at, self._pong_by)

    def _pong(self, now: float) -> None:
        # One that nobody asked for is harmless, and must stay free: it starts nothing.
        if self._pong_by != inf:
            self._pong_by = inf
            self._ping_at = now + self._limits.ping_interval
            self.plan()
