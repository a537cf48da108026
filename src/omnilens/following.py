"""Keeping the board with the journal: brought back at the start, followed, and begun again where that breaks."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from omnilens.errors import StorageUnavailable
from omnilens.operations import logs
from omnilens.pipeline.flow import Flow
from omnilens.pipeline.history import NOTHING, Past
from omnilens.pipeline.journal import Discontinued
from omnilens.pipeline.storage import Storage
from omnilens.socketio import Server

log = logs.get(__name__)

AGAIN_AFTER = 1.0
"""Seconds until a board that could not begin again is tried once more."""


class Following:
    """Nothing ends it: a server that takes deliveries and shows nobody what became of them is the worst there is."""

    def __init__(self, flow: Flow, storage: Storage, sockets: Server) -> None:
        self._flow = flow
        self._storage = storage
        self._sockets = sockets

    async def recover(self, known: Past = NOTHING) -> None:
        """Bring back what was known before the last end, however that came, and what is `known` besides.

        Raises:
            StorageUnavailable: it cannot be had; the sentence says why.
        """
        try:
            await self._flow.replay(await self._past(known))
        except Discontinued:
            # Most likely another process has just moved into the history what we were about to read.
            await self._flow.replay(await self._past(known), despite_gaps=True)

    async def run(self) -> None:
        """Follow the journal until it closes; where it breaks off, have everybody fetch a fresh snapshot."""
        while True:
            try:
                return await self._flow.follow()
            except Discontinued:
                pass
            except Exception:
                log.exception("board.failed")
                await asyncio.sleep(AGAIN_AFTER)
            await self._begin_again()

    async def _begin_again(self) -> None:
        known = self._flow.known()
        while True:
            try:
                await self.recover(known)
                break
            except (StorageUnavailable, Discontinued) as error:
                log.error("board.cannot_begin_again", reason=str(error) or "Another history has begun meanwhile.")
            except Exception:
                log.exception("board.cannot_begin_again")
            await asyncio.sleep(AGAIN_AFTER)
        for connection in list(self._sockets.connections):
            connection.link.cut("another history")  # they come back, and are told to reset

    async def _past(self, known: Past) -> Past:
        return await self._storage.past(datetime.now(UTC), known)
