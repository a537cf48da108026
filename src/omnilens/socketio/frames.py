"""Server-side WebSocket frames, made once and then written to any number of clients as they are.

A server's frames are not masked (https://www.rfc-editor.org/rfc/rfc6455#section-5.1) and compression is never agreed
on, so the bytes of a frame are the same for everyone. Clients that poll get what is in the frames,
https://socket.io/docs/v4/engine-io-protocol/#http-long-polling-1.
"""

from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import Final

from websockets.utils import apply_mask

from .packets import RESERVED_EVENTS, Ack, EngineType, Event, encode, encode_binary
from .payload import JSON, HoldsBinary, encode_json

_FIN_TEXT: Final = b"\x81"
_FIN_BINARY: Final = b"\x82"
_MASKED: Final = 0x80
_MESSAGE: Final = EngineType.MESSAGE.value.encode()


def text_frame(payload: bytes) -> bytes:
    """One complete text frame, https://www.rfc-editor.org/rfc/rfc6455#section-5.2."""
    return _frame(_FIN_TEXT, payload)


def binary_frame(payload: bytes) -> bytes:
    """One complete binary frame. To Engine.IO, a message."""
    return _frame(_FIN_BINARY, payload)


def _frame(head: bytes, payload: bytes) -> bytes:
    size = len(payload)
    if size < 126:
        return b"%b%c%b" % (head, size, payload)
    if size < 65536:
        return b"%b\x7e%b%b" % (head, size.to_bytes(2, "big"), payload)
    return b"%b\x7f%b%b" % (head, size.to_bytes(8, "big"), payload)


def event_frame(event: str, *args: JSON, namespace: str = "/", ack: int | None = None) -> bytes:
    """The frame of an event; with bytes among the arguments, at any depth, the frames."""
    _check_name(event)
    return packet_frame(Event(event, args, ack, namespace))


def raw_event_frame(event: str, payload: bytes) -> bytes:
    """The frame of an event of the default namespace whose one argument is JSON already; it goes out as it came."""
    _check_name(event)
    return text_frame(b"42[%b,%b]" % (encode_json(event), payload))


@dataclass(frozen=True, slots=True)
class RawJSON:
    """A value that is encoded already, for answers that many get."""

    json: bytes


def raw_ack_frame(ack: int, value: RawJSON, namespace: str) -> bytes:
    """The frame of an ack with one value; it goes out as it came."""
    head = encode(Ack(ack, (), namespace)).removesuffix(b"[]")
    return text_frame(b"%b%b[%b]" % (_MESSAGE, head, value.json))


def packet_frame(packet: Event | Ack) -> bytes:
    """The frame of an event or an ack, and the frames of its attachments."""
    try:
        return text_frame(_MESSAGE + encode(packet))
    except HoldsBinary:
        text, attachments = encode_binary(packet)
        return b"".join([text_frame(_MESSAGE + text), *map(binary_frame, attachments)])


def whole_texts(data: bytes, limit: int) -> list[bytes] | None:
    """The texts in what a client sent, if it is nothing but whole text frames, none larger than allowed or 64 KiB."""
    texts, at = [], 0
    while at < len(data):
        if len(data) - at < 6 or data[at] != _FIN_TEXT[0] or data[at + 1] < _MASKED or data[at + 1] == _MASKED + 127:
            return None
        size, mask = data[at + 1] - _MASKED, at + 2
        if size == 126:
            size, mask = int.from_bytes(data[at + 2 : at + 4], "big"), at + 4
        start = mask + 4
        at = start + size
        if at > len(data) or size > limit:
            return None
        texts.append(apply_mask(data[start:at], data[mask:start]))
    return texts


def _check_name(event: str) -> None:
    if event in RESERVED_EVENTS:
        raise ValueError(f"{event!r} is an event that clients raise themselves")


def to_packets(frames: bytes) -> tuple[bytes, ...]:
    """What is in our own frames, as long-polling has it: text as it is, binary as "b" and base64."""
    packets, at = [], 0
    while at < len(frames):
        size, start = frames[at + 1], at + 2
        if size > 125:
            start += 2 if size == 126 else 8
            size = int.from_bytes(frames[at + 2 : start], "big")
        payload = frames[start : start + size]
        packets.append(payload if frames[at] == _FIN_TEXT[0] else b"b" + b64encode(payload))
        at = start + size
    return tuple(packets)


def to_frame(packet: bytes) -> bytes:
    """The way back."""
    return binary_frame(b64decode(packet[1:])) if packet.startswith(b"b") else text_frame(packet)
