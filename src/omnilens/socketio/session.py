"""What is decided about one Socket.IO client, on top of its Engine.IO session; no I/O.

For each namespace of its own:

    ──CONNECT, admit()──▶ connected ──DISCONNECT, leave()──▶ not connected

A client that is in no namespace has `connect_timeout` to enter one, and one that is in no room may stay for
`idle_timeout`. Anything wrong, late or over ends everything.
"""

from collections.abc import Container, Mapping
from math import inf
from typing import cast

from .engine import NORMAL_CLOSURE, POLICY_VIOLATION, Action, Admit, Close, Engine, Leave, Send
from .options import Limits
from .packets import (
    Ack,
    Connect,
    ConnectError,
    EngineType,
    Event,
    Incomplete,
    MalformedPacket,
    Packet,
    TooLarge,
    UnexpectedBinary,
    decode,
    encode,
    encode_engine,
)
from .payload import JSON


class Partial:
    """A packet whose attachments are on their way."""

    __slots__ = ("attachments", "expected", "size", "text")

    def __init__(self, text: str, expected: int) -> None:
        self.text = text
        self.expected = expected
        self.attachments: list[bytes] = []
        self.size = len(text)

    def add(self, attachment: bytes) -> None:
        self.attachments.append(attachment)
        self.size += len(attachment)


class Session(Engine):
    __slots__ = (
        "_admitting",
        "_asked",
        "_connect_by",
        "_idle_until",
        "_namespaces",
        "_partial",
        "_rooms",
        "connected",
        "weight",
    )

    def __init__(self, limits: Limits, namespaces: Container[str], now: float) -> None:
        super().__init__(limits, now)
        self._namespaces = namespaces
        self._connect_by = now + limits.connect_timeout
        self._rooms = 0
        self._idle_until = now + limits.idle_timeout
        self._partial: Partial | None = None
        self._asked = 0
        self._admitting: tuple[str, ...] = ()
        self.connected: tuple[str, ...] = ()
        """The namespaces the client is in."""
        self.weight = 0
        """The bytes of the last packet that came with attachments."""
        self.plan()

    def admit(self, sid: str, namespace: str = "/") -> Send:
        """The answer to `Admit`: the client is connected under this id."""
        self._decided(namespace)
        self.connected = (*self.connected, namespace)
        self._connect_by = inf
        self.plan()
        return _message(Connect({"sid": sid}, namespace))

    def refuse(self, error: Mapping[str, JSON], namespace: str = "/") -> Send:
        """The other answer to `Admit`: tell the client why. A client that is nowhere else is finished with."""
        self._decided(namespace)
        if not (self.connected or self._admitting):
            self.end()
        return _message(ConnectError(error, namespace))

    def leave(self, namespace: str, now: float) -> None:
        """The client is no longer in this namespace."""
        self._decided(namespace)
        self.connected = tuple(name for name in self.connected if name != namespace)
        if not self.connected:
            self._connect_by = now + self._limits.connect_timeout
            self.plan()

    def occupy(self, rooms: int, now: float) -> None:
        """The client is in so many more rooms, or fewer."""
        self._rooms += rooms
        self._idle_until = inf if self._rooms else now + self._limits.idle_timeout
        self.plan()

    def ask(self) -> int:
        """The id of a new ack that is wanted from the client."""
        self._asked += 1
        return self._asked - 1

    def end(self) -> None:
        super().end()
        self._partial = None

    def message(self, data: str | bytes, now: float) -> Action | None:
        """One Socket.IO packet, or an attachment."""
        if isinstance(data, bytes):
            return self._attachment(data, now)
        if self._partial is not None:
            raise MalformedPacket("a packet where an attachment was expected")
        packet = decode(data)
        if isinstance(packet, Incomplete):
            self._expect(packet, data)
            return None
        return self._packet(packet, now)

    def tick(self, now: float) -> Send | Close | None:
        if now >= self._connect_by and now < self._pong_by:
            return self.close(POLICY_VIOLATION, "connect timeout")
        if now >= self._idle_until and now < self._pong_by:
            return self.close(NORMAL_CLOSURE, "idle timeout")
        return super().tick(now)

    def plan(self) -> None:
        self.deadline = min(self._connect_by, self._idle_until, self._ping_at, self._pong_by)

    def _packet(self, packet: Packet, now: float) -> Action:
        if isinstance(packet, Connect):
            return self._connect(packet)
        self._check(packet)
        if isinstance(packet, Event | Ack):
            return packet
        self.leave(packet.namespace, now)
        return Leave("client namespace disconnect", packet.namespace)

    def _check(self, packet: Packet) -> None:
        if packet.namespace not in self.connected:
            raise MalformedPacket("a packet for a namespace that was not connected to")
        if isinstance(packet, Ack) and packet.id >= self._asked:  # else perhaps one that is no longer waited for
            raise MalformedPacket("an ack that was never asked for")
        if isinstance(packet, ConnectError):
            raise MalformedPacket("an error that only servers send")

    def _connect(self, packet: Connect) -> Action:
        if packet.namespace not in self._namespaces:
            return _message(ConnectError({"message": "Invalid namespace"}, packet.namespace))
        if packet.namespace in self.connected or packet.namespace in self._admitting:
            raise MalformedPacket("already connected")
        self._admitting = (*self._admitting, packet.namespace)
        return Admit(packet.data, packet.namespace)

    def _decided(self, namespace: str) -> None:
        self._admitting = tuple(name for name in self._admitting if name != namespace)

    def _expect(self, packet: Incomplete, text: str) -> None:
        self._check(packet.packet)
        if packet.attachments > self._limits.max_attachments:
            raise TooLarge("too many attachments")
        self._partial = Partial(text, packet.attachments)

    def _attachment(self, data: bytes, now: float) -> Action | None:
        partial = self._partial
        if partial is None:
            raise UnexpectedBinary("a binary message")
        partial.add(data)
        if partial.size > self._limits.max_message:
            raise TooLarge("the attachments are too large")
        if len(partial.attachments) < partial.expected:
            return None
        self._partial = None
        self.weight = partial.size
        return self._packet(cast("Packet", decode(partial.text, partial.attachments)), now)


def _message(packet: Connect | ConnectError) -> Send:
    return Send(encode_engine(EngineType.MESSAGE, encode(packet)))
