"""Delivery: an update is encoded once, framed once, and the same bytes go to everyone who watches its repository."""

from __future__ import annotations

from msgspec import Struct

from omnilens.model import HistoryProgress, Update, to_json
from omnilens.socketio import Server, raw_event_frame

ROOM_OF_REPOSITORY = "repo:"
"""What the name of a repository's room begins with, so that nothing a client says names a room by itself."""


def room_of(slug: str) -> str:
    """The room of a repository."""
    return ROOM_OF_REPOSITORY + slug.lower()


class Fanout:
    """The one way out to browsers."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def deliver(self, update: Update) -> int:
        """Send an update to all who subscribed to its repository. Returns how many they are."""
        room = room_of(update.repoSlug)
        if not self._server.room_size(room):
            return 0  # at night, most repositories are watched by nobody
        return self._server.send(room, raw_event_frame(update.event, to_json(update)))

    def tell(self, progress: HistoryProgress) -> None:
        """Send how far a day of the past is to all who subscribed to its repository. Nobody is told of it later."""
        room = room_of(progress.repoSlug)
        if self._server.room_size(room):
            self._server.send(room, raw_event_frame(progress.event, to_json(progress)))

    def anybody(self) -> bool:
        """Whether anybody is connected."""
        return bool(self._server.connections)

    def announce(self, status: Struct) -> None:
        """Tell everybody how GitHub is. Who comes later asks by REST."""
        frame = raw_event_frame("github-status", to_json(status))
        for connection in list(self._server.connections):
            connection.send(frame)

    async def ready(self) -> None:
        """Wait while clients have much to be given already; what waits in the journal costs nothing more."""
        await self._server.outbox.caught_up()
