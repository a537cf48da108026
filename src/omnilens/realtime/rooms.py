"""Who listens to which repository: ``subscribe-repo`` and ``unsubscribe-repo``."""

from __future__ import annotations

from collections.abc import Awaitable
from functools import cache
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from omnilens.errors import InvalidParameter, OmniLensError, RepositoryNotFound, RequestError
from omnilens.model import Repository
from omnilens.operations.metrics import Metrics
from omnilens.operations.refusals import Refusals
from omnilens.people.access import Access
from omnilens.pipeline.mapping import RepositoryMap
from omnilens.pipeline.store import Store
from omnilens.realtime.fanout import room_of
from omnilens.realtime.replay import Replay
from omnilens.realtime.switch import RealtimeDisabled, Switch
from omnilens.socketio import Connection, RawJSON, Server

MAX_SUBSCRIPTIONS = 128
"""Repositories one connection may watch."""


NOT_HERE = "This repository is not on the board."
"""Said of those that are not there, and of those that the viewer may not see."""

Answer = dict[str, Any] | RawJSON


class TooManySubscriptions(RequestError):
    code = "too-many-subscriptions"


class Subscription(Struct, frozen=True, forbid_unknown_fields=True):
    """What a client asks for: a repository, and where it stands if it has seen some of it."""

    slug: Annotated[str, Meta(max_length=200)]
    since: Annotated[int, Meta(ge=0)] | None = None
    """The ``seq`` of the last update it has, or of its snapshot."""
    epoch: Annotated[str, Meta(max_length=200)] | None = None


class Rooms:
    """Answers subscriptions. Each is acknowledged, may be repeated, and is gone with its connection."""

    def __init__(
        self,
        server: Server,
        repositories: RepositoryMap,
        access: Access,
        store: Store,
        metrics: Metrics,
        refusals: Refusals,
        switch: Switch,
    ) -> None:
        self._server = server
        self._repositories = repositories
        self._access = access
        self._store = store
        self._replay = Replay(store)
        self._counter = cache(metrics.subscriptions.labels)  # which looks a counter up again each time
        self._refusals = refusals
        self._switch = switch
        server.on("subscribe-repo", self.subscribe)
        server.on("unsubscribe-repo", self.unsubscribe)

    def subscribe(self, connection: Connection, *args: Any) -> Answer | Awaitable[Answer]:
        """Send a repository's updates to `connection` from now on, and acknowledge with those it missed.

        It takes a while only where it has to be found out first whether this viewer may see the repository.
        """
        try:
            wanted = _parse(args)
            repository = self._find(wanted.slug)
            allowed = self._access.known(connection.data, repository)
            if allowed is None:
                return self._ask_and_enter(connection, repository, wanted)
            return self._enter(connection, repository, wanted, allowed)
        except OmniLensError as error:
            return self._refuse(connection, error)

    async def _ask_and_enter(self, connection: Connection, repository: Repository, wanted: Subscription) -> Answer:
        try:
            allowed = await self._access.may_read(connection.data, repository)
            return self._enter(connection, repository, wanted, allowed)
        except OmniLensError as error:
            return self._refuse(connection, error)

    def _enter(self, connection: Connection, repository: Repository, wanted: Subscription, allowed: bool) -> Answer:
        """What is decided and what is done about it are one step: a right that is withdrawn comes before or after."""
        if not allowed:
            raise RepositoryNotFound(NOT_HERE)
        room = room_of(repository.slug)
        if room not in connection.rooms and len(connection.rooms) >= MAX_SUBSCRIPTIONS:
            raise TooManySubscriptions(f"One connection can watch {MAX_SUBSCRIPTIONS} repositories.")
        self._switch.pass_or_refuse(connection, repository.slug)
        # Join first, then look what was missed: an update in between comes twice rather than never.
        self._server.enter(connection, room)
        return self._acknowledge(repository, wanted)

    def _refuse(self, connection: Connection, error: OmniLensError) -> Answer:
        self._counter(error.code).inc()
        self._refusals.note("subscription.refused", error.code, client=connection.client)
        return _refusal(error)

    def unsubscribe(self, connection: Connection, *args: Any) -> dict[str, Any]:
        """Send no more updates of a repository."""
        try:
            repository = self._find(_parse(args).slug)
        except OmniLensError as error:
            return _refusal(error)
        self._server.leave(connection, room_of(repository.slug))
        self._switch.leave(connection, repository.slug)
        return {"ok": True, "slug": repository.slug}

    def _acknowledge(self, repository: Repository, wanted: Subscription) -> RawJSON:
        slug = repository.slug
        if wanted.since is None:
            result, missed = "fresh", b"[]"
        else:
            found = self._replay.since(slug, wanted.since) if wanted.epoch == self._store.epoch else None
            result, missed = ("reset", b"") if found is None else ("resumed", found)
        self._counter(result).inc()
        position = {"seq": self._store.seq(slug), "epoch": self._store.epoch}
        answer = msgspec.json.encode({"ok": True, "slug": slug, **position})
        return RawJSON(answer[:-1] + (b',"reset":true}' if result == "reset" else b',"updates":%b}' % missed))

    def _find(self, slug: str) -> Repository:
        if (repository := self._repositories.find(slug)) is None:
            raise RepositoryNotFound(NOT_HERE)
        return repository


def _parse(args: tuple[Any, ...]) -> Subscription:
    wanted = args[0] if args else None
    try:
        return msgspec.convert({"slug": wanted} if isinstance(wanted, str) else wanted, Subscription)
    except msgspec.ValidationError as error:
        raise InvalidParameter("Send a slug, or {slug, since, epoch}.") from error


def _refusal(error: OmniLensError) -> dict[str, Any]:
    said = {"ok": False, "error": error.message, "code": error.code}
    return said | {"pollEvery": error.poll_every} if isinstance(error, RealtimeDisabled) else said
