"""The composition root: every part is built here, once, and wired to the next."""

from __future__ import annotations

import asyncio
import random
import secrets
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import cache, partial
from typing import TYPE_CHECKING

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import Receive, Scope, Send

from omnilens import __version__
from omnilens.addresses import ClientAddresses
from omnilens.api import errors, openapi, routers
from omnilens.api.answers import Answers
from omnilens.api.board import Board
from omnilens.api.costly import Costly
from omnilens.api.manual import Manual
from omnilens.api.page import Page
from omnilens.api.standing import Standings
from omnilens.errors import OmniLensError
from omnilens.flags import FlagBook, Flags
from omnilens.flags.provider import provider_of
from omnilens.following import Following
from omnilens.model import Repository
from omnilens.operations import logs
from omnilens.operations.limits import RateLimiter
from omnilens.operations.metrics import Metrics
from omnilens.operations.profiling import Profiler
from omnilens.operations.refusals import Refusals
from omnilens.operations.suspects import Suspects
from omnilens.people.adding import Adding
from omnilens.people.people import People
from omnilens.people.person import Person
from omnilens.people.privacy import Privacy
from omnilens.people.viewer import Viewer
from omnilens.pipeline.flow import SHOWN_WITHIN, Flow, Rules
from omnilens.pipeline.intake import Intake
from omnilens.pipeline.mapping import RepositoryMap
from omnilens.pipeline.sources import Gate
from omnilens.pipeline.storage import Storage
from omnilens.pipeline.store import RUNS_KEPT, Store
from omnilens.pipeline.times import Times
from omnilens.realtime.farewell import say_goodbye
from omnilens.realtime.live import Live
from omnilens.realtime.people import part_with, tell_of_lists
from omnilens.settings import Settings
from omnilens.sync.asking import Asking
from omnilens.sync.checkups import Checkups
from omnilens.sync.learning import Learning
from omnilens.telling import Telling
from omnilens.tending import on_call
from omnilens.upkeep import Upkeep

if TYPE_CHECKING:
    from omnilens.github.rest.client import GitHub

log = logs.get(__name__)

LAST_ENTRIES = 2.0
"""Seconds for bringing what was accepted last to those who watch, when the server stops; a restart will do it else."""


