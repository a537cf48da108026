"""What was seen already: GitHub answers a call that names it with 304 and, for whoever has a token, does not count it.

An ETag is put away by the caller once it has stored what the answer said, not before: after a crash in between it would
stand for something that nobody has. GitHub makes them for each token, so another token sees everything anew.
https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Protocol

from msgspec import Struct

MAX_REMEMBERED = 10_000


class ETag(Struct, frozen=True):
    """Which state of what was seen."""

    address: str
    """The path and the query."""
    value: str
    """As GitHub wrote it, with its quotation marks."""


class ETags(Protocol):
    """Where they are kept."""

    async def get(self, address: str) -> str | None:
        """The value that was put last."""

    async def put(self, etag: ETag) -> None:
        """Remember that this was seen and stored."""


class MemoryETags:
    """Kept as long as the process lives; those that were not asked for longest are forgotten first."""

    def __init__(self) -> None:
        self._values: OrderedDict[str, str] = OrderedDict()

    async def get(self, address: str) -> str | None:
        if (value := self._values.get(address)) is not None:
            self._values.move_to_end(address)
        return value

    async def put(self, etag: ETag) -> None:
        self._values[etag.address] = etag.value
        self._values.move_to_end(etag.address)
        if len(self._values) > MAX_REMEMBERED:
            self._values.popitem(last=False)
