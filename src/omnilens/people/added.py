"""What users have added to the board: a table that all servers share, and how each of them keeps up with it.

A server looks every couple of seconds, and before it says of a delivery that its repository is not on the board: what
was added at another server a moment ago is found then. A look reads one number, and more only if that has changed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from functools import partial
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection, insert, select, update

from omnilens.database import Database
from omnilens.database.list_schema import added_repositories, list_changes, list_state
from omnilens.database.privacy_schema import forget_requests
from omnilens.looking import keep_looking
from omnilens.model import Repository
from omnilens.operations import logs
from omnilens.people.person import Person
from omnilens.pipeline.mapping import RepositoryMap

log = logs.get(__name__)

LOOK_EVERY = 2.0
"""Seconds between two looks that nobody asks for."""

_DECODE = msgspec.json.Decoder(Repository).decode


class _Seen(NamedTuple):
    """What was there at one time."""

    version: int
    added: list[Repository]
    former: list[Repository]
    """Those that nobody has on a list any more."""
    users: frozenset[int]
    """Whose lists have changed since the look before."""
    forgotten: list[Person]
    """Those who are being forgotten at this moment."""


class Added:
    """The part of the board that is not in the settings."""

    def __init__(self, database: Database, repositories: RepositoryMap) -> None:
        self._database = database
        self._repositories = repositories
        self._version = -1
        self._looks = self._done = 0
        self._one_at_a_time = asyncio.Lock()
        self._on_arrival: list[Callable[[Sequence[Repository]], Awaitable[None]]] = []
        self._on_forget: list[Callable[[Person], None]] = []
        self._on_change: list[Callable[[Collection[int]], None]] = []

    @property
    def version(self) -> int:
        """The number of changes that were seen."""
        return self._version

    def on_arrival(self, tell: Callable[[Sequence[Repository]], Awaitable[None]]) -> None:
        """Call `tell` with repositories that are about to come onto the board, wherever they were added."""
        self._on_arrival.append(tell)

    def on_change(self, tell: Callable[[Collection[int]], None]) -> None:
        """Call `tell` with the users whose lists have changed, wherever they changed them."""
        self._on_change.append(tell)

    def on_forget(self, tell: Callable[[Person], None]) -> None:
        """Call `tell` with somebody of whom nothing may stay in memory, wherever they asked for it; perhaps twice."""
        self._on_forget.append(tell)

    async def begin(self) -> None:
        """Put on the board what users have added, before anything else is learnt.

        Raises:
            StorageUnavailable: it cannot be read.
        """
        seen = await self._database.read(partial(_look, -1))
        if seen:
            self._repositories.begin(seen.added, seen.former)
            self._version = seen.version

    async def look(self) -> None:
        """Find what was added or taken off up to now. Whoever asks meanwhile is served by one more look together.

        Raises:
            StorageUnavailable: it cannot be read.
        """
        asked = self._looks
        async with self._one_at_a_time:
            if self._done > asked:
                return  # one has begun since we asked, and is over
            self._looks += 1
            seen = await self._database.read(partial(_look, self._version))
            self._done = self._looks
            if seen:
                here = {repository.slug for repository in self._repositories.added()}
                if newcomers := [each for each in seen.added if each.slug not in here]:
                    for arriving in self._on_arrival:
                        await arriving(newcomers)
                self._version = seen.version
                self._apply(seen)

    async def keep_looking(self, sleep: Callable[[float], Awaitable[object]]) -> None:
        """Look again and again. Only cancelling it ends it."""
        await keep_looking("lists", self._database, self.look, LOOK_EVERY, sleep)

    def _apply(self, seen: _Seen) -> None:
        before = {repository.slug for repository in self._repositories.added()}
        now = {repository.slug: repository for repository in seen.added}
        for slug in before - now.keys():
            self._repositories.leave(slug)
        for repository in seen.former:
            self._repositories.keep_slug(repository)
        for slug in now.keys() - before:
            self._repositories.add(now[slug])
            log.info("repository.added", repo=slug, repository=now[slug].full_name)
        for person in seen.forgotten:
            for forget in self._on_forget:
                forget(person)
        if seen.users:
            for changed in self._on_change:
                changed(seen.users)


def raised(connection: Connection) -> int:
    """Raise the number of changes, and hold it until the transaction ends, so that they come into sight in order."""
    if not connection.execute(update(list_state).values(version=list_state.c.version + 1)).rowcount:
        connection.execute(insert(list_state).values(id=1, version=1))
    version: int = connection.execute(select(list_state.c.version)).scalar_one()
    return version


def _look(version: int, connection: Connection) -> _Seen | None:
    """What is different since `version`; nothing if nothing is."""
    present = connection.execute(select(list_state.c.version)).scalar_one_or_none() or 0
    if present == version:
        return None
    rows = connection.execute(select(added_repositories.c.repository, added_repositories.c.left_at)).all()
    changed = select(list_changes.c.user_id).where(list_changes.c.version > version)
    return _Seen(
        present,
        [_DECODE(bytes(row.repository)) for row in rows if row.left_at is None],
        [_DECODE(bytes(row.repository)) for row in rows if row.left_at is not None],
        frozenset(connection.execute(changed).scalars()),
        [Person(*row) for row in connection.execute(select(forget_requests.c.user_id, forget_requests.c.login))],
    )
