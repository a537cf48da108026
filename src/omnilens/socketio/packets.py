"""Engine.IO 4 and Socket.IO 5 packets: text in, values out, and back; no state and no I/O.

On a WebSocket every text message is one Engine.IO packet, a digit and what belongs to it:

    0{"sid":…}    open      the server's greeting, with its heartbeat times and size limit
    1             close     the sender is leaving
    2, 3          ping, pong: since version 4 it is the server that asks
    4…            message   a Socket.IO packet
    5             upgrade   the end of a change of transport
    6             noop

A Socket.IO packet is a digit, then, each where it applies, the number of binary attachments, the namespace unless
it is "/", the id of an acknowledgement, and JSON:

    <type>[<attachments>-][<namespace>,][<ack id>][<json>]

    0{"token":"x"}    connect, from the server 0{"sid":"…"}     3[…]    ack, always with an id: 312["ok"]
    1                 disconnect                                4{…}    connect error: 4{"message":"no"}
    2["name",1,2]     event, 212["name",1,2] wants ack 12       5, 6    event and ack with binary attachments

Specifications: https://socket.io/docs/v4/engine-io-protocol/ and https://socket.io/docs/v4/socket-io-protocol/.
What they leave to taste is decided strictly: whoever sends nonsense is not a Socket.IO client.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, NoReturn

# JSON has no precise type in Python's type system; whatever the json module can encode.
JSON = Any


class PacketError(ValueError):
    """A message that no client of the protocol sends."""


class MalformedEnginePacket(PacketError):
    """Not an Engine.IO packet."""


class MalformedPacket(PacketError):
    """Not a Socket.IO packet."""


class BinaryNotSupported(MalformedPacket):
    """A packet that announces binary attachments; they are never asked for, and never waited for."""


class EngineType(StrEnum):
    OPEN = "0"
    CLOSE = "1"
    PING = "2"
    PONG = "3"
    MESSAGE = "4"
    UPGRADE = "5"
    NOOP = "6"


# Names that clients raise by themselves; as an event from outside they would pass for a change of the connection.
RESERVED_EVENTS: Final = frozenset(
    {"connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"}
)
MAX_NAMESPACE: Final = 128
MAX_ACK_DIGITS: Final = 15  # what JavaScript still counts exactly


@dataclass(frozen=True, slots=True)
class Connect:
    data: Mapping[str, JSON] | None = None
    namespace: str = "/"


@dataclass(frozen=True, slots=True)
class Disconnect:
    namespace: str = "/"


@dataclass(frozen=True, slots=True)
class Event:
    name: str
    args: Sequence[JSON] = ()
    ack: int | None = None
    namespace: str = "/"


@dataclass(frozen=True, slots=True)
class Ack:
    id: int
    args: Sequence[JSON] = ()
    namespace: str = "/"


@dataclass(frozen=True, slots=True)
class ConnectError:
    data: Mapping[str, JSON]
    namespace: str = "/"


Packet = Connect | Disconnect | Event | Ack | ConnectError


_encoder: Final = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))
_ascii_encoder: Final = json.JSONEncoder(ensure_ascii=True, allow_nan=False, separators=(",", ":"))


def encode_json(value: JSON) -> bytes:
    """Compact UTF-8. A half surrogate pair, which a client may well have sent, has no UTF-8 and is escaped instead."""
    try:
        return _encoder.encode(value).encode()
    except UnicodeEncodeError:
        return _ascii_encoder.encode(value).encode()


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


_decoder: Final = json.JSONDecoder(parse_constant=_refuse_constant)


def _decode_json(text: str) -> JSON:
    try:
        return _decoder.decode(text)
    except (ValueError, RecursionError) as error:
        raise MalformedPacket("the payload is not JSON") from error


def decode_engine(message: str) -> tuple[EngineType, str]:
    """The type of an Engine.IO packet and what follows it."""
    try:
        return EngineType(message[:1]), message[1:]
    except ValueError as error:
        raise MalformedEnginePacket("unknown Engine.IO packet type") from error


def encode_engine(kind: EngineType, data: bytes = b"") -> bytes:
    return kind.value.encode() + data


_packet: Final = re.compile(
    r"(?P<type>[0-6])(?:(?P<attachments>[0-9]+)-)?(?:(?P<namespace>/[^,]*)(?:,|\Z))?(?P<ack>[0-9]*)(?P<payload>.*)",
    re.DOTALL,
)


def decode(text: str) -> Packet:
    """Read a Socket.IO packet; anything unexpected is a MalformedPacket."""
    match = _packet.fullmatch(text)
    if match is None:
        raise MalformedPacket("unknown Socket.IO packet type")
    if match["attachments"] or match["type"] in "56":
        raise BinaryNotSupported("binary attachments are not supported")
    namespace = match["namespace"] or "/"
    if len(namespace) > MAX_NAMESPACE or len(match["ack"]) > MAX_ACK_DIGITS:
        raise MalformedPacket("the packet's header is too long")
    ack = int(match["ack"]) if match["ack"] else None
    payload = match["payload"]
    match match["type"]:
        case "2":
            return _event(_decode_json(payload), ack, namespace)
        case "3":
            return _ack(_decode_json(payload), ack, namespace)
    if ack is not None:
        raise MalformedPacket("an ack id on a packet that is never acknowledged")
    match match["type"]:
        case "0":
            return Connect(_object(payload) if payload else None, namespace)
        case "1" if not payload:
            return Disconnect(namespace)
        case "4":
            return ConnectError(_object(payload), namespace)
    raise MalformedPacket("a disconnect carries nothing")


def _object(payload: str) -> dict[str, JSON]:
    data = _decode_json(payload)
    if not isinstance(data, dict):
        raise MalformedPacket("auth and errors are objects")
    return data


def _event(data: JSON, ack: int | None, namespace: str) -> Event:
    if not isinstance(data, list) or not data or not isinstance(data[0], str):
        raise MalformedPacket("an event is a list that starts with its name")
    name, *args = data
    if name in RESERVED_EVENTS:
        raise MalformedPacket("the event name is reserved")
    return Event(name, args, ack, namespace)


def _ack(data: JSON, ack: int | None, namespace: str) -> Ack:
    if ack is None or not isinstance(data, list):
        raise MalformedPacket("an ack is an id and a list")
    return Ack(ack, data, namespace)


def encode(packet: Packet) -> bytes:
    """The bytes of a Socket.IO packet, without the Engine.IO digit before it."""
    match packet:
        case Connect(data):
            return _join(b"0", packet, b"" if data is None else encode_json(data))
        case Disconnect():
            return _join(b"1", packet, b"")
        case Event(name, args, ack):
            return _join(b"2", packet, _digits(ack) + encode_json([name, *args]))
        case Ack(ack, args):
            return _join(b"3", packet, _digits(ack) + encode_json(list(args)))
        case ConnectError(data):
            return _join(b"4", packet, encode_json(data))


def _join(kind: bytes, packet: Packet, rest: bytes) -> bytes:
    namespace = b"" if packet.namespace == "/" else packet.namespace.encode("utf-8", "backslashreplace") + b","
    return kind + namespace + rest


def _digits(ack: int | None) -> bytes:
    return b"" if ack is None else b"%d" % ack
