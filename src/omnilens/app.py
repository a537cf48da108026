"""The composition root: every part is built here, once, and wired to the next."""

from __future__ import annotations

import asyncio
import random
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from urllib.parse import urlsplit

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import Receive, Scope, Send

from omnilens import __version__
from omnilens.addresses import ClientAddresses
from omnilens.api import (
    docs,
    doctor,
    errors,
    github,
    health,
    login,
    notifications,
    openapi,
    overview,
    push,
    repos,
    runs,
    tokens,
)
from omnilens.api.answers import Answers
from omnilens.api.board import Board
from omnilens.api.page import Page
from omnilens.errors import StorageUnavailable
from omnilens.operations import logs
from omnilens.operations.limits import RateLimiter
from omnilens.operations.metrics import Metrics
from omnilens.operations.refusals import Refusals
from omnilens.operations.sockets import SocketMetrics
from omnilens.people.notices.book import Book
from omnilens.people.notices.envelope import Sender
from omnilens.people.notices.followers import Everyone
from omnilens.people.notices.inbox import Inbox
from omnilens.people.notices.keeper import Keeper
from omnilens.people.notices.post import Post
from omnilens.people.notices.push import Pusher
from omnilens.people.notices.subscriptions import Subscriptions
from omnilens.people.people import People
from omnilens.pipeline.flow import SHOWN_WITHIN, Flow, Rules
from omnilens.pipeline.history import NOTHING, Past
from omnilens.pipeline.intake import Intake
from omnilens.pipeline.journal import Discontinued
from omnilens.pipeline.mapping import RepositoryMap
from omnilens.pipeline.sources import Gate
from omnilens.pipeline.storage import Storage
from omnilens.pipeline.store import Store
from omnilens.realtime.admission import Admission, Allowance
from omnilens.realtime.fanout import Fanout
from omnilens.realtime.farewell import say_goodbye
from omnilens.realtime.notices import Notices
from omnilens.realtime.rooms import Rooms
from omnilens.realtime.vigil import Vigil
from omnilens.settings import Settings, is_loopback
from omnilens.socketio import Limits, Server
from omnilens.sync.asking import Asking
from omnilens.sync.checkups import Checkups
from omnilens.sync.learning import Learning

log = logs.get(__name__)

AGAIN_AFTER = 1.0
"""Seconds until a board that could not begin again is tried once more."""
LAST_ENTRIES = 2.0
"""Seconds for bringing what was accepted last to those who watch, when the server stops; a restart will do it else."""
TIDY_EVERY = 30.0
"""Seconds between two rounds of forgetting what is older than the retention."""
RETRY_EVERY = 10.0
"""Seconds between two looks at which failed deliveries are due."""


