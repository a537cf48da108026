"""What packets carry: JSON, and bytes beside it with placeholders in their place."""

import json
from collections.abc import Callable
from typing import Any, Final, NoReturn

# JSON has no precise type in Python's type system; whatever the json module can encode.
JSON = Any


class HoldsBinary(TypeError):
    """There are bytes in what was to become JSON."""


def _not_json(value: object) -> NoReturn:
    if isinstance(value, bytes | bytearray | memoryview):
        raise HoldsBinary("bytes are not JSON")
    raise TypeError(f"{type(value).__name__} is not JSON")


def _encoders(default: Callable[[object], JSON]) -> tuple[json.JSONEncoder, json.JSONEncoder]:
    """One that writes UTF-8, and one that escapes."""
    utf8, escaping = (
        json.JSONEncoder(ensure_ascii=ascii_only, allow_nan=False, separators=(",", ":"), default=default)
        for ascii_only in (False, True)
    )
    return utf8, escaping


_ENCODERS: Final = _encoders(_not_json)


def encode_json(value: JSON) -> bytes:
    """Compact UTF-8. Raises HoldsBinary where that is the case."""
    return _encode_json(value, *_ENCODERS)


def _encode_json(value: JSON, utf8: json.JSONEncoder, escaping: json.JSONEncoder) -> bytes:
    try:
        return utf8.encode(value).encode()
    except UnicodeEncodeError:
        # Half a surrogate pair, which a client may well have sent, has no UTF-8.
        return escaping.encode(value).encode()


def detach(value: JSON) -> tuple[bytes, list[bytes]]:
    """JSON with placeholders, and the bytes they stand for."""
    attachments: dict[int, bytes] = {}
    numbers: dict[int, int] = {}  # by identity: what is encoded twice is still attached once

    def placeholder(found: object) -> JSON:
        if not isinstance(found, bytes | bytearray | memoryview):
            _not_json(found)
        number = numbers.setdefault(id(found), len(numbers))
        attachments[number] = bytes(found)
        return {"_placeholder": True, "num": number}

    text = _encode_json(value, *_encoders(placeholder))
    return text, list(attachments.values())


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


_decoder: Final = json.JSONDecoder(parse_constant=_refuse_constant)


def decode_json(text: str, decoder: json.JSONDecoder = _decoder) -> JSON:
    """What a text says. Raises ValueError if that is no JSON, or nested too deeply."""
    try:
        return decoder.decode(text)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def attaching(attachment: Callable[[int], JSON], count: int) -> json.JSONDecoder:
    """A decoder that puts attachments where their placeholders are."""

    def attach(value: dict[str, JSON]) -> JSON:
        if value.get("_placeholder") is not True:
            return value
        number = value.get("num")
        if type(number) is not int or not 0 <= number < count:
            raise ValueError("a placeholder for an attachment there is not")
        return attachment(number)

    return json.JSONDecoder(parse_constant=_refuse_constant, object_hook=attach)
