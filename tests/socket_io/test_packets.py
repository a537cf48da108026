"""Packets: what is encoded comes back, and nothing else gets in."""

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnilens.socketio.frames import binary_frame, event_frame, raw_event_frame, text_frame, to_frame, to_packets
from omnilens.socketio.packets import (
    MAX_NAMESPACE,
    RESERVED_EVENTS,
    Ack,
    Connect,
    ConnectError,
    Disconnect,
    EngineType,
    Event,
    Incomplete,
    MalformedEnginePacket,
    MalformedPacket,
    Packet,
    PacketError,
    TooLarge,
    decode,
    decode_engine,
    encode,
    encode_binary,
)
from omnilens.socketio.payload import encode_json

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)
namespaces = st.just("/") | st.text(
    st.characters(exclude_characters=",", exclude_categories=["Cs"]), max_size=MAX_NAMESPACE - 1
).map(lambda name: "/" + name)
names = st.text().filter(lambda name: name not in RESERVED_EVENTS)
args = st.lists(json_values, max_size=3)
acks = st.integers(0, 10**15 - 1)
binary_args = st.recursive(
    st.binary() | st.text(), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3)
).map(lambda value: [b"first", value])
packets = st.one_of(
    st.builds(Connect, st.none() | st.dictionaries(st.text(), json_values, max_size=3), namespaces),
    st.builds(Disconnect, namespaces),
    st.builds(Event, names, args, st.none() | acks, namespaces),
    st.builds(Ack, acks, args, namespaces),
    st.builds(ConnectError, st.dictionaries(st.text(), json_values, max_size=3), namespaces),
)


@given(packets)
def test_what_is_encoded_comes_back(packet: Packet) -> None:
    assert decode(encode(packet).decode()) == packet


@given(st.text())
def test_arbitrary_text_raises_nothing_but_the_modules_own_error(text: str) -> None:
    with contextlib.suppress(PacketError):
        decode(text)
    with contextlib.suppress(PacketError):
        decode_engine(text)


@given(st.from_regex(r"[0-6](/[a-z]{0,3},?)?[0-9]{0,3}[\[{\"]?.{0,8}[\]}\"]?", fullmatch=True))
def test_almost_packets_raise_nothing_but_the_modules_own_error(text: str) -> None:
    with contextlib.suppress(PacketError):
        decode(text)


@pytest.mark.parametrize(
    ("text", "packet"),
    [
        ("0", Connect()),
        ('0{"token":"x"}', Connect({"token": "x"})),
        ("0/admin,", Connect(namespace="/admin")),
        ("0/admin", Connect(namespace="/admin")),
        ('0/admin,{"a":1}', Connect({"a": 1}, "/admin")),
        ("1", Disconnect()),
        ("1/admin,", Disconnect("/admin")),
        ('2["name"]', Event("name", [])),
        ('212["name",1,{"a":null}]', Event("name", [1, {"a": None}], 12)),
        ('2/admin,456["project:delete",123]', Event("project:delete", [123], 456, "/admin")),
        ('2["__proto__"]', Event("__proto__", [])),
        ('312["ok"]', Ack(12, ["ok"])),
        ("30[]", Ack(0, [])),
        ('4{"message":"no"}', ConnectError({"message": "no"})),
    ],
)
def test_the_specifications_examples(text: str, packet: Packet) -> None:
    assert decode(text) == packet


@pytest.mark.parametrize(
    "text",
    [
        "", "7", "9", "a", "abc", "true", "null", "[1]", '{"a":1}', "²", "٢",
        "2", "2{}", "2[", "2[]", "2[1]", "2[null]", "2[[]]", '2"name"', '2["name"]x', '2abc["name"]', '2-1["name"]',
        '2["n",NaN]', '2["n",Infinity]', '2["n",-Infinity]', '2["n",' + "9" * 5000 + "]", "2" + "[" * 60_000,
        "2" + "1" * 101 + '["name"]', '2١["name"]',
        *(f'2["{name}"]' for name in sorted(RESERVED_EVENTS)),
        "0null", "4null", "4[]", "4\"no\"", "0[]", "0true", '0"token"', "01", "0" + "/" + "n" * 200 + ",", "01{}",
        "1{}", "12", "11[]", "3[]", "3", "31", "31{}", "4", "4x",
        "5", "6", '50-["a"]', '51-["a",{"_placeholder":true,"num":1}]', '51["a"]', '20-["a"]', "51-[]", '61-["a"]',
    ],
)  # fmt: skip
def test_anything_else_is_malformed(text: str) -> None:
    with pytest.raises(MalformedPacket):
        decode(text)


