"""What GitHub says that a user may read, remembered for some minutes.

It is asked in the user's own name, for one repository at a time: what it shows them there, they may see here.
https://docs.github.com/en/rest/repos/repos#get-a-repository
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta

from omnilens.errors import StorageUnavailable
from omnilens.github.rest import GitHubError, Unauthorized
from omnilens.model import Repository
from omnilens.operations import logs
from omnilens.people.recent import Recent
from omnilens.people.viewer import Viewer

log = logs.get(__name__)

GRACE = 3600.0
"""Seconds for which the last answer goes on to count while GitHub cannot be asked: its outage is not to be ours."""
ASKED_AGAIN_AFTER = 30.0
"""Seconds until GitHub is asked again about what it did not answer."""

Ask = Callable[[int, Repository], Awaitable[bool]]
"""Whether GitHub shows a user (by id) a repository."""
Question = tuple[int, str]


class Rights:
    """Decides what a viewer may see, where people log in with GitHub."""

    def __init__(
        self,
        ask: Ask,
        counts_for: timedelta,
        on_refused: Callable[[int], Awaitable[None]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`on_refused` is told of a user whose token GitHub does not accept any more."""
        self._ask = ask
        self._seconds = counts_for.total_seconds()
        self._on_refused = on_refused
        self._recent: Recent[Question, bool] = Recent(self._seconds, clock, capacity=100_000)
        self._answers: Recent[Question, bool] = Recent(GRACE, clock, capacity=100_000)
        self._asking: dict[Question, asyncio.Task[bool]] = {}
        self._silence: Recent[int, str] = Recent(ASKED_AGAIN_AFTER, clock)

    def known(self, viewer: Viewer, repository: Repository) -> bool | None:
        """Whether `viewer` may see it, as far as that is known at this moment."""
        if not viewer.covers(repository.slug):
            return False
        if viewer.user is None:
            return True  # the operator's own token
        return self._recent.get(_question(viewer.user, repository))

    async def may_read(self, viewer: Viewer, repository: Repository, at_most: float = 1.0) -> bool:
        """The same, found out where it is not known. What cannot be found out is not allowed.

        An answer is taken that is no older than the share `at_most` of the time that it counts.
        """
        known = self.known(viewer, repository)
        if viewer.user is None or known is False:
            return bool(known)
        question = _question(viewer.user, repository)
        age = self._recent.age(question)
        if known is not None and age is not None and age < at_most * self._seconds:
            return known
        return await self._found_out(question, repository)

    def problem(self, user_id: int) -> str | None:
        """Why GitHub does not say at the moment what a user may see, if it does not."""
        return self._silence.get(user_id)

    def forget(self, user_id: int) -> None:
        """What is known of a user counts no more, as after another login."""
        for kept in (self._recent, self._answers):
            kept.forget(lambda question, _: question[0] == user_id)

    async def _found_out(self, question: Question, repository: Repository) -> bool:
        """Ask once, however many want to know. Whoever goes away meanwhile does not take the answer from the others."""
        task = self._asking.get(question)
        if task is None:
            task = asyncio.get_running_loop().create_task(self._look(question, repository))
            self._asking[question] = task
            task.add_done_callback(lambda _: self._asking.pop(question, None))
        return await asyncio.shield(task)

    async def _look(self, question: Question, repository: Repository) -> bool:
        user_id, _ = question
        if self._silence.get(user_id) is not None:
            return bool(self._answers.get(question))
        try:
            allowed = await self._ask(user_id, repository)
        except Unauthorized:
            await self._on_refused(user_id)
            allowed = False
        except (GitHubError, StorageUnavailable) as error:
            self._silence.put(user_id, str(error))
            log.warning("rights.unknown", user=user_id, reason=str(error))
            return bool(self._answers.get(question))
        self._recent.put(question, allowed)
        self._answers.put(question, allowed)
        return allowed


def _question(user_id: int, repository: Repository) -> Question:
    """By id where there is one: a right is about the repository, whatever it is called."""
    return user_id, str(repository.id or repository.full_name.lower())
