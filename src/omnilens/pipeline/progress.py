"""How far a reader of the journal has come, and waiting for it to get somewhere."""

from __future__ import annotations

import asyncio
from contextlib import suppress

TURNS = 4
"""Turns of the event loop in which the reader mostly gets there, so that no timer need be set."""


class Progress:
    """The last ``seq`` that a reader has dealt with."""

    def __init__(self) -> None:
        self.seq = 0
        self._waiting: dict[int, asyncio.Event] = {}

    def reached(self, seq: int) -> None:
        """The reader has dealt with everything up to `seq`."""
        self.seq = seq
        if waiting := self._waiting.pop(seq, None):
            waiting.set()

    async def wait(self, seq: int, patience: float) -> None:
        """Wait until the reader has dealt with `seq`, but no longer than `patience` seconds."""
        for _ in range(TURNS):
            if seq <= self.seq:
                return
            await asyncio.sleep(0)
        waiting = self._waiting.setdefault(seq, asyncio.Event())
        with suppress(TimeoutError):
            async with asyncio.timeout(patience):
                await waiting.wait()
        self._waiting.pop(seq, None)
