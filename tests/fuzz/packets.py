"""Packets of Engine.IO and Socket.IO: whatever a client sends is a packet, or the module's own error."""

from __future__ import annotations

from omnilens.socketio.packets import Ack, Event, Incomplete, PacketError, decode, decode_engine, encode

SEEDS = [
    b"40",
    b'40/custom,{"token":"x"}',
    b'42["event",{"a":[1,2]}]',
    b'4213["event"]',
    b"4313[true]",
    b"41",
    b"2probe",
    b'451-["bytes",{"_placeholder":true,"num":0}]',
    b'462-/custom,1[{"_placeholder":true,"num":1}]',
]


def read(data: bytes) -> None:
    """Decode, and where that succeeds encode and decode again: it has to be the same."""
    try:
        _, rest = decode_engine(data.decode("utf-8", "replace"))
        packet = decode(rest)
        if isinstance(packet, Incomplete):
            assert isinstance(decode(rest, [b"x"] * packet.attachments), Event | Ack)
            return
    except PacketError:
        return
    assert decode(encode(packet).decode()) == packet
