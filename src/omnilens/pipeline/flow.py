"""The way of an event, whole. Read this file first.

    GitHub ── POST ──▶ intake ──▶ signature ──▶ payloads ──▶ normalise ──▶ journal ──▶ merge ──▶ store ──▶ deliver
                                └──────────────── accept ───────────────────┘   └──────────── follow ───────────┘

``accept`` ends where the change is in the journal: that is when GitHub gets its answer. Everything after is driven by
reading the journal, so that live traffic, replay after a restart and catching up are the same code.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from omnilens.errors import StaleDelivery
from omnilens.github import payloads, signature
from omnilens.github.deliveries import SIGNATURE, Delivery, Request, identify
from omnilens.github.payloads import EventPayload, WorkflowJobPayload, WorkflowRunPayload
from omnilens.model import Update
from omnilens.operations import logs
from omnilens.operations.metrics import Metrics
from omnilens.pipeline.change import Change
from omnilens.pipeline.journal import Entry, Journal
from omnilens.pipeline.mapping import RepositoryMap
from omnilens.pipeline.normalise import job_reported, run_reported, workflow_name
from omnilens.pipeline.store import Store
from omnilens.pipeline.text import safe_url

log = logs.get(__name__)

LARGE_BODY = 512 * 1024
"""Bytes; a body above is checked and read in a thread, since the loop would stand still for milliseconds."""
APPLIED_WITHIN = 0.25
"""Seconds that an answer waits for the board to show the change."""
READERS_TURNS = 4
"""Turns of the event loop in which the journal's reader mostly gets there, so that no timer need be set."""
MAX_UNMAPPED_NAMES = 1000
"""Names of repositories not on the board that are remembered, so that each is logged once."""

ACTIONS = {
    "workflow_run": frozenset({"requested", "in_progress", "completed"}),
    "workflow_job": frozenset({"queued", "waiting", "in_progress", "completed"}),
}

Ignored = Literal["ping", "unknown-event", "unknown-action", "unmapped-repository"]


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a delivery that was accepted."""

    delivery_id: str
    event: str
    workflow_name: str | None = None
    html_url: str | None = None
    repo_slug: str | None = None
    run_id: int | None = None
    seq: int | None = None
    duplicate: bool = False
    ignored: Ignored | None = None
    """Why it changed nothing, if it did not."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What the operator decided about deliveries."""

    secrets: Sequence[bytes]
    github_host: str
    retention: timedelta
    reject_stale: bool


