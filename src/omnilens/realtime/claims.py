"""Claims, told to all who watch a repository, whichever server they were made at: ``claim-changed``.

The table that all servers share has never more than a few rows, so each of them reads all of it every second and tells
its own watchers what has become different. What was done here is looked at in the same way, only at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import ClassVar

from msgspec import Struct

from omnilens.database import Conflict, Database
from omnilens.errors import StorageUnavailable
from omnilens.looking import keep_looking
from omnilens.model import Run, to_json
from omnilens.people import claims
from omnilens.people.access import Access
from omnilens.people.claims import Claim, Kept, NotYours, Place
from omnilens.pipeline.mapping import RepositoryMap
from omnilens.pipeline.store import Store
from omnilens.realtime.fanout import room_of
from omnilens.socketio import Server, raw_event_frame

LOOK_EVERY = 1.0
"""Seconds after which we look for what other servers did, and which claims are over."""
ATTEMPTS = 3
"""Times that a claim is made anew because another server's came between."""


class ClaimChanged(Struct, frozen=True, kw_only=True):
    """What ``claim-changed`` carries: who looks after what fails or waits on a branch is somebody else now."""

    event: ClassVar[str] = "claim-changed"

    repoSlug: str  # noqa: N815 - as in every other event
    workflow_id: int
    branch: str | None
    claim: Claim | None
    """Nothing: nobody does any more."""


class Claims:
    """Keeps claims, and tells of them."""

    def __init__(
        self,
        server: Server,
        database: Database,
        repositories: RepositoryMap,
        store: Store,
        access: Access,
        now: Callable[[], datetime],
    ) -> None:
        self._server = server
        self._database = database
        self._repositories = repositories
        self._store = store
        self._access = access
        self._now = now
        self._standing: Mapping[Place, Claim] = {}
        self._judged: dict[Place, tuple[Claim, int]] = {}
        """Those that were not over, with the version of the board by which that was found."""
        self._looks = self._done = 0
        self._one_at_a_time = asyncio.Lock()

    async def run(self) -> None:
        """Tell those who watch, until cancelled."""
        # One that counts can be over without anybody having written.
        standing = lambda: bool(self._standing)  # noqa: E731
        await keep_looking("claims", self._database, self.look, LOOK_EVERY, asyncio.sleep, anyway=standing)

    async def of(self, slug: str) -> list[Claim]:
        """Those that count in a repository at this moment.

        Raises:
            StorageUnavailable: they cannot be looked up.
        """
        await self.look()
        return [claim for place, claim in self._standing.items() if place.slug == slug.lower()]

    async def make(self, place: Place, user: int, name: str | None, run: Run) -> Claim | None:
        """Let a user look after what needs somebody by `run`, in the place of whoever did.

        Returns the claim that counts then.

        Raises:
            StorageUnavailable: it cannot be kept.
        """
        for _ in range(ATTEMPTS):
            with suppress(Conflict):
                await self._database.write(partial(claims.put, place, user, name, run.id, self._now()))
                await self.look()
                return self._standing.get(place)
        raise StorageUnavailable("Too many want to be on it at once.")

    async def take_back(self, place: Place, user: int) -> None:
        """Let a user look after it no more.

        Raises:
            NotYours: somebody else does.
            StorageUnavailable: it cannot be kept.
        """
        nobody = await self._database.write(partial(claims.take_back, place, user))
        await self.look()
        if not nobody:
            raise NotYours("Somebody else is on it. Take it over first.")

    async def look(self) -> None:
        """Tell those who watch what became different until now. Whoever asks meanwhile is served by one more look.

        Raises:
            StorageUnavailable: it cannot be looked up.
        """
        asked = self._looks
        async with self._one_at_a_time:
            if self._done > asked:
                return  # one has begun since we asked, and is over
            self._looks += 1
            kept = await self._database.read(claims.every)
            self._done = self._looks
            over = [each for each in kept if self._is_over(each)]
            if over:
                await self._database.write(partial(claims.drop, over))
            gone = {each.place for each in over}
            self._judged = {each.place: self._judged[each.place] for each in kept if each.place in self._judged}
            self._tell({each.place: each.claim for each in kept if each.place not in gone})

    def _is_over(self, kept: Kept) -> bool:
        """It has ended, or whoever made it may not see the repository any more, as far as is known here."""
        repository = self._repositories.find(kept.place.slug)
        if repository is None:
            return False  # it may come back, and nobody can ask for it meanwhile
        if self._access.known(kept.user, repository) is False:
            return True
        # On a busy board there are thousands of runs to look at, and nearly always none is new.
        seen = (kept.claim, self._store.version(repository.slug))
        runs = [] if self._judged.get(kept.place) == seen else self._store.all_runs(repository.slug)
        over = claims.is_over(kept, runs, self._now())
        if not over:
            self._judged[kept.place] = seen
        return over

    def _tell(self, standing: Mapping[Place, Claim]) -> None:
        before, self._standing = self._standing, standing
        for place in before.keys() | standing.keys():
            claim = standing.get(place)
            if claim != before.get(place):
                self._send(place, claim)

    def _send(self, place: Place, claim: Claim | None) -> None:
        repository = self._repositories.find(place.slug)
        room = room_of(place.slug)
        if repository is None or not self._server.room_size(room):
            return
        told = ClaimChanged(repoSlug=repository.slug, workflow_id=place.workflow_id, branch=place.branch, claim=claim)
        self._server.send(room, raw_event_frame(told.event, to_json(told)))
