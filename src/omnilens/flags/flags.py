"""The flag while the server runs: decided through OpenFeature, looked up in the database again and again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from openfeature import api
from openfeature.evaluation_context import EvaluationContext
from openfeature.provider import FeatureProvider
from openfeature.provider.no_op_provider import NoOpProvider

from omnilens.flags.book import By, FlagBook, FlagChange, Version
from omnilens.flags.provider import REALTIME, REPOSITORY, BoardProvider
from omnilens.flags.rules import Decision, Rules
from omnilens.looking import keep_looking
from omnilens.operations import logs
from omnilens.settings import EVERYBODY, Share

log = logs.get(__name__)

LOOK_EVERY = 0.5
"""Seconds between two looks at what other servers and the command line have decided: browsers follow in a second."""
CHANGES_SHOWN = 50


class Flags:
    """Whether somebody has live updates of a repository."""

    def __init__(self, book: FlagBook, default: Share, other: FeatureProvider | None = None) -> None:
        """`default` is the share that the settings say; `other` a provider of the operator's, which comes before."""
        self._book = book
        self._rules = Rules(default)
        self._version: Version = (0, 0)
        self._one_at_a_time = asyncio.Lock()
        self._unconditional = other is None
        self._changed: list[Callable[[], Awaitable[None]]] = []
        # OpenFeature keeps providers by domain for the whole process; ours is nobody else's.
        self._domain = f"omnilens {id(self)}"
        self._provider = BoardProvider(lambda: self._rules, other)
        self._client = api.get_client(self._domain)

    @property
    def has_provider(self) -> bool:
        """Whether a provider of the operator's is asked where nothing was decided here."""
        return not self._unconditional

    @property
    def rules(self) -> Rules:
        """What counts now."""
        return self._rules

    def on_change(self, tell: Callable[[], Awaitable[None]]) -> None:
        """Call `tell` when something was decided, wherever that was."""
        self._changed.append(tell)

    async def open(self) -> None:
        """Get ready.

        Raises:
            StorageUnavailable: what was decided cannot be looked up.
        """
        api.set_provider_and_wait(self._provider, self._domain)
        await self.look()

    def decide(self, slug: str, user: str) -> Decision:
        """Whether a user has live updates of a repository."""
        if self._unconditional and self._rules.default == EVERYBODY and not self._rules.decided:
            return _ON  # for everybody, as nearly always: nothing to ask about
        context = EvaluationContext(user, {REPOSITORY: slug})
        said = self._client.get_boolean_details(REALTIME, default_value=True, evaluation_context=context)
        about = said.flag_metadata
        source, share = about.get("source", "provider"), about.get("share")
        told = None if share is None else Share.of(str(share))
        return Decision(said.value, source, told, str(about.get("why", "")), str(about.get("by", "")))  # type: ignore[arg-type]

    async def change(self, scope: str, share: Share | None, why: str, by: By, user: int | None = None) -> None:
        """Decide for a scope, on all servers.

        Raises:
            StorageUnavailable: it was not done.
        """
        await self._book.change(scope, share, why, by, user)
        await self.look()

    async def changes(self) -> list[FlagChange]:
        """What was decided last, newest first.

        Raises:
            StorageUnavailable: it cannot be looked up.
        """
        return await self._book.changes(CHANGES_SHOWN)

    async def look(self) -> None:
        """Find what was decided up to now.

        Raises:
            StorageUnavailable: it cannot be looked up. What was known counts on.
        """
        async with self._one_at_a_time:  # else an older answer could come after a newer one
            news = await self._book.news(self._version)
            if news is None:
                return
            self._version, decided, by_hand_at = news
            self._rules = Rules(self._rules.default, decided, by_hand_at)
            log.warning("flags.changed", decided={scope: str(rule.share) for scope, rule in decided.items()})
            for tell in self._changed:
                await tell()

    async def keep_looking(self, sleep: Callable[[float], Awaitable[object]]) -> None:
        """Look again and again. Only cancelling it ends it."""
        await keep_looking("flags", self._book.database, self.look, LOOK_EVERY, sleep)

    def close(self) -> None:
        """Let go of the operator's provider."""
        api.set_provider(NoOpProvider(), self._domain)  # which ends the one before


_ON = Decision(True, "settings", EVERYBODY)
