"""What every journal promises, whatever it writes to. One test suite holds all of them to it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from datetime import datetime
from typing import NamedTuple, Protocol

from omnilens.pipeline.change import Change


class Entry(NamedTuple):
    """A change with its place in the order that everybody shares."""

    seq: int
    change: Change


class Appended(NamedTuple):
    """What became of a change."""

    seq: int
    """Its place; that of the first one where this is a duplicate."""
    duplicate: bool


class Discontinued(Exception):
    """What a reader wants next is no longer there, or belongs to a history that has ended: it has to begin again."""


class Journal(Protocol):
    """Changes in the order in which they were accepted, each exactly once."""

    @property
    def epoch(self) -> str:
        """Names the history that ``seq`` counts in. Another one means: forget what you knew."""

    @property
    def last_seq(self) -> int:
        """The place of the last entry that is known of here; 0 before the first."""

    @property
    def failing(self) -> bool:
        """Whether the last attempt to write or read failed."""

    async def open(self) -> None:
        """Make it ready. Nothing else may be called before."""

    def append(self, change: Change) -> asyncio.Future[Appended]:
        """Take a change, unless its delivery id or its signed body was taken before.

        When the future is done, the change is as safe as this journal can make it, or else it has an error:
        ``JournalUnavailable`` or ``Draining`` for one that was not taken, and may be offered again. It may be done
        already, and that costs no turn of the event loop.
        """

    def read(self, after: int = 0) -> AsyncGenerator[Entry, None]:
        """Every entry after that ``seq``, in order, and then each new one as it comes. Ends when the journal closes.

        Raises:
            Discontinued: the next one was forgotten before it was read, or another epoch has begun.
        """

    async def page(self, after: int, limit: int) -> list[Entry]:
        """Some of the next entries after that ``seq``, `limit` at most; none only at the end."""

    async def find(self, delivery_id: str) -> Entry | None:
        """What came with this delivery, unless it is forgotten."""

    async def last_before(self, moment: datetime) -> int:
        """The ``seq`` up to which everything was received before `moment`; 0 if nothing that it has was."""

    async def prune(self, through: int) -> int:
        """Forget the entries up to that ``seq``, and their duplicates' marks. Returns how many."""

    async def close(self) -> None:
        """Take nothing more and let readers end."""
