"""Webhooks of repositories and organisations, and what became of their deliveries.

https://docs.github.com/en/rest/repos/webhooks
https://docs.github.com/en/rest/orgs/webhooks
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any, Literal, TypeVar

import msgspec

from omnilens.github.rest.asking import EACH_PAGE, NO_BODY, Asking
from omnilens.github.rest.calls import PAYLOAD, Call, Kind
from omnilens.github.rest.values import Hook, HookDelivery, HookDeliveryDetail, HookSettings, Place

T = TypeVar("T")

_HOOK = msgspec.json.Decoder(Hook)
_HOOKS = msgspec.json.Decoder(list[Hook])
_DELIVERIES = msgspec.json.Decoder(list[HookDelivery])
_DELIVERY = msgspec.json.Decoder(HookDeliveryDetail)


class Hooks:
    """The webhooks of a `Place`: ``Place.of("octo-org/octo-repo")`` or ``Place.of("octo-org")``.

    To see them a token needs the permission ``repository_hooks`` or ``organization_hooks``, or the scope
    ``admin:repo_hook`` or ``admin:org_hook``. Every method raises ``GitHubError`` as ``errors.py`` has it.
    """

    def __init__(self, asking: Asking) -> None:
        self._asking = asking

    async def all(self, place: Place) -> list[Hook]:
        """Every webhook that is there, those of others too."""
        call = _call(place, "hooks", "list the webhooks", _HOOKS, query=(EACH_PAGE,))
        first = await self._asking.ask(call)
        hooks = list(first.value)
        async for page in self._asking.following(call, first):
            hooks += page.value
        return hooks

    async def create(self, place: Place, settings: HookSettings) -> Hook:
        """Make a webhook. Raises `Rejected` if there is one with the same address and events."""
        body = {"name": "web", "active": settings.active, "events": settings.events, "config": _config(settings)}
        call = _call(place, "hooks", "make a webhook", _HOOK, method="POST", body=body)
        return (await self._asking.ask(call)).value

    async def update(self, place: Place, hook_id: int, settings: HookSettings) -> Hook:
        """Make a webhook what it should be, the secret included."""
        body = {"active": settings.active, "events": settings.events, "config": _config(settings)}
        call = _call(place, "hooks", "change a webhook", _HOOK, hook_id, method="PATCH", body=body)
        return (await self._asking.ask(call)).value

    async def activate(self, place: Place, hook_id: int, active: bool) -> Hook:
        """Let a webhook send, or pause it. Its secret and all else stay."""
        call = _call(place, "hooks", "change a webhook", _HOOK, hook_id, method="PATCH", body={"active": active})
        return (await self._asking.ask(call)).value

    async def delete(self, place: Place, hook_id: int) -> None:
        """Remove a webhook. Raises `NotFound` if there is none, which may be due to an earlier attempt."""
        await self._asking.ask(_call(place, "hooks", "remove a webhook", NO_BODY, hook_id, method="DELETE"))

    async def ping(self, place: Place, hook_id: int) -> None:
        """Have GitHub send a ``ping``."""
        await self._asking.ask(_call(place, "hooks", "ping a webhook", NO_BODY, hook_id, "pings", method="POST"))

    async def deliveries(
        self, place: Place, hook_id: int, since: datetime | None = None
    ) -> AsyncIterator[HookDelivery]:
        """What was sent, newest first, back to `since`; GitHub keeps the last three days."""
        call = _call(place, "deliveries", "list the deliveries", _DELIVERIES, hook_id, "deliveries", query=(EACH_PAGE,))
        reply = await self._asking.ask(call)
        for delivery in reply.value:
            if since is not None and delivery.delivered_at < since:
                return
            yield delivery
        async for page in self._asking.following(call, reply):
            for delivery in page.value:
                if since is not None and delivery.delivered_at < since:
                    return
                yield delivery

    async def delivery(self, place: Place, hook_id: int, delivery_id: int) -> HookDeliveryDetail:
        """One attempt at a delivery, with what was sent and answered."""
        parts = (hook_id, "deliveries", delivery_id)
        call = _call(place, "deliveries", "show a delivery", _DELIVERY, *parts, largest=PAYLOAD)
        return (await self._asking.ask(call)).value

    async def redeliver(self, place: Place, hook_id: int, delivery_id: int) -> None:
        """Have GitHub send it again, under the same GUID. It does so soon, not at once."""
        parts = (hook_id, "deliveries", delivery_id, "attempts")
        await self._asking.ask(_call(place, "deliveries", "send a delivery again", NO_BODY, *parts, method="POST"))


def _call(
    place: Place,
    kind: Kind,
    wants: str,
    reads: msgspec.json.Decoder[T],
    *parts: str | int,
    method: Literal["GET", "POST", "PATCH", "DELETE"] = "GET",
    query: tuple[tuple[str, str], ...] = (),
    body: dict[str, Any] | None = None,
    largest: int | None = None,
) -> Call[T]:
    call = Call(
        kind=kind,
        wants=f"{wants} of {place}",
        path=place.path("hooks", *parts),
        reads=reads,
        query=query,
        method=method,
        body=None if body is None else msgspec.json.encode(body),
        owner=place.owner,
    )
    return call if largest is None else msgspec.structs.replace(call, largest=largest)


def _config(settings: HookSettings) -> dict[str, str]:
    """https://docs.github.com/en/webhooks/using-webhooks/creating-webhooks"""
    return {"url": settings.url, "content_type": "json", "secret": settings.secret, "insecure_ssl": "0"}
