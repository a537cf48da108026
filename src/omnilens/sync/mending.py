"""What the button does: the webhook of one repository is made or repaired, as ``omnilens hooks sync`` would."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from omnilens.settings import Settings
from omnilens.sync.hook_plan import Step, Target, plan
from omnilens.sync.hooks import Done, apply, look
from omnilens.sync.public_url import unreachable

if TYPE_CHECKING:
    from omnilens.github.rest.client import GitHub


class Mending:
    """Looks after the webhooks that report a repository: its own, or its organisation's."""

    def __init__(self, github: GitHub, settings: Settings, targets: Callable[[], list[Target]]) -> None:
        self._github = github
        self._settings = settings
        self._targets = targets

    async def mend(self, full_name: str) -> list[Done]:
        """Make it as it should be. Returns what was done, and what was not possible; nothing if all was well.

        Raises:
            GitHubError: GitHub could not be asked. What had been done by then stays.
        """
        settings = self._settings
        seen = await look(self._github, about(self._targets(), full_name))
        steps = plan(seen, settings.webhook_url, unreachable(settings.origin, settings.api_url))
        secret = settings.webhook_secrets[0].get_secret_value()
        done = [each async for each in apply(self._github, steps, settings.webhook_url, secret)]
        return done + [_not_possible(step) for step in steps if step.action == "impossible"]


def about(found: list[Target], full_name: str) -> list[Target]:
    """Where webhooks may be that report a repository. Without any that is named, whatever stands for everything."""
    owner = full_name.partition("/")[0].lower()
    named = [each for each in found if each.place and str(each.place).lower() in {owner, full_name.lower()}]
    return named if any(each.wanted for each in named) else [each for each in found if each.place is None]


def _not_possible(step: Step) -> Done:
    return Done(step.target.where, None, step.reason, well=False)
