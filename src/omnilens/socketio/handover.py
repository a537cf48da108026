"""The one thing about uvicorn that cannot be had through its interface."""

import sys

import httptools


def behind_the_upgrade() -> bytes:
    """What a client sent behind its upgrade request in the same segment.

    uvicorn makes a WebSocket protocol while it handles httptools' HttpParserUpgrade, repeats the request to it, and
    drops the rest of the segment; the exception knows where that begins. A client should wait for the answer before it
    sends (https://www.rfc-editor.org/rfc/rfc6455#section-4.1), but to lose its frames silently helps nobody.
    """
    upgrade = sys.exception()
    if not isinstance(upgrade, httptools.HttpParserUpgrade) or upgrade.__traceback__ is None:
        return b""
    segment = upgrade.__traceback__.tb_frame.f_locals.get("data", b"")
    return bytes(segment[upgrade.args[0] :])
