"""Switching live updates on and off while people are connected: who has them not any more is told, and asks instead.

Whoever has no live updates of a repository waits in a room of its own, and is told there when they are back.
"""

from __future__ import annotations

import asyncio

from omnilens.errors import RequestError
from omnilens.flags import Decision, Flags
from omnilens.operations import logs
from omnilens.operations.metrics import Metrics
from omnilens.pipeline.mapping import RepositoryMap
from omnilens.realtime.admission import user_of
from omnilens.realtime.fanout import ROOM_OF_REPOSITORY, room_of
from omnilens.socketio import Connection, Server

log = logs.get(__name__)

DISABLED = "realtime-disabled"
ENABLED = "realtime-enabled"
POLL_EVERY = 10
"""Seconds between two questions of a page without live updates, as of the dashboards that only ever asked."""
ROOM_OF_WAITING = "waiting:"
"""What the name of the room begins with of those who wait for a repository's live updates."""
AT_ONCE = 200
"""Connections that are looked at in one turn of the event loop: one or two milliseconds."""


class RealtimeDisabled(RequestError):
    """This viewer has no live updates of the repository now."""

    code = DISABLED

    @property
    def poll_every(self) -> int:
        """Seconds after which to ask instead."""
        return POLL_EVERY


class Switch:
    """Applies what the flag says to everybody who watches something."""

    def __init__(self, server: Server, repositories: RepositoryMap, flags: Flags, metrics: Metrics) -> None:
        self._server = server
        self._repositories = repositories
        self._flags = flags
        self._metrics = metrics
        flags.on_change(self.apply)

    def pass_or_refuse(self, connection: Connection, slug: str) -> None:
        """Let a connection subscribe, or have it wait.

        Raises:
            RealtimeDisabled: it has to wait.
        """
        decision = self._flags.decide(slug, user_of(connection))
        if decision.on:
            self._server.leave(connection, _waiting(slug))
            return
        self._put_off(connection, slug)
        raise RealtimeDisabled(_reason(decision))

    def leave(self, connection: Connection, slug: str) -> None:
        """Wait for it no more."""
        self._server.leave(connection, _waiting(slug))

    async def apply(self) -> None:
        """Look at everybody, since something was decided."""
        switched = {"on": 0, "off": 0}
        for number, connection in enumerate(tuple(self._server.connections), 1):
            for room in connection.room_names:
                if room.startswith(ROOM_OF_REPOSITORY):
                    switched["off"] += self._switch_off(connection, room.removeprefix(ROOM_OF_REPOSITORY))
                elif room.startswith(ROOM_OF_WAITING):
                    switched["on"] += self._switch_on(connection, room.removeprefix(ROOM_OF_WAITING))
            if number % AT_ONCE == 0:
                await asyncio.sleep(0)
        for to, count in switched.items():
            self._metrics.switched.labels(to).inc(count)
        log.info("realtime.switched", **switched)

    def _switch_off(self, connection: Connection, slug: str) -> bool:
        decision = self._flags.decide(slug, user_of(connection))
        if not decision.on:
            self._put_off(connection, slug)
            said = {"slug": self._name(slug), "reason": _reason(decision), "pollEvery": POLL_EVERY}
            connection.emit(DISABLED, said)
        return not decision.on

    def _switch_on(self, connection: Connection, slug: str) -> bool:
        decision = self._flags.decide(slug, user_of(connection))
        if decision.on:
            self._server.leave(connection, _waiting(slug))
            connection.emit(ENABLED, {"slug": self._name(slug)})
        return decision.on

    def _put_off(self, connection: Connection, slug: str) -> None:
        self._server.enter(connection, _waiting(slug))
        self._server.leave(connection, room_of(slug))

    def _name(self, slug: str) -> str:
        repository = self._repositories.find(slug)
        return repository.slug if repository else slug


def _waiting(slug: str) -> str:
    return ROOM_OF_WAITING + slug.lower()


def _reason(decision: Decision) -> str:
    """Why, in a sentence for whoever looks."""
    who = "An operator has switched live updates off"
    if decision.by == "rollback":
        who = "Live updates were switched off by themselves"
    where = " for this repository" if decision.source == "repository" else ""
    for_whom = "" if decision.share is None or str(decision.share) == "off" else f" for all but {decision.share}"
    why = f": {decision.why.rstrip('.')}" if decision.why else ""
    return f"{who}{where}{for_whom}{why}."
