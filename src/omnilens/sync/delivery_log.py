"""What a webhook's log of deliveries says, event by event. Pure.

An event has one GUID, and as many attempts at delivering it as somebody asked for: GitHub itself tries once.
https://docs.github.com/en/webhooks/testing-and-troubleshooting-webhooks/viewing-webhook-deliveries
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from msgspec import Struct

from omnilens.github.rest import HookDelivery
from omnilens.sync.hook_plan import EVENTS

KEPT = timedelta(days=3)
"""How long GitHub keeps the log, and sends again what is in it."""


def took(attempt: HookDelivery) -> bool:
    """Whether the receiver took it."""
    return attempt.succeeded or 200 <= attempt.status_code < 300


def under_way(attempt: HookDelivery) -> bool:
    """Whether nothing is known of it yet."""
    return not attempt.succeeded and attempt.status_code == 0 and attempt.status.lower() in {"", "pending"}


class Event(Struct, frozen=True):
    """All attempts at delivering one event to one webhook."""

    attempts: tuple[HookDelivery, ...]
    """Oldest first, and never none."""

    @property
    def guid(self) -> str:
        return self.attempts[0].guid

    @property
    def name(self) -> str:
        return self.attempts[0].event

    @property
    def at(self) -> datetime:
        """When it was delivered for the first time."""
        return self.attempts[0].delivered_at

    @property
    def received(self) -> bool:
        """Whether any of the attempts came to a good end."""
        return any(map(took, self.attempts))

    @property
    def failed(self) -> bool:
        """Whether it was not received, and nothing is under way that may change that."""
        return not self.received and not any(map(under_way, self.attempts))

    @property
    def failed_at_first(self) -> bool:
        return not took(self.attempts[0]) and not under_way(self.attempts[0])

    @property
    def redelivered(self) -> bool:
        """Whether it was sent again, by whomever, as far as the log goes back."""
        return any(attempt.redelivery for attempt in self.attempts)

    @property
    def throttled(self) -> bool:
        """Whether GitHub held it back, to deliver it later."""
        return any(attempt.throttled_at is not None for attempt in self.attempts)


def events(log: Iterable[HookDelivery]) -> list[Event]:
    """The log by event, in the order in which they were first delivered. The order of the log does not matter."""
    found: dict[str, list[HookDelivery]] = {}
    for attempt in log:
        found.setdefault(attempt.guid, []).append(attempt)
    by_event = [Event(tuple(sorted(each, key=_order))) for each in found.values()]
    return sorted(by_event, key=lambda event: _order(event.attempts[0]))


def _order(attempt: HookDelivery) -> tuple[datetime, int]:
    return attempt.delivered_at, attempt.id


class Tally(Struct, frozen=True, kw_only=True):
    """How many of the events that we read came through."""

    sent: int = 0
    received: int = 0
    """At the first attempt."""
    recovered: tuple[Event, ...] = ()
    """Failed at first, and received when they were sent again. Oldest first."""
    lost: tuple[Event, ...] = ()
    """Not received. Oldest first."""
    last: HookDelivery | None = None
    """The last attempt at any of them of which something is known."""


def tally(found: Iterable[Event]) -> Tally:
    """Count the events that we read; pings and others are not among them."""
    read = [event for event in found if event.name in EVENTS]
    known = [attempt for event in read for attempt in event.attempts if not under_way(attempt)]
    return Tally(
        sent=len(read),
        received=sum(event.received and not event.failed_at_first for event in read),
        recovered=tuple(event for event in read if event.received and event.failed_at_first),
        lost=tuple(event for event in read if event.failed),
        last=max(known, key=_order, default=None),
    )


def told(counted: Tally, now: datetime) -> str:
    """``312 sent, 311 received, 1 failed 09:14, redelivered``; times of another day than `now` have their date."""
    parts = [f"{counted.sent:,} sent", f"{counted.received:,} received"]
    for which, ending in ((counted.recovered, "redelivered"), (counted.lost, "not redelivered")):
        if which:
            first, last = _when(which[0].at, now), _when(which[-1].at, now)
            between = first if first == last else f"{first} to {last}"
            in_vain = which is counted.lost and all(event.redelivered for event in which)
            parts.append(f"{len(which):,} failed {between}, {'redelivered in vain' if in_vain else ending}")
    return ", ".join(parts)


def _when(moment: datetime, now: datetime) -> str:
    return f"{moment:%H:%M}" if moment.date() == now.date() else f"{moment:%Y-%m-%d %H:%M}"
