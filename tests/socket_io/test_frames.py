"""Frames of clients that are read in place: what they hold is what the parser of `websockets` would have found."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Frame, Opcode
from websockets.protocol import Protocol, Side

from omnilens.socketio.frames import whole_texts

LIMIT = 1000

sizes = st.one_of(st.integers(0, 130), st.integers(LIMIT - 2, LIMIT + 2), st.just(70_000))
clients_frames = st.builds(
    lambda opcode, size, fin: Frame(opcode, b"x" * size, fin or opcode >= Opcode.CLOSE),
    st.sampled_from([Opcode.TEXT] * 6 + [Opcode.BINARY, Opcode.CONT, Opcode.PING]),
    sizes,
    st.booleans(),
)
written = st.lists(clients_frames, max_size=4).map(
    lambda frames: b"".join(frame.serialize(mask=True) for frame in frames if frame.opcode < 8 or len(frame.data) < 126)
)


def parsed(data: bytes) -> tuple[list[Frame], bool]:
    """What the parser makes of it, and whether that is the end of the connection."""
    parser = Protocol(Side.SERVER, max_size=LIMIT)
    parser.receive_data(data)
    return [frame for frame in parser.events_received() if isinstance(frame, Frame)], parser.parser_exc is not None


@given(written)
def test_only_what_the_parser_would_take_the_same_way_is_read_in_place(data: bytes) -> None:
    texts = whole_texts(data, LIMIT)
    frames, broken = parsed(data)
    plain = not broken and all(frame.opcode is Opcode.TEXT and frame.fin for frame in frames)
    assert texts == ([bytes(frame.data) for frame in frames] if plain else None)


@given(written, st.integers(0, 140))
def test_what_is_cut_off_is_left_to_the_parser(data: bytes, end: int) -> None:
    texts = whole_texts(data[:end], LIMIT)
    frames, _ = parsed(data[:end])
    assert texts is None or texts == [bytes(frame.data) for frame in frames]


@given(st.binary(max_size=200))
def test_any_bytes(data: bytes) -> None:
    texts = whole_texts(data, LIMIT)
    frames, broken = parsed(data)
    assert texts is None or (not broken and texts == [bytes(frame.data) for frame in frames])


def test_without_a_mask() -> None:
    assert whole_texts(Frame(Opcode.TEXT, b"40").serialize(mask=False) + b"....", LIMIT) is None
