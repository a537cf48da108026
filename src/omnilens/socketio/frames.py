"""Server-side WebSocket text frames, made once and then written to any number of clients as they are.

A server's frames are not masked (https://www.rfc-editor.org/rfc/rfc6455#section-5.1) and compression is never agreed
on, so the bytes of a frame are the same for everyone.
"""

from typing import Final

from .packets import JSON, RESERVED_EVENTS, encode_json

_FIN_TEXT: Final = b"\x81"


def text_frame(payload: bytes) -> bytes:
    """One complete text frame, https://www.rfc-editor.org/rfc/rfc6455#section-5.2."""
    size = len(payload)
    if size < 126:
        return b"%b%c%b" % (_FIN_TEXT, size, payload)
    if size < 65536:
        return b"%b\x7e%b%b" % (_FIN_TEXT, size.to_bytes(2, "big"), payload)
    return b"%b\x7f%b%b" % (_FIN_TEXT, size.to_bytes(8, "big"), payload)


def event_frame(event: str, *args: JSON) -> bytes:
    """The frame of an event of the default namespace."""
    _check_name(event)
    return text_frame(b"42" + encode_json([event, *args]))


def raw_event_frame(event: str, payload: bytes) -> bytes:
    """The frame of an event whose one argument is JSON already; it goes out as it came."""
    _check_name(event)
    return text_frame(b"42[%b,%b]" % (encode_json(event), payload))


def _check_name(event: str) -> None:
    if event in RESERVED_EVENTS:
        raise ValueError(f"{event!r} is an event that clients raise themselves")
