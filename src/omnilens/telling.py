"""Everything by which people are told: notices are made of the journal, kept, sent to pages, and pushed to browsers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from importlib.util import find_spec
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from omnilens.errors import StorageUnavailable
from omnilens.operations.metrics import Metrics
from omnilens.people.notices.book import Book
from omnilens.people.notices.inbox import Inbox
from omnilens.people.notices.keeper import Board, Keeper
from omnilens.people.people import People
from omnilens.pipeline.mapping import RepositoryMap
from omnilens.pipeline.storage import Storage
from omnilens.pipeline.store import Store
from omnilens.realtime.claims import Claims
from omnilens.realtime.notices import Notices
from omnilens.settings import Settings, is_loopback
from omnilens.socketio import Server

if TYPE_CHECKING:
    from omnilens.people.notices.push import Pusher


class Telling:
    """The parts, connected."""

    def __init__(
        self,
        settings: Settings,
        storage: Storage,
        board: Board,
        people: People,
        sockets: Server,
        repositories: RepositoryMap,
        store: Store,
        metrics: Metrics,
        now: Callable[[], datetime],
    ) -> None:
        self.inbox = Inbox(storage.people, now)
        self.notices = Notices(sockets, self.inbox, people.access, repositories, metrics, now)
        self.claims = Claims(sockets, storage.people, repositories, store, people.access, now)
        self.book = Book(storage.people)
        followers = people.lists.followers
        self.keeper = Keeper(
            storage.journal, board, self.book, followers, settings.event_retention, now, metrics, self.notices.wake
        )
        self._letting_go = asyncio.Event()
        self.push: Pusher | None = None
        if find_spec("pywebpush") is not None:
            self.push = _pusher(settings, storage, people, repositories, metrics, now)

    async def open(self) -> None:
        """Get ready, once the database is.

        Raises:
            StorageUnavailable: it cannot be had.
        """
        await self.notices.open()
        await self.keeper.open()
        if self.push:
            self.push.open()

    def let_go(self) -> None:
        """Have nothing of what was learnt in memory, since somebody is being forgotten."""
        self._letting_go.set()

    async def run(self) -> None:
        """Tell people what the keeper makes, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.notices.run(), name="send notices")
            tasks.create_task(self.claims.run(), name="tell who is on it")
            tasks.create_task(self._let_go(), name="let go of whoever is forgotten")
            if self.push:
                tasks.create_task(self.push.run(), name="push notices")

    async def _let_go(self) -> None:
        while True:
            await self._letting_go.wait()
            self._letting_go.clear()
            with suppress(StorageUnavailable):  # then it stays, until what was learnt is written
                await self.keeper.let_go()


def _pusher(
    settings: Settings,
    storage: Storage,
    people: People,
    repositories: RepositoryMap,
    metrics: Metrics,
    now: Callable[[], datetime],
) -> Pusher:
    # Only here: whoever has not installed the extra pays nothing for it.
    from omnilens.people.notices.envelope import Sender
    from omnilens.people.notices.post import Post
    from omnilens.people.notices.push import Pusher
    from omnilens.people.notices.subscriptions import Subscriptions

    return Pusher(
        lambda: Sender(people.secret(), settings.origin),
        Subscriptions(storage.people, now),
        people.users,
        people.access,
        repositories,
        metrics,
        now,
        Post(loopback=is_loopback(urlsplit(settings.origin).hostname or "")),
    )
