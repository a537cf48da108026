"""What people may ask of us: all that is kept about them, and to be forgotten. See decision 0017."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import msgspec

from omnilens.database import Database
from omnilens.database.tables import to_ticks
from omnilens.errors import StorageUnavailable
from omnilens.operations import logs
from omnilens.people import forgetting
from omnilens.people.added import LOOK_EVERY, Added
from omnilens.people.exporting import exported
from omnilens.people.notices.forgetting import strip as strip_notices
from omnilens.people.person import Person
from omnilens.people.users import User, Users
from omnilens.pipeline.history import History
from omnilens.pipeline.journal import Journal

log = logs.get(__name__)

OTHERS_KNOW_AFTER = 1.5 * LOOK_EVERY
"""Seconds after which every other server has let go of somebody."""
LATE = timedelta(minutes=1)
"""How old a request is that was interrupted; it is finished then."""
PATIENCE = 100
"""Tenths of a second that are waited for those who make notices to have read the journal, which is pruned then."""
_FIRST = ("", -1)


class Privacy:
    """Exports and forgets people. Raises ``StorageUnavailable`` where the database cannot be asked."""

    def __init__(
        self,
        database: Database,
        users: Users,
        added: Added,
        journal: Journal,
        history: History | None,
        shown: Callable[[], Awaitable[None]],
        settled: Callable[[], Awaitable[int]],
        now: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[object]],
    ) -> None:
        """`shown` waits until the board has what the journal has; `settled` says up to where notices are made of it."""
        self._database = database
        self._users = users
        self._added = added
        self._journal = journal
        self._history = history
        self._shown = shown
        self._settled = settled
        self._now = now
        self._sleep = sleep

    async def export(self, user: User) -> bytes:
        """All that is kept about a user, as JSON for people to read."""
        said: dict[str, Any] = await self._database.read(partial(exported, user.id, _person(user).login, self._now()))
        return msgspec.json.format(msgspec.json.encode(said), indent=2)

    async def forget(self, user: User) -> None:
        """Leave nothing of a user, but that somebody was forgotten. Takes some seconds: other servers have to know."""
        person = _person(user)
        await self._database.write(partial(forgetting.request, person, to_ticks(self._now())))
        await self._added.look()
        await self._sleep(OTHERS_KNOW_AFTER)
        await self._finish(person)

    async def finish_late(self) -> None:
        """Finish what was begun and interrupted."""
        before = to_ticks(self._now() - LATE)
        for person in await self._database.read(partial(forgetting.requested, before)):
            await self._finish(person)

    async def named(self, name: str) -> list[User]:
        """The users of this login, id or ``provider:login``."""
        provider, _, login = name.rpartition(":")
        return [
            user
            for user in await self._users.all()
            if str(user.id) == name
            or (user.profile.login.lower() == login.lower() and provider in {"", user.profile.provider})
        ]

    async def _finish(self, person: Person) -> None:
        if person.login is not None:
            await self._strip(person.login)
        await self._database.write(partial(forgetting.remove, person.user_id, to_ticks(self._now())))
        await self._added.look()
        try:
            await self._database.tidy()
        except StorageUnavailable as error:
            log.warning("privacy.not_overwritten", reason=str(error), hint="what was deleted is still in free pages")
        log.info("privacy.forgotten")

    async def _strip(self, login: str) -> None:
        """Take a person out of the runs. What the journal has goes into the history first, where it can be changed."""
        await self._shown()
        through = self._journal.last_seq
        for _ in range(PATIENCE):
            if await self._settled() >= through:
                break
            await self._sleep(0.1)
        if self._history:
            await self._history.fold(self._journal, through)
        await self._journal.prune(through)
        after: tuple[str, int] | None = _FIRST
        while after is not None:
            after = await self._database.write(partial(forgetting.strip_runs, login, after))
        await self._database.write(partial(forgetting.drop_letters, login))
        await self._database.write(partial(strip_notices, login))


def _person(user: User) -> Person:
    """Logins of a proxy's users are not GitHub's, where somebody else may have the same."""
    return Person(user.id, user.profile.login if user.profile.provider == "github" else None)
