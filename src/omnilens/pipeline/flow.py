"""The way of an event, whole. Read this file first.

    GitHub ── POST ──▶ intake ──▶ signature ──▶ payloads ──▶ normalise ──▶ journal ──▶ merge ──▶ store ──▶ deliver
                                └──────────────── accept ───────────────────┘   └──────────── follow ───────────┘

``accept`` ends where the change is in the journal: that is when GitHub gets its answer. Everything after is driven by
reading the journal, so that live traffic, replay after a restart and catching up are the same code. What is signed and
yet fails on the way is kept, and later tried from behind the signature on: that is ``take``.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Protocol

from omnilens.errors import JournalUnavailable, StaleDelivery, StorageUnavailable
from omnilens.github import payloads, signature
from omnilens.github.deliveries import LARGE_BODY, SIGNATURE, Delivery, Request, identify
from omnilens.github.payloads import WorkflowJobPayload, WorkflowRunPayload
from omnilens.model import Update
from omnilens.operations import logs
from omnilens.operations.metrics import Metrics
from omnilens.pipeline import receipt
from omnilens.pipeline.change import Change
from omnilens.pipeline.dead_letters import DeadLetters
from omnilens.pipeline.failure import worth_keeping
from omnilens.pipeline.history import Past, PastRepository
from omnilens.pipeline.journal import Discontinued, Entry, Journal
from omnilens.pipeline.mapping import RepositoryMap
from omnilens.pipeline.merge import RunState
from omnilens.pipeline.normalise import normalise
from omnilens.pipeline.offers import NOTHING_TO_OFFER, Failed, Offer, Offered, noted
from omnilens.pipeline.progress import Progress
from omnilens.pipeline.receipt import Receipt
from omnilens.pipeline.store import Store
from omnilens.pipeline.times import Shown, Times
from omnilens.pipeline.unmapped import Strangers, Unmapped

log = logs.get(__name__)

SHOWN_WITHIN = 0.25
"""Seconds that an answer waits for the board to show the change, which is safe already."""
REPLAYED_AT_ONCE = 10_000
"""Entries of the journal between two lines about progress."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What the operator decided about deliveries."""

    secrets: Sequence[bytes]
    github_host: str
    retention: timedelta
    reject_stale: bool


Look = Callable[[], Awaitable[None]]


class Audience(Protocol):
    """Those who watch."""

    def deliver(self, update: Update) -> int:
        """Send an update to all who subscribed to its repository. Returns how many they are."""

    async def ready(self) -> None:
        """Wait until the next one can be sent."""