def test_binary_packets_are_read_once_before_and_once_with_their_attachments() -> None:
    text = '51-/custom,12["a",{"_placeholder":true,"num":0}]'
    assert decode(text) == Incomplete(1, Event("a", [b""], 12, "/custom"))
    assert decode(text, [b"x"]) == Event("a", [b"x"], 12, "/custom")


def test_a_number_of_attachments_that_is_no_number() -> None:
    with pytest.raises(TooLarge):
        decode('599999999999-["a"]')


@given(
    st.builds(Event, names, binary_args, st.none() | acks, namespaces) | st.builds(Ack, acks, binary_args, namespaces)
)
def test_binary_that_is_encoded_comes_back(packet: Event | Ack) -> None:
    text, attachments = encode_binary(packet)
    incomplete = decode(text.decode())
    assert isinstance(incomplete, Incomplete)
    assert incomplete.attachments == len(attachments)
    assert decode(text.decode(), attachments) == packet


@pytest.mark.parametrize("kind", EngineType)
def test_engine_packets_are_split(kind: EngineType) -> None:
    assert decode_engine(kind + "rest") == (kind, "rest")


@pytest.mark.parametrize("message", ["", "7", "b", "ab", "²", "\x1e"])
def test_unknown_engine_packets_are_malformed(message: str) -> None:
    with pytest.raises(MalformedEnginePacket):
        decode_engine(message)


def test_json_is_compact_utf8_and_survives_half_a_surrogate_pair() -> None:
    assert encode_json(["é", {"a": 1}]) == '["é",{"a":1}]'.encode()
    assert json.loads(encode_json("\ud83d")) == "\ud83d"


def test_json_that_browsers_cannot_read_is_not_sent() -> None:
    with pytest.raises(ValueError, match="Out of range"):
        encode_json(float("nan"))


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65535, 65536])
def test_frames_carry_their_length_as_rfc_6455_says(size: int) -> None:
    frame = text_frame(b"x" * size)
    head = frame[: len(frame) - size]
    expected = {2: lambda: head[1], 4: lambda: int.from_bytes(head[2:]), 10: lambda: int.from_bytes(head[2:])}
    assert head[0] == 0x81
    assert expected[len(head)]() == size
    assert len(head) == (2 if size < 126 else 4 if size < 65536 else 10)


def test_event_frames() -> None:
    assert event_frame("news", 1, "two") == text_frame(b'42["news",1,"two"]')
    assert event_frame('"') == text_frame(b'42["\\""]')
    assert raw_event_frame("news", b'{"a": 1}') == text_frame(b'42["news",{"a": 1}]')


@pytest.mark.parametrize("name", sorted(RESERVED_EVENTS))
def test_events_that_clients_raise_themselves_cannot_be_sent(name: str) -> None:
    with pytest.raises(ValueError, match="raise themselves"):
        event_frame(name)


def test_frames_of_events_with_bytes() -> None:
    placeholders = b'452-["a",{"_placeholder":true,"num":0},[{"_placeholder":true,"num":1}]]'
    frames = event_frame("a", b"\x01\x02", [bytearray(b"\x03")])
    assert frames == text_frame(placeholders) + binary_frame(b"\x01\x02") + binary_frame(b"\x03")
    assert to_packets(frames) == (placeholders, b"bAQI=", b"bAw==")
    assert event_frame("a", namespace="/b", ack=3) == text_frame(b'42/b,3["a"]')


@given(st.lists(st.binary(max_size=70_000).map(text_frame) | st.binary(max_size=300).map(binary_frame), max_size=4))
def test_packets_and_frames_are_the_same(frames: list[bytes]) -> None:
    packets = to_packets(b"".join(frames))
    assert len(packets) == len(frames)
    for frame, packet in zip(frames, packets, strict=True):
        if not (frame[0] == 0x81 and packet.startswith(b"b")):  # no text packet of ours starts like that
            assert to_frame(packet) == frame
