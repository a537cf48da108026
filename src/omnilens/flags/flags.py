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
        self._provider = BoardProvider(lambda: self._rules, other, self._provider_changed)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._news = asyncio.Event()
        """Whether the operator's provider may say something else since it was looked at last."""
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
        self._loop = asyncio.get_running_loop()
        # Not in the event loop: a provider may wait for its server.
        await asyncio.to_thread(api.set_provider_and_wait, self._provider, self._domain)
        self._news.clear()
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
            await self._tell()

    async def keep_looking(self, sleep: Callable[[float], Awaitable[object]]) -> None:
        """Look again and again, and listen to the operator's provider. Only cancelling it ends it."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(keep_looking("flags", self._book.database, self.look, LOOK_EVERY, sleep))
            if self.has_provider:
                tasks.create_task(self._follow_provider(sleep))

    async def _follow_provider(self, sleep: Callable[[float], Awaitable[object]]) -> None:
        """What it changes counts for those who are connected, however often it says so, at most once in a while."""
        while True:
            await self._news.wait()
            self._news.clear()
            log.info("flags.provider_changed")
            async with self._one_at_a_time:
                await self._tell()
            await sleep(LOOK_EVERY)

    def _provider_changed(self) -> None:
        if self._loop:  # which it knows nothing of, in a thread of its own
            self._loop.call_soon_threadsafe(self._news.set)

    async def _tell(self) -> None:
        for tell in self._changed:
            try:
                await tell()
            except Exception:
                log.exception("flags.not_told")

    def close(self) -> None:
        """Let go of the operator's provider."""
        self._loop = None
        api.set_provider(NoOpProvider(), self._domain)  # which ends the one before


_ON = Decision(True, "settings", EVERYBODY)
