"""The doctor: looks at everything that live updates depend on, and says what is wrong and what to do about it.

What it says is decided in ``findings.py`` and ``hook_findings.py``; here is only what it looks at. It changes nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from omnilens.github.rest import Access, Forbidden, GitHubError, HookDelivery, NotFound, Place
from omnilens.settings import RepositoryPattern, Settings
from omnilens.sync.findings import (
    Examination,
    Finding,
    of_access,
    of_clock,
    of_configuration,
    of_error,
    of_limits,
    of_nobody,
    of_storage,
)
from omnilens.sync.hook_findings import of_log, of_repository, of_steps
from omnilens.sync.hook_plan import Step, Target, plan, targets
from omnilens.sync.hooks import look
from omnilens.sync.public_url import unreachable, unwise
from omnilens.sync.storage_look import look_at_storage

if TYPE_CHECKING:
    from omnilens.github.rest.client import GitHub


class Doctor:
    """Examines the server and its repositories."""

    def __init__(
        self,
        github: GitHub | None,
        settings: Settings,
        *,
        now: Callable[[], datetime],
        clock_ahead: Callable[[], float | None],
        journal_failing: Callable[[], bool] = lambda: False,
        within: float = 60.0,
        deliveries: int = 10_000,
        thorough: bool = True,
    ) -> None:
        """`github` is nothing where there is nothing to ask it with.

        `within` is for how many seconds GitHub is asked about one thing, `deliveries` how many of a log are read.

        When `thorough`, it is also tried whether runs may be read, whose answer is large.
        """
        self._github = None if github is None or github.anonymous else github
        self._settings = settings
        self._now = now
        self._clock_ahead = clock_ahead
        self._journal_failing = journal_failing
        self._within = within
        self._deliveries = deliveries
        self._thorough = thorough

    async def server(self) -> Examination:
        """What concerns every repository. Asked after them, it also knows their limits."""
        settings = self._settings
        secrets = [secret.get_secret_value() for secret in settings.webhook_secrets]
        reach = settings.origin, settings.api_url
        url, anonymous = settings.webhook_url, self._github is None
        found = of_configuration(secrets, unreachable(*reach), unwise(*reach), url, anonymous)
        found += await self._access()
        # An app is asked about itself, and nobody about GitHub, at limits of their own that nothing else depends on.
        views = self._github.budgets() if self._github else []
        found += of_limits(view for view in views if view.account not in {"anonymous", "app"})
        found += of_clock(self._clock_ahead())
        found += of_storage(await look_at_storage(settings, self._journal_failing()))
        return Examination(at=self._now(), findings=tuple(found))

    async def repository(self, name: str, last_received: datetime | None = None) -> Examination:
        """What concerns one repository ``owner/name``; `last_received` is when something of it last arrived here."""
        return await self._examination(lambda github: self._repository(github, name, last_received))

    async def organisation(self, owner: str) -> Examination:
        """What concerns the webhook of a whole organisation."""
        return await self._examination(lambda github: self._organisation(github, owner))

    async def _examination(self, look: Callable[[GitHub], Awaitable[list[Finding]]]) -> Examination:
        found: list[Finding] = []
        if self._github is not None:  # nobody is told about webhooks
            try:
                async with asyncio.timeout(self._within):
                    found = await look(self._github)
            except GitHubError as error:
                found = [of_error(error)]
            except TimeoutError:
                found = [_too_slow(self._within)]
        return Examination(at=self._now(), findings=tuple(found))

    async def _access(self) -> list[Finding]:
        if self._github is None:
            return [of_nobody()]
        try:
            async with asyncio.timeout(self._within):
                access: Access = await self._github.about.access()
        except GitHubError as error:
            return [of_error(error)]
        except TimeoutError:
            return [_too_slow(self._within)]
        organisations = any(pattern.name == "*" and pattern.owner != "*" for pattern in self._settings.repositories)
        return of_access(access, self._now(), organisations)

    async def _repository(self, github: GitHub, name: str, last_received: datetime | None) -> list[Finding]:
        repository = await github.about.repository(name)
        found = of_repository(name, repository)
        found += await self._webhook(github, self._targets(name), repository.id, last_received)
        if self._thorough:
            found += await _runs(github, name)
        return found

    async def _organisation(self, github: GitHub, owner: str) -> list[Finding]:
        return await self._webhook(github, targets([RepositoryPattern(owner, "*")]), None, None)

    async def _webhook(
        self, github: GitHub, where: Sequence[Target], repository_id: int | None, last_received: datetime | None
    ) -> list[Finding]:
        seen = await look(github, where)
        steps = plan(seen, self._settings.webhook_url)
        found = of_steps(steps, seen, last_received)
        reporting = reporter(steps)
        if reporting is not None and reporting.target.place is not None and reporting.hook_id is not None:
            found += await self._log(github, reporting.target.place, reporting.hook_id, repository_id)
        return found

    def _targets(self, name: str) -> list[Target]:
        """Where to look for the webhook of one repository: its own, and its organisation's."""
        owner, _, repository = name.partition("/")
        whole = [
            pattern
            for pattern in self._settings.repositories
            if pattern.name == "*" and pattern.owner.lower() == owner.lower()
        ]
        return targets([*whole, RepositoryPattern(owner, repository)])

    async def _log(self, github: GitHub, place: Place, hook_id: int, repository_id: int | None) -> list[Finding]:
        log: list[HookDelivery] = []
        async for delivery in github.hooks.deliveries(place, hook_id):
            log.append(delivery)
            if len(log) == self._deliveries:
                break
        complete = len(log) < self._deliveries
        if place.name is None and repository_id is not None:
            log = about(log, repository_id)
        return of_log(log, self._now(), complete)


async def _runs(github: GitHub, name: str) -> list[Finding]:
    try:
        async for _ in github.runs.newest(name):
            break
    except (NotFound, Forbidden) as error:
        return [of_error(error)]
    return [Finding(about="access", level="ok", what="Runs may be read.")]


def reporter(steps: Sequence[Step]) -> Step | None:
    """The webhook that reports a repository: its own before its organisation's, and none that is to be removed."""
    there = [step for step in steps if step.hook_id is not None and step.action in {"keep", "repair"}]
    return there[-1] if there else None


def about(log: Iterable[HookDelivery], repository_id: int) -> list[HookDelivery]:
    """The part of an organisation's log that is about one repository, or about none, as pings are."""
    return [each for each in log if each.repository_id in {None, repository_id}]


def _too_slow(within: float) -> Finding:
    return Finding(
        about="access", level="warning", what=f"GitHub did not answer within {within:g} s.", do="Look again."
    )
