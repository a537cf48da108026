"""Looking after the webhooks of everything that is on the board: seeing, making, mending, pausing, removing them.

What should be done is decided in ``hook_plan.py``; here it is asked for and done, one call after another.
https://docs.github.com/en/webhooks/using-webhooks/creating-webhooks
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable, Sequence
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from omnilens.github.rest import (
    Forbidden,
    GitHubError,
    Hook,
    HookDelivery,
    HookSettings,
    NotFound,
    Place,
    RateLimited,
    Rejected,
    Unauthorized,
)
from omnilens.sync.hook_plan import EVENTS, Seen, Step, Target, is_ours

if TYPE_CHECKING:
    from omnilens.github.rest.client import GitHub


class Ours(Struct, frozen=True):
    """A webhook of ours, and where it is."""

    target: Target
    place: Place
    hook: Hook


class Done(Struct, frozen=True):
    """What became of one step."""

    where: str
    hook_id: int | None
    what: str
    """In the past tense: ``repaired``, ``paused``; or why it was not done."""
    well: bool = True


async def look(github: GitHub, targets: Iterable[Target]) -> list[Seen]:
    """The webhooks of each target. What may not be seen there is part of the answer.

    Raises:
        GitHubError: GitHub cannot be asked at all; asking for the next target would end in the same way.
    """
    return [await _look(github, target) for target in targets]


async def _look(github: GitHub, target: Target) -> Seen:
    if target.place is None:
        return Seen(target)
    try:
        return Seen(target, tuple(await github.hooks.all(target.place)))
    except (NotFound, Forbidden) as error:
        hint = ""
        if target.place.name is None:
            hint = " Only organisations have webhooks for all their repositories, people do not."
        return Seen(target, None, error.message + hint, error.missing)
    except Rejected as error:
        return Seen(target, None, error.message)


def ours(seen: Iterable[Seen], url: str) -> list[Ours]:
    """The webhooks that lead to our address."""
    return [
        Ours(each.target, each.target.place, hook)
        for each in seen
        if each.target.place is not None
        for hook in each.hooks or ()
        if is_ours(hook, url)
    ]


async def apply(github: GitHub, steps: Sequence[Step], url: str, secret: str) -> AsyncGenerator[Done]:
    """Take those steps that change something, in their order, and tell what became of each.

    A repository's webhook is not removed where that of its organisation, which is to replace it, could not be made.

    Raises:
        Unauthorized, RateLimited: GitHub takes no more calls. What was told was done, the rest was not.
    """
    settings = HookSettings(url=url, secret=secret, events=EVENTS)
    failed: set[str] = set()
    for step in steps:
        place = step.target.place
        if not step.changes or place is None:
            continue
        if step.action == "remove" and place.name is not None and place.owner.lower() in failed:
            yield Done(step.target.where, step.hook_id, f"left, since that of {place.owner} is not there", False)
            continue
        try:
            yield await _take(github, step, place, settings)
        except (Unauthorized, RateLimited):
            raise
        except GitHubError as error:
            if place.name is None:
                failed.add(place.owner.lower())
            yield Done(step.target.where, step.hook_id, error.message, False)


async def _take(github: GitHub, step: Step, place: Place, settings: HookSettings) -> Done:
    where = step.target.where
    if step.hook_id is None:
        return Done(where, (await github.hooks.create(place, settings)).id, "made")
    if step.action == "repair":
        await github.hooks.update(place, step.hook_id, settings)
        await github.hooks.ping(place, step.hook_id)  # so that its log says whether it works now, as of a new one
        return Done(where, step.hook_id, f"repaired ({', '.join(each.what for each in step.differences)})")
    return await remove(github, step.target, place, step.hook_id)


async def activate(github: GitHub, which: Ours, active: bool) -> Done:
    """Pause a webhook, or let it send again. While it is paused GitHub keeps nothing for it.

    Raises:
        GitHubError: it was not done.
    """
    if which.hook.active == active:
        return Done(which.target.where, which.hook.id, "was active" if active else "was paused")
    await github.hooks.activate(which.place, which.hook.id, active)
    return Done(which.target.where, which.hook.id, "active" if active else "paused")


async def remove(github: GitHub, target: Target, place: Place, hook_id: int) -> Done:
    """Remove a webhook. One that somebody else removed meanwhile is removed as well.

    Raises:
        GitHubError: it was not done.
    """
    try:
        await github.hooks.delete(place, hook_id)
    except NotFound:  # which is also what one is told whose token may not
        if hook_id in {hook.id for hook in await github.hooks.all(place)}:
            raise
    return Done(target.where, hook_id, "removed")


Manner = Literal["pause", "resume", "remove"]


async def each(github: GitHub, found: Iterable[Ours], manner: Manner) -> AsyncGenerator[Done]:
    """Pause, resume or remove them all, and tell what became of each.

    Raises:
        Unauthorized, RateLimited: GitHub takes no more calls. What was told was done, the rest was not.
    """
    for which in found:
        try:
            if manner == "remove":
                yield await remove(github, which.target, which.place, which.hook.id)
            else:
                yield await activate(github, which, manner == "resume")
        except (Unauthorized, RateLimited):
            raise
        except GitHubError as error:
            yield Done(which.target.where, which.hook.id, error.message, False)


async def recent(github: GitHub, place: Place, hook_id: int, most: int = 100) -> list[HookDelivery]:
    """The last deliveries, newest first: as many as one call gives.

    Raises:
        GitHubError: they could not be listed.
    """
    found: list[HookDelivery] = []
    deliveries = github.hooks.deliveries(place, hook_id)
    async for delivery in deliveries:
        found.append(delivery)
        if len(found) == most:
            break
    return found
