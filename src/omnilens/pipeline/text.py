"""Text and links from outside, made harmless without being made unreadable.

Names are text and shown as text; this is the second lock on the door. Whoever pushes a branch or opens a pull request
chooses names, so they are a stranger's input even in a signed delivery.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

NAME_LENGTH = 250
"""Long enough for GitHub's own limits on branches (244 bytes) and titles (256 characters, nearly)."""
URL_LENGTH = 2048

_TAG = re.compile(r"</?[A-Za-z!][^<>]*>")
# Control characters, and those that change the direction or hide: text must not be able to pose as other text.
_INVISIBLE = dict.fromkeys(
    [
        *range(0x20),
        *range(0x7F, 0xA0),
        0x061C,
        0x200B,
        0x200E,
        0x200F,
        *range(0x2028, 0x202F),
        *range(0x2060, 0x2070),
        0xFEFF,
    ]
)
_SPACES = dict.fromkeys(map(ord, "\t\n\r\v\f\u2028\u2029"), " ")


def clean(text: str | None, limit: int = NAME_LENGTH) -> str:
    """`text` as one line without markup tags, control and direction characters, at most `limit` characters long."""
    if not text:
        return ""
    plain = len(text) <= limit and text.isprintable() and "<" not in text and "  " not in text
    if plain and text[0] != " " and text[-1] != " ":  # the one space that is printable
        return text  # as nearly all are: nothing to do, at a tenth of the cost
    # Cut first: stripping must not cost more than the result is worth.
    text = text[: limit * 4].translate(_INVISIBLE | _SPACES)
    while (stripped := _TAG.sub("", text)) != text:  # until nothing is left that removing a tag has put together
        text = stripped
    text = " ".join(text.split())
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def all_clean(texts: Sequence[str]) -> bool:
    """Whether ``clean`` would leave each of these as it is, and none is empty. May say no where it would.

    All at once: to look at twenty names costs hardly more than to look at one.
    """
    together = f"|{'|'.join(texts)}|"
    if not together.isprintable() or "<" in together or "  " in together or "| " in together or " |" in together:
        return False
    return not texts or (min(map(len, texts)) > 0 and max(map(len, texts)) <= NAME_LENGTH)


def safe_url(url: str | None, host: str) -> str | None:
    """`url` if it is an https link to `host` and nothing else, otherwise nothing.

    By its beginning, not by parsing it: what this lets through, every browser understands in the same way.
    """
    if not url or len(url) > URL_LENGTH or not url.startswith(f"https://{host}/"):
        return None
    return url if url.isascii() and url.isprintable() and " " not in url else None
