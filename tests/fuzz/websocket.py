"""WebSocket frames: what is read in place is what the parser reads, and nothing else is."""

from __future__ import annotations

from websockets.frames import Frame, Opcode
from websockets.protocol import OPEN, Side

from omnilens.socketio.frames import text_frame, whole_texts
from omnilens.socketio.parser import Parser

LIMIT = 2_000
_MASKED = b"\x81\x82abcd" + b"xy"
SEEDS = [
    text_frame(b"40"),
    _MASKED,
    _MASKED * 3,
    b"\x01\x83abcd" + b"xyz" + b"\x80\x80abcd",
    b"\x89\x80abcd",
    b"\x88\x82abcd" + b"xy",
    b"\x81\xfe\x00\x80abcd" + bytes(128),
]


def read(data: bytes) -> None:
    """The quick way and the parser have to agree."""
    quick = whole_texts(data, LIMIT)
    parser = Parser(Side.SERVER, state=OPEN, max_size=LIMIT)
    parser.receive_data(data)
    if quick is None:
        return
    frames = [each for each in parser.events_received() if isinstance(each, Frame)]
    assert all(frame.opcode is Opcode.TEXT and frame.fin for frame in frames)
    assert [bytes(frame.data) for frame in frames] == [bytes(text) for text in quick]
