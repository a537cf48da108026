"""Another secret for every webhook, without losing a delivery: both are valid until all of them sign with the new one.

The server is to know both before the first webhook signs with the new one. Whether it does is tried at the first: if
its ping is refused, it gets the old secret back, and nothing else is touched.
https://docs.github.com/en/webhooks/using-webhooks/editing-webhooks
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from typing import TYPE_CHECKING

from omnilens.github.rest import Clock, GitHubError, HookDelivery, HookSettings, RateLimited, Unauthorized
from omnilens.sync.hook_plan import EVENTS
from omnilens.sync.hooks import Done, Ours, recent

if TYPE_CHECKING:
    from omnilens.github.rest.client import GitHub

LOOKS = 15
"""Times that the answer to a ping is looked for, a second apart: GitHub gives up on a delivery after ten."""
REFUSED = "refused: the server does not know the new secret. It signs with the old one as before."


async def rotate(
    github: GitHub, found: Sequence[Ours], url: str, secrets: tuple[str, str], clock: Clock
) -> AsyncGenerator[Done]:
    """Write the first of the secrets into every webhook, ping it, and tell what became of it. Stops at a refusal.

    Raises:
        Unauthorized, RateLimited: GitHub takes no more calls. What was told was done, the rest was not.
    """
    for which in found:
        try:
            done = await _rotate(github, which, url, secrets, clock)
        except (Unauthorized, RateLimited):
            raise
        except GitHubError as error:
            done = Done(which.target.where, which.hook.id, error.message, False)
        yield done
        if done.what == REFUSED:
            return


async def _rotate(github: GitHub, which: Ours, url: str, secrets: tuple[str, str], clock: Clock) -> Done:
    place, hook, where = which.place, which.hook, which.target.where
    new, old = (HookSettings(url=url, secret=each, events=EVENTS, active=hook.active) for each in secrets)
    if not hook.active:
        await github.hooks.update(place, hook.id, new)
        return Done(where, hook.id, "written; it is paused, so it was not tried")
    before = {delivery.id for delivery in await recent(github, place, hook.id)}
    await github.hooks.update(place, hook.id, new)
    await github.hooks.ping(place, hook.id)
    ping = await _answered(github, which, before, clock)
    if ping is not None and ping.status_code == 401:
        await github.hooks.update(place, hook.id, old)
        return Done(where, hook.id, REFUSED, False)
    if ping is None or not ping.succeeded:
        why = "was not answered yet" if ping is None else f"failed: {ping.status}"
        return Done(where, hook.id, f"written, but its ping {why}", False)
    return Done(where, hook.id, "written, and its ping was answered")


async def _answered(github: GitHub, which: Ours, before: set[int], clock: Clock) -> HookDelivery | None:
    """The ping that was not there before, once GitHub says what came of it."""
    for _ in range(LOOKS):
        await clock.sleep(1)
        for delivery in await recent(github, which.place, which.hook.id):
            if delivery.event == "ping" and delivery.id not in before and delivery.status_code:
                return delivery
    return None