class OmniLens:
    """The whole server: an ASGI application, and beside it the Socket.IO server that uvicorn hands its sockets to."""

    def __init__(self, settings: Settings, now: Callable[[], datetime] | None = None) -> None:
        """`now` is what time it is, where it is not this machine's clock that says so."""
        self._settings = settings
        self.now = now = now or _now
        self._started = time.monotonic()
        self._ready = False
        self.metrics = Metrics()
        self.storage = Storage(settings, self.metrics)
        self.journal = self.storage.journal
        self.store = Store(version=secrets.randbits(48))
        self.repositories = RepositoryMap(settings.repositories, settings.github_host)
        self.people = People(settings, self.storage, self.repositories, self.metrics, now)
        gate = Gate(settings.webhook_sources)
        self._refusals = refusals = Refusals(time.monotonic)
        addresses = ClientAddresses(settings.trusted_proxies)
        self.flags = Flags(
            FlagBook(self.storage.people, now),
            settings.realtime,
            provider_of(settings.flag_provider) if settings.flag_provider else None,
        )
        self.times = Times()
        self.suspects = Suspects(time.monotonic)
        self.live = Live(
            settings,
            self.people,
            self.repositories,
            self.store,
            self.flags,
            addresses,
            self.metrics,
            refusals,
            self.suspects,
            self.times,
        )
        self.sockets = self.live.sockets
        rules = Rules(
            secrets=[secret.get_secret_value().encode() for secret in settings.webhook_secrets],
            github_host=settings.github_host,
            retention=settings.event_retention,
            reject_stale=settings.stale_deliveries == "reject",
        )
        self.flow = Flow(
            rules,
            self.repositories,
            self.journal,
            self.store,
            self.live.fanout,
            self.metrics,
            self.storage.dead_letters,
            look=self.people.added.look,
            times=self.times,
        )
        self._following = Following(self.flow, self.storage, self.sockets)
        limiter = RateLimiter(settings.webhook_rate_limit, time.monotonic)
        self.intake = Intake(self.flow.accept, self.metrics, limiter, refusals, addresses, gate, settings.max_body, now)
        self.telling = Telling(
            settings,
            self.storage,
            self.flow,
            self.people,
            self.sockets,
            self.repositories,
            self.store,
            self.metrics,
            now,
        )
        self.asking = Asking(settings, self._learning(), self.storage, gate, self.live.fanout, self.metrics)
        self.privacy = Privacy(
            self.storage.people,
            self.people.users,
            self.people.added,
            self.journal,
            self.storage.history,
            partial(self.flow.caught_up, SHOWN_WITHIN),
            self.telling.keeper.let_go,
            now,
            asyncio.sleep,
        )
        self.people.added.on_forget(self._let_go_of)
        self.people.added.on_arrival(self._welcome)
        self.people.added.on_change(partial(tell_of_lists, self.sockets))
        self.oncall = on_call(
            settings, self.storage, self.flags, self.flow, self.live, self.suspects, self.metrics, now
        )
        self.upkeep = Upkeep(
            settings,
            self.storage,
            self.store,
            self.flow,
            self.people.retention,
            self.privacy,
            self.telling,
            self.oncall,
            now,
        )
        self.api = self._api()

    def _learning(self) -> Learning:
        shown = partial(self.flow.caught_up, SHOWN_WITHIN)
        history = self.storage.history
        host = self._settings.github_host
        return Learning(self.repositories, self.journal, self.store, history, host, self.now, shown)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handshakes go straight to their part, and deliveries are not seen here; all else is REST and the page."""
        sockets = scope["type"] == "http" and scope["path"].rstrip("/") == "/socket.io"
        await (self.sockets.http_app if sockets else self.api)(scope, receive, send)

    def refused(self, error: OmniLensError, peer: str) -> None:
        """A request did not come as far as anybody who would count it."""
        self.metrics.requests_refused.labels(error.code).inc()
        self._refusals.note("request.refused", error.code, client=peer)

    async def recover(self) -> None:
        """Bring back what was known before the last end, however that came.

        Raises:
            StorageUnavailable, SchemaTooNew: it cannot be had; the sentence says why.
        """
        await self.storage.open()
        await self.people.open()
        await self.flags.open()
        await self.telling.open()
        await self._following.recover()

    async def drain(self) -> None:
        """Take nothing more, bring what was taken to those who watch, and send them away."""
        self._ready = False
        await self.journal.close()
        await self.flow.caught_up(LAST_ENTRIES)
        await say_goodbye(self.sockets, random.SystemRandom())
        await self.sockets.close()

    async def close(self) -> None:
        """Let go of what ``recover`` opened, where nothing was served."""
        await self.journal.close()
        self.flags.close()
        await self.people.close()
        await self.asking.close()
        await self.storage.close()

    async def _welcome(self, repositories: Sequence[Repository]) -> None:
        """What users have added is caught up with at once; what was here before comes back with what it had."""
        for repository in repositories:
            if self.storage.history and not self.store.knows(repository.slug):
                since = self.now() - RUNS_KEPT
                self.flow.welcome(await self.storage.history.past_of(repository.slug, self.journal.epoch, since))
        self.asking.wake()

    def _let_go_of(self, person: Person) -> None:
        """Have nothing of somebody in memory who is being forgotten."""
        if person.login is not None:
            self.store.forget_actor(person.login)
        self.people.let_go_of(person.user_id)
        self.telling.let_go()
        if self.people.identity.everybody is None:
            part_with(self.sockets, person.user_id)

    async def _github_for(self, viewer: Viewer) -> GitHub | None:
        """Whom to ask about a repository: in the viewer's own name, or else in ours."""
        own = None if viewer.is_token else await self.people.github_of(viewer.user)
        return own or self.asking.github

    def _api(self) -> FastAPI:
        api = FastAPI(title="OmniLens", version=__version__, lifespan=self._lifespan, docs_url=None, redoc_url=None)
        people = self.people
        api.state.board = Board(
            people=people,
            vigil=self.live.vigil,
            inbox=self.telling.inbox,
            notices=self.telling.notices,
            claims=self.telling.claims,
            privacy=self.privacy,
            adding=Adding(people.lists, people.access, self._settings.github_host, self._github_for, people.may_extend),
            push=self.telling.push,
            repositories=self.repositories,
            store=self.store,
            sockets=self.sockets,
            metrics=self.metrics,
            answers=Answers(),
            workflows=Costly(time.monotonic),
            reports=Costly(time.monotonic),
            rewinds=Costly(time.monotonic),
            standings=Standings(self.store, self.storage.history),
            public_badges=self._settings.public_badges,
            journal=self.journal,
            times=self.times,
            history=self.storage.history,
            opened_days=self.asking.opened_days,
            dead_letters=self.storage.dead_letters,
            catch_up=self.asking.catch_up,
            details=self.asking.details,
            mending=self.asking.mending,
            outages=self.asking.outages,
            allowed_origins=self._settings.allowed_origins,
            doctor=self.asking.doctor(lambda: self.journal.failing),
            checkups=Checkups(time.monotonic),
            oncall=self.oncall,
            suspects=self.suspects,
            profiler=Profiler(),
            flags=self.flags,
            ready=lambda: self._ready,
            uptime=lambda: time.monotonic() - self._started,
        )
        api.add_middleware(GZipMiddleware, minimum_size=1024)
        errors.install(api)
        for part in routers.EVERY:
            api.include_router(part)
        api.openapi = cache(partial(openapi.document, api))  # type: ignore[method-assign]
        api.mount("/manual", Manual())
        api.mount("/", Page())
        return api

    @asynccontextmanager
    async def _lifespan(self, _: FastAPI) -> AsyncIterator[None]:
        async with asyncio.TaskGroup() as tasks:
            follower = tasks.create_task(self._following.run(), name="follow the journal")
            keeping = tasks.create_task(self.telling.keeper.run(), name="make notices")
            telling = tasks.create_task(self.telling.run(), name="tell notices")
            others = [
                tasks.create_task(self.upkeep.tidy(), name="forget what is old"),
                tasks.create_task(self.upkeep.retry(), name="retry what failed"),
                tasks.create_task(self.people.added.keep_looking(asyncio.sleep), name="look what users have added"),
                tasks.create_task(self.flags.keep_looking(asyncio.sleep), name="look at the flag"),
                tasks.create_task(self.asking.run(), name="ask GitHub"),
                tasks.create_task(self.live.vigil.run(), name="watch over rights"),
                tasks.create_task(self.oncall.run(), name="look after the server"),
            ]
            self._ready = True
            names = [repository.full_name for repository in self.repositories.all()]
            log.info("server.ready", url=self._settings.origin, repositories=names)
            yield
            self._ready = False
            for task in others:
                task.cancel()
            await self.journal.close()
            await asyncio.wait([follower, keeping], timeout=LAST_ENTRIES)
            follower.cancel()
            keeping.cancel()
            telling.cancel()
        self.flags.close()
        await self.people.close()
        await self.asking.close()
        await self.storage.close()
        log.info("server.stopped")


def _now() -> datetime:
    return datetime.now(UTC)