class Flow:
    """Takes deliveries in, and brings what the journal says to those who watch."""

    def __init__(
        self,
        rules: Rules,
        repositories: RepositoryMap,
        journal: Journal,
        store: Store,
        audience: Audience,
        metrics: Metrics,
        dead_letters: DeadLetters | None = None,
        look: Look | None = None,
        times: Times | None = None,
    ) -> None:
        """What fails is kept in `dead_letters`, which takes a database.

        `look` finds what was put on the board at another server up to now. It is called before something is said not
        to be on the board, and costs nothing for what is.
        """
        self._rules = rules
        self._repositories = repositories
        self._journal = journal
        self._store = store
        self._audience = audience
        self._metrics = metrics
        self._dead_letters = dead_letters
        self._look = look
        self._counter = cache(metrics.updates.labels)
        self._log = log.bind()  # found once, not anew for each line
        self._board = Progress()
        self.times = times or Times()
        self._unmapped = Strangers(metrics, rules.github_host)
        self._unknown: list[Entry] = []

    @property
    def applied(self) -> int:
        """The ``seq`` up to which the board has what the journal has."""
        return self._board.seq

    async def accept(self, requests: Sequence[Request]) -> list[Receipt | Exception]:
        """Take what came in together. When this returns, each change is in the journal, or there was none.

        Returns what became of each: its receipt, or why it was not accepted, and changed nothing. That is a
        ``DeliveryError``, or else a bug.
        """
        offers = [await self._offer(request) for request in requests]
        if self._look and Unmapped in map(type, offers):
            offers = await self._look_again(offers, self._look)
        outcomes = [await self._outcome(offer) for offer in offers]
        answered = self.times.clock()
        for request, offer, outcome in zip(requests, offers, outcomes, strict=True):
            if (taken := noted(request, offer, outcome, answered)) is not None:
                self.times.note_taken(taken)
        last = max((each.seq for each in outcomes if isinstance(each, Receipt) and each.seq), default=0)
        await self._board.wait(last, SHOWN_WITHIN)  # whoever looks after the answer finds it
        return outcomes

    async def take(self, delivery: Delivery) -> Receipt:
        """Take a delivery whose signature was verified, now or when it came first.

        Raises:
            DeliveryError: it is not taken, and changed nothing.
        """
        said = await self._read(delivery)
        if isinstance(said, Unmapped) and self._look:
            await self._look()
            said = await self._read(delivery)
        if isinstance(said, Unmapped):
            return self._unmapped.ignore(said)
        if isinstance(said, Receipt):
            return said
        return receipt.taken(delivery, said, await self._journal.append(said))

    async def _offer(self, request: Request) -> Offer:
        """Bring a request as far as the journal, and do not wait there."""
        delivery = None
        try:
            large = len(request.body) > LARGE_BODY
            delivery = await asyncio.to_thread(self._verify, request) if large else self._verify(request)
            verified = self.times.clock()
            said = await self._read(delivery)
        except Exception as error:  # noqa: BLE001  # a bug of ours must not take the others with it
            return Failed(delivery, error)
        if isinstance(said, NOTHING_TO_OFFER):
            return said
        return Offered(delivery, said, self._journal.append(said), verified, self.times.clock())

    async def _look_again(self, offers: Sequence[Offer], look: Look) -> list[Offer]:
        """Look whether repositories were added at another server just now, once for all deliveries that ask."""
        try:
            await look()
        except StorageUnavailable as error:
            log.error("repository.not_looked_up", reason=str(error))
            why = JournalUnavailable("Whether this repository is on the board cannot be looked up at the moment.")
            return [Failed(offer.delivery, why) if isinstance(offer, Unmapped) else offer for offer in offers]
        return [await self._offer_again(offer.delivery) if isinstance(offer, Unmapped) else offer for offer in offers]

    async def _offer_again(self, delivery: Delivery) -> Offer:
        try:
            said = await self._read(delivery)
        except Exception as error:  # noqa: BLE001  # as above
            return Failed(delivery, error)
        if isinstance(said, NOTHING_TO_OFFER):
            return said
        now = self.times.clock()
        return Offered(delivery, said, self._journal.append(said), now, now)

    async def _outcome(self, offer: Offer) -> Receipt | Exception:
        """What became of an offer, once the journal has answered. What failed by mishap is kept."""
        if isinstance(offer, Offered):
            try:
                return receipt.taken(offer.delivery, offer.change, await offer.appended)
            except Exception as error:  # noqa: BLE001
                offer = Failed(offer.delivery, error)
        if isinstance(offer, Receipt):
            return offer
        if isinstance(offer, Unmapped):
            return self._unmapped.ignore(offer)
        if offer.delivery and worth_keeping(offer.delivery.event, offer.error):
            await self._keep(offer.delivery, offer.error)
        return offer.error

    async def _read(self, delivery: Delivery) -> Change | Receipt | Unmapped:
        """What a delivery says; its receipt already if that is nothing to us."""
        event, body = delivery.event, delivery.body
        large = len(body) > LARGE_BODY
        payload = await asyncio.to_thread(payloads.read, event, body) if large else payloads.read(event, body)
        host = self._rules.github_host
        if not isinstance(payload, WorkflowRunPayload | WorkflowJobPayload):
            why: receipt.Ignored = "ping" if event == "ping" else "unknown-event"
            return receipt.ignored(delivery, payload, why, host)
        if not payload.has_known_action:
            return receipt.ignored(delivery, payload, "unknown-action", host)
        if (repository := self._repositories.resolve(payload.repository) if payload.repository else None) is None:
            return Unmapped(delivery, payload)

        change = normalise(payload, repository, delivery, host, self._rules.retention)
        self._refuse_stale(change)
        return change

    async def replay(self, past: Past, *, despite_gaps: bool = False) -> None:
        """Bring the board back to where it was: from the history, then with what the journal has since then.

        The same path as for live traffic, but for those who watch: nobody does yet.

        Raises:
            Discontinued: the journal has forgotten what came between. With `despite_gaps` we go on without it, and
                whoever has seen less is told to reset.
        """
        self._store.reset(self._journal.epoch)
        self.times.forget()
        for repository, seq, last_event_at in past.repositories:
            if self._repositories.admit(repository):
                self._store.begin(repository.slug, seq, last_event_at)
        for slug, state in past.runs:
            if self._repositories.find(slug):
                self._store.restore(slug, state)
        self._board.reached(past.seq)
        while entries := await self._journal.page(self.applied, REPLAYED_AT_ONCE):
            self._pass_over(entries[0].seq - 1, despite_gaps)
            for entry in entries:
                self._digest(entry, self._learn)
            await self._introduce(self._learn)
            self._board.reached(entries[-1].seq)
            log.info("journal.replayed", changes=self.applied - past.seq, of=self._journal.last_seq - past.seq)
            await asyncio.sleep(0)
        self._pass_over(self._journal.last_seq, despite_gaps)

    def welcome(self, past: Past) -> None:
        """Bring a repository back to where it was, which comes onto the board while it is served."""
        for repository, seq, last_event_at in past.repositories:
            self._store.begin(repository.slug, seq, last_event_at)
        for slug, state in past.runs:
            self._store.restore(slug, state)

    @property
    def states(self) -> Callable[[str, int], RunState | None]:
        """All that was reported of a run, by the slug of its repository and its id; nothing if it is not here."""
        return self._store.state

    async def has(self, seq: int, patience: float) -> bool:
        """Wait until the board has the journal up to `seq`, but no longer than `patience` seconds."""
        await self._board.wait(seq, patience)
        return seq <= self.applied and self._store.epoch == self._journal.epoch

    async def caught_up(self, patience: float) -> None:
        """Wait until the board has what the journal has, but no longer than `patience` seconds."""
        await self._board.wait(self._journal.last_seq, patience)

    def known(self) -> Past:
        """What the board has, for another one to begin with."""
        repositories = [
            PastRepository(repository, 0, last_event_at)
            for repository in self._repositories.all()
            if (last_event_at := self._store.last_event_at(repository.slug))
        ]
        return Past(0, repositories, self._store.states())

    async def follow(self) -> None:
        """Apply the journal to the board and deliver what became different, until the journal closes.

        Raises:
            Discontinued: the board has to begin again.
        """
        if self._store.epoch != self._journal.epoch:
            raise Discontinued
        async for entry in self._journal.read(self.applied):
            self._digest(entry, self._apply)
            if self._unknown:
                await self._introduce(self._apply)
            self._board.reached(entry.seq)
            await self._audience.ready()

    def _verify(self, request: Request) -> Delivery:
        signature.verify(request.body, request.headers.get(SIGNATURE), self._rules.secrets)
        return identify(request)

    async def _keep(self, delivery: Delivery, error: Exception) -> None:
        if self._dead_letters:
            await self._dead_letters.keep(delivery, error)
        else:
            log.error("delivery.not_kept", delivery=delivery.id, reason="OMNILENS_DATABASE_URL=memory keeps nothing.")
            self._metrics.dead_letters_lost.labels("memory").inc()

    def _refuse_stale(self, change: Change) -> None:
        if change.origin.historic and self._rules.reject_stale:
            raise StaleDelivery(
                f"The event happened more than {self._rules.retention} ago. "
                "OMNILENS_STALE_DELIVERIES=history takes such deliveries into the history."
            )

    def _pass_over(self, seq: int, allowed: bool) -> None:
        """Go on after `seq`, although the journal has nothing between there and where the board is."""
        if seq > self.applied:
            if not allowed:
                raise Discontinued
            log.error("journal.gap", after=self.applied, until=seq)
            self._store.skip(seq)
            self._board.reached(seq)

    def _digest(self, entry: Entry, apply: Callable[[Entry], Update | None]) -> None:
        try:
            apply(entry)
        except Exception:
            # One change that we cannot digest must not keep the next thousand from those who wait for them.
            self._metrics.failed_changes.inc()
            log.exception("change.failed", seq=entry.seq, delivery=entry.change.origin.delivery_id)

    async def _introduce(self, apply: Callable[[Entry], Update | None]) -> None:
        """Digest what another server has accepted for repositories that were not on the board here, if they are now."""
        unknown, self._unknown = self._unknown, []
        if not unknown or not self._look:
            return
        try:
            await self._look()
        except StorageUnavailable as error:
            log.error("repository.not_looked_up", seq=unknown[0].seq, reason=str(error))
            return
        for entry in unknown:
            self._digest(entry, apply)
        self._unknown = []  # which are those that were taken off meanwhile

    def _learn(self, entry: Entry) -> Update | None:
        if self._repositories.admit(entry.change.repository):
            return self._store.apply(entry)
        self._unknown.append(entry)
        return None

    def _apply(self, entry: Entry) -> Update | None:
        origin = entry.change.origin
        clock = self.times.clock
        began = clock()
        update = self._learn(entry)
        merged = clock()
        subscribers = -1 if update is None else self._audience.deliver(update)
        took = max(0.0, time.time() - origin.received_at.timestamp())
        self.times.note_shown(Shown(entry.seq, origin.delivery_id, began, merged, clock(), subscribers, took))
        if update is None:
            log.debug("change.without_effect", seq=entry.seq, delivery=origin.delivery_id)
            return None
        self._counter(update.event).inc()
        self._metrics.fanout_seconds.observe(took)
        self._log.info(
            "update.delivered",
            delivery=origin.delivery_id,
            repo=update.repoSlug,
            run=update.workflowId,
            type=update.type,
            seq=update.seq,
            subscribers=subscribers,
        )
        return update
