"""Rights and sessions end while people are connected: a watch is kept, and what they may not have any more is ended."""

from __future__ import annotations

import asyncio
from collections.abc import Collection

from omnilens.errors import StorageUnavailable
from omnilens.operations import logs
from omnilens.operations.metrics import Metrics
from omnilens.people.people import People
from omnilens.people.viewer import Viewer
from omnilens.pipeline.mapping import RepositoryMap
from omnilens.realtime.fanout import ROOM_OF_REPOSITORY
from omnilens.socketio import Server

log = logs.get(__name__)

LONGEST_ROUND = 10.0
"""Seconds between two rounds, at most."""
ASKED_ANEW_AT = 0.5
"""The share of the time that a right counts after which it is asked for anew, so that it ends within that time."""
AT_ONCE = 32
"""Questions that are asked at the same time."""
OVER = "session ended"
"""What a connection is closed with. Its client comes back by itself, and is told that nobody knows it any more."""


class Vigil:
    """Looks at everybody who is connected, again and again."""

    def __init__(
        self, server: Server, people: People, repositories: RepositoryMap, metrics: Metrics, access_cache: float
    ) -> None:
        """`access_cache` is for how many seconds a right counts."""
        self._server = server
        self._people = people
        self._repositories = repositories
        self._metrics = metrics
        self._every = min(LONGEST_ROUND, access_cache / 10)
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def run(self) -> None:
        """Keep watch. Where nobody logs in, there is nothing to watch."""
        while self._people.identity.everybody is None:
            await asyncio.sleep(self._every)
            try:
                await self.look()
            except StorageUnavailable as error:
                log.warning("vigil.blind", reason=str(error))
            except Exception:
                log.exception("vigil.failed")

    async def look(self) -> None:
        """One round: whose session or token is over goes, and who may not see a repository any more leaves its room."""
        await self._end_what_is_over()
        watched = {
            (connection.data, room)
            for connection in self._server.connections
            for room in connection.room_names
            if room.startswith(ROOM_OF_REPOSITORY)
        }
        await asyncio.gather(*(self._look_at(viewer, room) for viewer, room in watched))

    def end(self, sessions: Collection[str]) -> None:
        """Close what came with these sessions, by their keys."""
        if sessions:
            for connection in list(self._server.connections):
                if connection.data.session in sessions:
                    connection.drop(OVER)

    async def _end_what_is_over(self) -> None:
        viewers = {connection.data for connection in self._server.connections}
        if keys := {viewer.session for viewer in viewers if viewer.session is not None}:
            self.end(await self._people.sessions.over(keys))
        if ids := {viewer.token_id for viewer in viewers if viewer.is_token}:
            over = await self._people.tokens.over(ids)
            for connection in list(self._server.connections):
                if connection.data.is_token and connection.data.token_id in over:
                    connection.drop(OVER)

    async def _look_at(self, viewer: Viewer, room: str) -> None:
        slug = room.removeprefix(ROOM_OF_REPOSITORY)
        async with self._turns:
            repository = self._repositories.find(slug)
            if repository and await self._people.access.may_read(viewer, repository, at_most=ASKED_ANEW_AT):
                return
        # From here on nothing waits: whoever subscribes after this gets the same answer.
        for connection in self._server.connections:
            if connection.data == viewer and room in connection.room_names:
                self._server.leave(connection, room)
                connection.emit("access-revoked", {"slug": repository.slug if repository else slug})
                self._metrics.revoked.inc()
        log.info("access.revoked", viewer=viewer.key, repo=slug)
