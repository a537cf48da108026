"""Having sent again what we failed to take: each event once, and only what would be taken now.

GitHub does not deliver again by itself. Whoever asks it to must ask for each event; those calls are a second apart.
https://docs.github.com/en/webhooks/using-webhooks/handling-failed-webhook-deliveries
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from msgspec import Struct

from omnilens.github.rest import Forbidden, HookDelivery, NotFound, Place, RateLimited, Rejected, Unauthorized
from omnilens.operations import logs
from omnilens.sync.delivery_log import KEPT, events, under_way
from omnilens.sync.hook_plan import EVENTS

if TYPE_CHECKING:
    from omnilens.github.rest.client import GitHub

log = logs.get(__name__)

ON_ITS_WAY = timedelta(minutes=1)
"""What would be too old in so much time is not sent again: it may take that long to arrive."""
MAX_REMEMBERED = 10_000
FINAL = frozenset({400, 413, 415})
"""Answers of ours to what a delivery is, not to how we were: it would be answered in the same way again."""


def choose(
    found: Iterable[HookDelivery],
    now: datetime,
    accepted: timedelta | None,
    done: Collection[str] = (),
    wanted: Collection[str] = EVENTS,
) -> list[HookDelivery]:
    """Which deliveries of a webhook's log to have sent again: the last attempt at each event, oldest first.

    `accepted` is how old an event may be to be taken, nothing if it may be of any age; `done` has the GUIDs that were
    asked for already; `wanted` are the kinds of events. An event that was sent again before, by whomever, is not
    chosen: if that failed, so would this.
    """
    oldest = now - (KEPT if accepted is None else min(accepted, KEPT)) + ON_ITS_WAY
    return [
        event.attempts[-1]
        for event in events(found)
        if event.name in wanted
        and event.failed
        and not event.throttled
        and not event.redelivered
        and event.guid not in done
        and event.at >= oldest
        and not any(attempt.status_code in FINAL for attempt in event.attempts if not under_way(attempt))
    ]


class Remembered:
    """The GUIDs that were asked for, those of the last ten thousand events."""

    def __init__(self) -> None:
        self._guids: OrderedDict[str, None] = OrderedDict()

    @property
    def guids(self) -> Collection[str]:
        return self._guids.keys()

    def add(self, guid: str) -> None:
        self._guids[guid] = None
        if len(self._guids) > MAX_REMEMBERED:
            self._guids.popitem(last=False)

    def forget(self, guid: str) -> None:
        self._guids.pop(guid, None)


class Redelivered(Struct, frozen=True):
    """What came of it."""

    asked: int
    """Events that GitHub sends again."""
    refused: int = 0
    """Events that it does not send again."""


async def redeliver(
    github: GitHub,
    place: Place,
    hook_id: int,
    *,
    accepted: timedelta | None,
    remembered: Remembered,
    now: Callable[[], datetime],
    wanted: Collection[str] = EVENTS,
) -> Redelivered:
    """Have GitHub send again what one webhook lost; see ``choose`` for which events those are.

    Each is remembered before it is asked for, so that it is asked for once even where the answer is lost.

    Raises:
        GitHubError: the log could not be read, or no more can be asked for. What was asked for is remembered.
    """
    oldest = now() - (KEPT if accepted is None else accepted)
    found = [each async for each in github.hooks.deliveries(place, hook_id, oldest)]
    asked = refused = 0
    for delivery in choose(found, now(), accepted, remembered.guids, wanted):
        remembered.add(delivery.guid)
        try:
            await github.hooks.redeliver(place, hook_id, delivery.id)
        except (NotFound, Rejected) as error:
            refused += 1
            log.warning("redelivery.refused", delivery=delivery.guid, place=str(place), reason=error.message)
        except (Forbidden, RateLimited, Unauthorized):
            remembered.forget(delivery.guid)  # nothing was done; whatever else is raised may have done it
            raise
        else:
            asked += 1
    if asked or refused:
        log.info("redelivery.asked", place=str(place), events=asked, refused=refused)
    return Redelivered(asked, refused)
