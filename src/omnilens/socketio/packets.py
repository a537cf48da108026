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

Attachments are messages of their own that follow the packet; {"_placeholder":true,"num":0} stands where the first
belongs: 51-["name",{"_placeholder":true,"num":0}].

Specifications: https://socket.io/docs/v4/engine-io-protocol/ and https://socket.io/docs/v4/socket-io-protocol/.
What they leave to taste is decided strictly: whoever sends nonsense is not a Socket.IO client.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Final

from .payload import JSON, attaching, decode_json, detach, encode_json


class PacketError(ValueError):
    """A message that no client of the protocol sends."""

    code: ClassVar[int] = 1008
    """What a WebSocket is closed with: https://www.rfc-editor.org/rfc/rfc6455#section-7.4.1."""


class MalformedEnginePacket(PacketError):
    """Not an Engine.IO packet."""


class MalformedPacket(PacketError):
    """Not a Socket.IO packet."""


class UnexpectedBinary(PacketError):
    """A binary message that no packet has announced."""

    code = 1003


class TooLarge(PacketError):
    """More or larger attachments than are allowed."""

    code = 1009


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
MAX_ATTACHMENT_DIGITS: Final = 4  # so that the number is harmless before it is compared with what is allowed


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


@dataclass(frozen=True, slots=True)
class Incomplete:
    """An event or an ack that has to wait for its attachments."""

    attachments: int
    packet: Event | Ack
    """With nothing where they belong."""


Packet = Connect | Disconnect | Event | Ack | ConnectError


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


def decode(text: str, attachments: Sequence[bytes] | None = None) -> Packet | Incomplete:
    """Read a Socket.IO packet; anything unexpected is a MalformedPacket.

    A packet that announces attachments is Incomplete until it is read again, with as many as it announced.
    """
    match = _packet.fullmatch(text)
    if match is None:
        raise MalformedPacket("unknown Socket.IO packet type")
    namespace = match["namespace"] or "/"
    if len(namespace) > MAX_NAMESPACE or len(match["ack"]) > MAX_ACK_DIGITS:
        raise MalformedPacket("the packet's header is too long")
    ack = int(match["ack"]) if match["ack"] else None
    payload = match["payload"]
    if match["type"] in "56":
        return _binary(match, ack, namespace, attachments)
    if match["attachments"]:
        raise MalformedPacket("attachments to a packet that has none")
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


def _binary(
    match: re.Match[str], ack: int | None, namespace: str, attachments: Sequence[bytes] | None
) -> Event | Ack | Incomplete:
    digits = match["attachments"] or "0"
    if len(digits) > MAX_ATTACHMENT_DIGITS:
        raise TooLarge("too many attachments")
    count = int(digits)
    if count == 0:
        raise MalformedPacket("a binary packet without attachments")
    # Read once before they come, so that nonsense is not waited for.
    attachment = (lambda _: b"") if attachments is None else attachments.__getitem__
    data = _decode_json(match["payload"], attaching(attachment, count))
    read = _event if match["type"] == "5" else _ack
    packet = read(data, ack, namespace)
    return Incomplete(count, packet) if attachments is None else packet


def _decode_json(text: str, *decoder: json.JSONDecoder) -> JSON:
    try:
        return decode_json(text, *decoder)
    except ValueError as error:
        raise MalformedPacket("the payload is not JSON") from error


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
    """The bytes of a Socket.IO packet, without the Engine.IO digit before it. Raises HoldsBinary if it does."""
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


def encode_binary(packet: Event | Ack) -> tuple[bytes, list[bytes]]:
    """A packet with bytes in it, and the attachments that follow."""
    match packet:
        case Event(name, args, ack):
            kind, (text, attachments) = b"5", detach([name, *args])
        case Ack(ack, args):
            kind, (text, attachments) = b"6", detach(list(args))
    return _join(b"%b%d-" % (kind, len(attachments)), packet, _digits(ack) + text), attachments


def _join(kind: bytes, packet: Packet, rest: bytes) -> bytes:
    namespace = b"" if packet.namespace == "/" else packet.namespace.encode("utf-8", "backslashreplace") + b","
    return kind + namespace + rest


def _digits(ack: int | None) -> bytes:
    return b"" if ack is None else b"%d" % ack
