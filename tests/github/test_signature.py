"""The only lock on the door."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnilens.errors import InvalidSignature, MissingSignature
from omnilens.github.signature import sign, verify

# https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries#testing-the-webhook-payload-validation
SECRET = b"It's a Secret to Everybody"
BODY = b"Hello, World!"
SIGNATURE = b"sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"


def test_githubs_published_vector() -> None:
    assert sign(BODY, SECRET) == SIGNATURE
    verify(BODY, SIGNATURE, [SECRET])


def test_any_of_several_secrets_while_they_rotate() -> None:
    verify(BODY, SIGNATURE, [b"new", SECRET])
    verify(BODY, SIGNATURE, [SECRET, b"new"])
    with pytest.raises(InvalidSignature):
        verify(BODY, SIGNATURE, [b"new"])


@pytest.mark.parametrize("header", [None, b""])
def test_without_a_signature(header: bytes | None) -> None:
    with pytest.raises(MissingSignature):
        verify(BODY, header, [SECRET])


@pytest.mark.parametrize(
    "header",
    [
        SIGNATURE.removeprefix(b"sha256="),
        b"sha1=" + SIGNATURE[7:47],
        SIGNATURE.upper(),
        SIGNATURE[:-1],
        SIGNATURE + b"0",
        SIGNATURE + b" ",
        SIGNATURE + b"\n",
        b" " + SIGNATURE,
        SIGNATURE[:-1] + "é".encode("latin-1"),
        b"sha256=" + "é".encode() * 32,
        b"invalid-signature",
    ],
)
def test_everything_else_is_invalid_and_never_a_crash(header: bytes) -> None:
    with pytest.raises(InvalidSignature):
        verify(BODY, header, [SECRET])


@given(st.binary(max_size=200), st.binary(min_size=1, max_size=40), st.data())
def test_one_changed_bit_breaks_it(body: bytes, secret: bytes, data: st.DataObject) -> None:
    header = sign(body, secret)
    verify(body, header, [secret])
    place = data.draw(st.integers(0, len(body) * 8)) if body else 0
    changed = bytearray(body or b"\0")
    if body:
        changed[place // 8 % len(body)] ^= 1 << place % 8
    with pytest.raises(InvalidSignature):
        verify(bytes(changed), header, [secret])


@given(st.binary(max_size=100))
def test_no_header_crashes_it(header: bytes) -> None:
    with pytest.raises((InvalidSignature, MissingSignature)):
        verify(BODY, header, [SECRET])