class Flow:
    """Takes deliveries in, and brings what the journal says to those who watch."""

    def __init__(
        self,
        rules: Rules,
        repositories: RepositoryMap,
        journal: Journal,
        store: Store,
        deliver: Callable[[Update], int],
        metrics: Metrics,
    ) -> None:
        self._rules = rules
        self._repositories = repositories
        self._journal = journal
        self._store = store
        self._deliver = deliver
        self._metrics = metrics
        self._unmapped: set[str] = set()
        self._applied_seq = 0
        self._waiting: dict[int, asyncio.Event] = {}

    async def accept(self, request: Request) -> Receipt:
        """Take a delivery. When this returns, its change is in the journal (or it had nothing to say).

        Raises:
            DeliveryError: it is not accepted, and changed nothing.
        """
        if len(request.body) > LARGE_BODY:
            delivery, payload = await asyncio.to_thread(self._verified, request)
        else:
            delivery, payload = self._verified(request)
        change = self._normalised(delivery, payload)
        if isinstance(change, Receipt):
            return change
        if change.origin.historic and self._rules.reject_stale:
            raise StaleDelivery(
                f"The event happened more than {self._rules.retention} ago. "
                "OMNILENS_STALE_DELIVERIES=history takes such deliveries into the history."
            )
        appended = await self._journal.append(change)
        await self._applied(appended.seq)
        return Receipt(
            delivery.id,
            delivery.event,
            workflow_name=change.run.name,
            html_url=change.run.html_url,
            repo_slug=change.repository.slug,
            run_id=change.run.id,
            seq=appended.seq,
            duplicate=appended.duplicate,
        )

    async def follow(self) -> None:
        """Apply the journal to the board and deliver what became different, until the journal closes."""
        async for entry in self._journal.read():
            try:
                self._apply(entry)
            except Exception:
                # One change that we cannot digest must not keep the next thousand from those who wait for them.
                self._metrics.failed_changes.inc()
                log.exception("change.failed", seq=entry.seq, delivery=entry.change.origin.delivery_id)
            self._applied_seq = entry.seq
            if waiting := self._waiting.pop(entry.seq, None):
                waiting.set()

    async def _applied(self, seq: int) -> None:
        """Wait until the board shows what the journal has: whoever looks after the answer finds it.

        Not for long, since the change is safe already, and whoever sent it should not pay for a board that is slow.
        """
        for _ in range(READERS_TURNS):
            if seq <= self._applied_seq:
                return
            await asyncio.sleep(0)
        waiting = self._waiting.setdefault(seq, asyncio.Event())
        with suppress(TimeoutError):
            async with asyncio.timeout(APPLIED_WITHIN):
                await waiting.wait()
        self._waiting.pop(seq, None)

    def _verified(self, request: Request) -> tuple[Delivery, EventPayload]:
        signature.verify(request.body, request.headers.get(SIGNATURE), self._rules.secrets)
        delivery = identify(request)
        return delivery, payloads.read(delivery.event, delivery.body)

    def _normalised(self, delivery: Delivery, payload: EventPayload) -> Change | Receipt:
        """The change that a delivery reports, or the receipt for one that reports none."""
        rules = self._rules
        if not isinstance(payload, WorkflowRunPayload | WorkflowJobPayload):
            return Receipt(delivery.id, delivery.event, ignored="ping" if delivery.event == "ping" else "unknown-event")
        if payload.action is not None and payload.action not in ACTIONS[delivery.event]:
            return self._ignored(delivery, payload, "unknown-action")
        repository = self._repositories.resolve(payload.repository) if payload.repository else None
        if repository is None:
            self._note_unmapped(payload.repository.full_name if payload.repository else "(none named)")
            return self._ignored(delivery, payload, "unmapped-repository")
        if isinstance(payload, WorkflowRunPayload):
            return run_reported(payload, repository, delivery, rules.github_host, rules.retention)
        return job_reported(payload, repository, delivery, rules.github_host, rules.retention)

    def _ignored(self, delivery: Delivery, payload: WorkflowRunPayload | WorkflowJobPayload, why: Ignored) -> Receipt:
        if isinstance(payload, WorkflowJobPayload):
            return Receipt(delivery.id, delivery.event, run_id=payload.workflow_job.run_id, ignored=why)
        run = payload.workflow_run
        link = safe_url(run.html_url, self._rules.github_host)
        return Receipt(delivery.id, delivery.event, workflow_name(run), link, run_id=run.id, ignored=why)

    def _note_unmapped(self, full_name: str) -> None:
        self._metrics.unmapped.inc()
        if full_name not in self._unmapped and len(self._unmapped) < MAX_UNMAPPED_NAMES:
            self._unmapped.add(full_name)
            log.warning("repository.unmapped", repository=full_name, hint="add it to OMNILENS_REPOSITORIES")

    def _apply(self, entry: Entry) -> None:
        origin = entry.change.origin
        self._repositories.learn(entry.change.repository)
        update = self._store.apply(entry)
        if update is None:
            log.debug("change.without_effect", seq=entry.seq, delivery=origin.delivery_id)
            return
        subscribers = self._deliver(update)
        self._metrics.updates.labels(update.event).inc()
        self._metrics.fanout_seconds.observe(max(0.0, time.time() - origin.received_at.timestamp()))
        log.info(
            "update.delivered",
            delivery=origin.delivery_id,
            repo=update.repoSlug,
            run=update.workflowId,
            type=update.type,
            seq=update.seq,
            subscribers=subscribers,
        )
