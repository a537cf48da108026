"""Follows one repository: a snapshot, the updates after it, and back to both when the link breaks or has a gap."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from typing import Any, Protocol

import msgspec
from msgspec.structs import replace

from omnilens.model import Update
from omnilens.watching.rest import Rest
from omnilens.watching.socket import Answer, Event, Link, Lost, Refused, connected
from omnilens.watching.view import View, applied, claimed, link, read_update

SHORTEST, LONGEST = 0.5, 15.0
"""Seconds until a broken link is tried again: at first, and at most."""
UPDATES = frozenset({"workflow-update", "job-update"})
CLAIMED = "claim-changed"

SWITCHED_OFF = "realtime-disabled"
"""The code with which a server says that an operator switched live updates off."""
ASK_EVERY = 10.0
"""Seconds between two questions then."""

_FINAL = frozenset({"not-logged-in", "repository-not-found", "invalid-parameter", "token-expired"})
"""Refusals that trying again does not change."""


class Audience(Protocol):
    """Whoever is told."""

    def live(self, view: View, missed: list[Update]) -> None:
        """The link stands, and this is how everything is, with what was missed, if that is known."""

    def updated(self, view: View, update: Update) -> None:
        """Something happened."""

    def asked(self, view: View, reason: str) -> None:
        """There is no live link, since an operator switched it off: this is how everything is at the moment."""

    def claimed(self, view: View) -> None:
        """Somebody is on it, or nobody any more."""

    def down(self, cause: str, retry_in: float) -> None:
        """The link is down: nothing is live until it is said again."""


class Watcher:
    """Keeps a view current, until it is cancelled."""

    def __init__(
        self, url: str, token: str | None, rest: Rest, audience: Audience, chance: Callable[[], float] = random.random
    ) -> None:
        self._url = url
        self._token = token
        self._rest = rest
        self._audience = audience
        self._chance = chance
        self._view: View | None = None
        self._failures = 0

    async def follow(self, slug: str) -> None:
        """Follow a repository for good.

        Raises:
            Refused: it may not be followed.
        """
        while True:
            try:
                async with connected(self._url, self._token) as link:
                    await self._listen(link, slug)
            except Lost as lost:
                cause = str(lost)
            except Refused as refused:
                if refused.code in _FINAL:
                    raise
                if refused.code == SWITCHED_OFF:
                    await self._ask_instead(slug, str(refused))
                    continue
                cause = str(refused)
            wait = min(LONGEST, SHORTEST * 2.0**self._failures) * (0.5 + self._chance() / 2)
            self._failures = min(self._failures + 1, 10)
            self._audience.down(cause, wait)
            await asyncio.sleep(wait)

    async def _ask_instead(self, slug: str, reason: str) -> None:
        """Look once, and be ready to subscribe again after a while."""
        try:
            self._view = await self._rest.view(slug)
            self._audience.asked(self._view, reason)
        except Lost as lost:
            self._audience.down(str(lost), ASK_EVERY)
        await asyncio.sleep(ASK_EVERY)

    async def _listen(self, link: Link, slug: str) -> None:
        while True:
            view = self._view or await self._rest.view(slug)
            self._view = await self._subscribed(link, slug, view)
            if self._view is not None:
                await self._take(link)

    async def _subscribed(self, link: Link, slug: str, view: View) -> View | None:
        """The view after what was missed; nothing if that is no longer known, and everything has to be fetched anew."""
        question = await link.ask("subscribe-repo", {"slug": slug, "since": view.seq, "epoch": view.epoch})
        held: list[Update] = []
        while True:
            said = await link.receive()
            if isinstance(said, Event):
                held += [_read(said.data)] if said.name in UPDATES else []
            elif said.question == question:
                break
        answer = _accepted(said)
        if answer.get("reset"):
            return None
        missed = [_read(each) for each in answer["updates"]]
        for update in (*missed, *held):
            after = _follows(view, update)
            if after is None:
                return None  # an answer that leaves something out is not believed
            view = after
        view = replace(view, claims=await self._rest.claims(slug))  # what was told of them before counts no more
        self._failures = 0
        self._audience.live(view, missed)
        return view

    async def _take(self, connection: Link) -> None:
        """Take updates, until one does not follow on the one before."""
        while self._view is not None:
            said = await connection.receive()
            if isinstance(said, Answer):
                continue
            if said.name == "access-revoked":
                raise Refused("You may not see this repository any more.", "repository-not-found")
            if said.name == "realtime-disabled":
                raise Refused(str(said.data.get("reason", "Live updates are switched off.")), SWITCHED_OFF)
            if said.name == CLAIMED:
                self._view = _claimed(self._view, said.data)
                self._audience.claimed(self._view)
            if said.name not in UPDATES:
                continue
            update = _read(said.data)
            how = link(self._view, update)
            if how == "gap":
                return  # to subscribe again from where we are
            if how == "next":
                self._view = applied(self._view, update)
                self._audience.updated(self._view, update)


def _follows(view: View, update: Update) -> View | None:
    how = link(view, update)
    return None if how == "gap" else view if how == "known" else applied(view, update)


def _accepted(said: Answer) -> dict[str, Any]:
    answer = said.data if isinstance(said.data, dict) else {}
    if not answer.get("ok"):
        raise Refused(str(answer.get("error", "The server refused.")), answer.get("code"))
    return answer


def _claimed(view: View, said: Any) -> View:
    try:
        return claimed(view, said)
    except msgspec.ValidationError as error:
        raise Lost(f"The server sent something unreadable: {error}") from error


def _read(said: Any) -> Update:
    try:
        return read_update(said)
    except msgspec.ValidationError as error:
        raise Lost(f"The server sent something unreadable: {error}") from error