class OmniLens:
    """The whole server: an ASGI application, and beside it the Socket.IO server that uvicorn hands its sockets to."""

    def __init__(self, settings: Settings) -> None:
        self._retention = settings.event_retention
        self._history_retention = settings.history_retention
        self._origin = settings.origin
        self._allowed_origins = settings.allowed_origins
        self._started = time.monotonic()
        self._ready = False
        self.metrics = Metrics()
        self.storage = Storage(settings, self.metrics)
        self.journal = self.storage.journal
        self.people = People(settings, self.storage, self.metrics, _now)
        self.store = Store(version=secrets.randbits(48))
        self.repositories = RepositoryMap(settings.repositories, settings.github_host)
        gate = Gate(settings.webhook_sources)
        refusals = Refusals(time.monotonic)
        addresses = ClientAddresses(settings.trusted_proxies)
        allowance = Allowance.of(settings)
        admission = Admission(allowance, self.people.identity, time.monotonic)
        self.sockets = Server(
            Limits(max_connections=allowance.sockets, idle_timeout=settings.idle_timeout.total_seconds()),
            allowed_origins=settings.allowed_origins,
            observer=SocketMetrics(self.metrics, refusals),
            client_address=addresses.of,
            gate=admission.wait,
        )
        admission.guard(self.sockets)
        self.rooms = Rooms(self.sockets, self.repositories, self.people.access, self.store, self.metrics, refusals)
        self.vigil = Vigil(
            self.sockets, self.people, self.repositories, self.metrics, settings.access_cache.total_seconds()
        )
        rules = Rules(
            secrets=[secret.get_secret_value().encode() for secret in settings.webhook_secrets],
            github_host=settings.github_host,
            retention=settings.event_retention,
            reject_stale=settings.stale_deliveries == "reject",
        )
        audience = Fanout(self.sockets)
        self.flow = Flow(
            rules, self.repositories, self.journal, self.store, audience, self.metrics, self.storage.dead_letters
        )
        limiter = RateLimiter(settings.webhook_rate_limit, time.monotonic)
        self.intake = Intake(self.flow.accept, self.metrics, limiter, refusals, addresses, gate, settings.max_body)
        learning = self._learning(settings.github_host)
        self.inbox = Inbox(self.storage.people, _now)
        self.notices = Notices(self.sockets, self.inbox, self.people.access, self.repositories, self.metrics, _now)
        self.push = self._push(settings)
        self.book = Book(self.storage.people)
        self.keeper = Keeper(
            self.journal,
            self.book,
            Everyone(self.people.users),
            settings.event_retention,
            _now,
            self.metrics,
            self.notices.wake,
        )
        self.asking = Asking(settings, learning, self.storage, gate, audience.tell, self.metrics)
        self.api = self._api()

    def _learning(self, github_host: str) -> Learning:
        async def shown() -> None:
            await self.flow.caught_up(SHOWN_WITHIN)

        history = self.storage.history
        return Learning(self.repositories, self.journal, self.store, history, github_host, _now, shown)

    def _push(self, settings: Settings) -> Pusher | None:
        if not Sender.possible():
            return None
        people = self.people
        return Pusher(
            lambda: Sender(people.secret(), settings.origin),
            Subscriptions(self.storage.people, _now),
            people.users,
            people.access,
            self.repositories,
            self.metrics,
            _now,
            Post(loopback=is_loopback(urlsplit(settings.origin).hostname or "")),
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handshakes go straight to their part, and deliveries are not seen here; all else is REST and the page."""
        sockets = scope["type"] == "http" and scope["path"].rstrip("/") == "/socket.io"
        await (self.sockets.http_app if sockets else self.api)(scope, receive, send)

    async def recover(self) -> None:
        """Bring back what was known before the last end, however that came.

        Raises:
            StorageUnavailable, SchemaTooNew: it cannot be had; the sentence says why.
        """
        await self.storage.open()
        await self.people.open()
        await self.notices.open()
        await self.keeper.open()
        if self.push:
            self.push.open()
        await self._replay()

    async def _replay(self, known: Past = NOTHING) -> None:
        try:
            await self.flow.replay(await self.storage.past(_now(), known))
        except Discontinued:
            # Most likely another process has just moved into the history what we were about to read.
            await self.flow.replay(await self.storage.past(_now(), known), despite_gaps=True)

    async def _follow(self) -> None:
        """Follow the journal; where it breaks off, begin again, and have everybody fetch a fresh snapshot.

        Nothing else ends it: a server that takes deliveries and shows nobody what became of them is the worst there is.
        """
        while True:
            try:
                return await self.flow.follow()
            except Discontinued:
                pass
            except Exception:
                log.exception("board.failed")
                await asyncio.sleep(AGAIN_AFTER)
            await self._begin_again()

    async def _begin_again(self) -> None:
        known = self.flow.known()
        while True:
            try:
                await self._replay(known)
                break
            except (StorageUnavailable, Discontinued) as error:
                log.error("board.cannot_begin_again", reason=str(error) or "Another history has begun meanwhile.")
            except Exception:
                log.exception("board.cannot_begin_again")
            await asyncio.sleep(AGAIN_AFTER)
        for connection in list(self.sockets.connections):
            connection.link.cut("another history")  # they come back, and are told to reset

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
        await self.people.close()
        await self.asking.close()
        await self.storage.close()

    def _api(self) -> FastAPI:
        api = FastAPI(title="OmniLens", version=__version__, lifespan=self._lifespan, docs_url=None, redoc_url=None)
        api.state.board = Board(
            people=self.people,
            vigil=self.vigil,
            inbox=self.inbox,
            notices=self.notices,
            push=self.push,
            repositories=self.repositories,
            store=self.store,
            sockets=self.sockets,
            metrics=self.metrics,
            answers=Answers(),
            journal=self.journal,
            history=self.storage.history,
            opened_days=self.asking.opened_days,
            dead_letters=self.storage.dead_letters,
            catch_up=self.asking.catch_up,
            details=self.asking.details,
            mending=self.asking.mending,
            allowed_origins=self._allowed_origins,
            doctor=self.asking.doctor(lambda: self.journal.failing),
            checkups=Checkups(time.monotonic),
            ready=lambda: self._ready,
            uptime=lambda: time.monotonic() - self._started,
        )
        api.add_middleware(GZipMiddleware, minimum_size=1024)
        errors.install(api)
        for part in (repos, runs, overview, notifications, push, github, doctor, login, tokens, health, docs):
            api.include_router(part.router)
        described = openapi.document(api)
        api.openapi = lambda: described  # type: ignore[method-assign]
        api.mount("/", Page())
        return api

    @asynccontextmanager
    async def _lifespan(self, _: FastAPI) -> AsyncIterator[None]:
        async with asyncio.TaskGroup() as tasks:
            follower = tasks.create_task(self._follow(), name="follow the journal")
            keeping = tasks.create_task(self.keeper.run(), name="make notices")
            telling = tasks.create_task(self.notices.run(), name="tell notices")
            pushing = tasks.create_task(self.push.run(), name="push notices") if self.push else None
            tidying = tasks.create_task(self._tidy(), name="forget what is old")
            retrying = tasks.create_task(self._retry(), name="retry what failed")
            asking = tasks.create_task(self.asking.run(), name="ask GitHub")
            watching = tasks.create_task(self.vigil.run(), name="watch over rights")
            self._ready = True
            names = [repository.full_name for repository in self.repositories.all()]
            log.info("server.ready", url=self._origin, repositories=names)
            yield
            self._ready = False
            tidying.cancel()
            retrying.cancel()
            asking.cancel()
            watching.cancel()
            await self.journal.close()
            await asyncio.wait([follower, keeping], timeout=LAST_ENTRIES)
            follower.cancel()
            keeping.cancel()
            telling.cancel()
            if pushing:
                pushing.cancel()
        await self.people.close()
        await self.asking.close()
        await self.storage.close()
        log.info("server.stopped")

    async def _tidy(self) -> None:
        while True:
            await asyncio.sleep(TIDY_EVERY)
            now = _now()
            try:
                self.store.forget(now, self._retention)
                with suppress(StorageUnavailable):
                    await self.keeper.settle()
                    await self.book.prune(now, self._history_retention)
                with suppress(StorageUnavailable, Discontinued):  # which the journal reports; what is old can wait
                    await self.storage.archive(now, self.flow.applied)
            except Exception:  # what is old can wait for another try; what is live cannot
                log.exception("tidying.failed")

    async def _retry(self) -> None:
        while letters := self.storage.dead_letters:
            try:
                await letters.retry_due(self.flow.take, _now())
            except Exception:  # whatever a kept delivery does to us, the live ones are still served
                log.exception("retry.failed")
            await asyncio.sleep(RETRY_EVERY)


def _now() -> datetime:
    return datetime.now(UTC)
