"""After an outage: what our webhooks lost is sent again, as far as the list of runs has not told it already."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from omnilens.github.rest import Forbidden, GitHubError, NotFound
from omnilens.operations import logs
from omnilens.sync.hook_plan import Target
from omnilens.sync.hooks import look, ours
from omnilens.sync.redelivery import Remembered, redeliver

if TYPE_CHECKING:
    from omnilens.github.rest.client import GitHub

log = logs.get(__name__)

WANTED = ("workflow_job",)
"""Runs are in GitHub's list as they are now, a hundred for a call; their jobs and steps would cost a call for each."""


class Recovery:
    """Goes through the delivery logs of our webhooks."""

    def __init__(
        self,
        github: GitHub,
        targets: Callable[[], Sequence[Target]],
        url: str,
        accepted: timedelta | None,
        now: Callable[[], datetime],
    ) -> None:
        """`url` is where our webhooks lead to; `accepted` is how old an event may be to be taken, nothing if any."""
        self._github = github
        self._targets = targets
        self._url = url
        self._accepted = accepted
        self._now = now
        self._remembered = Remembered()

    async def recover(self) -> int:
        """Have sent again what was lost. Returns how many events that are. What goes wrong is in the log."""
        return sum([await self._recover(target) for target in self._targets()])

    async def _recover(self, target: Target) -> int:
        asked = 0
        try:
            for each in ours(await look(self._github, [target]), self._url):
                done = await redeliver(
                    self._github,
                    each.place,
                    each.hook.id,
                    accepted=self._accepted,
                    remembered=self._remembered,
                    now=self._now,
                    wanted=WANTED,
                )
                asked += done.asked
        except (NotFound, Forbidden) as error:  # most tokens may see no webhooks, and need not
            log.debug("recovery.not_allowed", where=target.where, reason=error.message)
        except GitHubError as error:
            log.warning("recovery.failed", where=target.where, reason=error.message)
        return asked
