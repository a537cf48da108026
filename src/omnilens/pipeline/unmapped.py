"""Deliveries of repositories that are not on the board: counted, and logged once for each repository."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from omnilens.github.deliveries import Delivery
from omnilens.github.payloads import WorkflowJobPayload, WorkflowRunPayload
from omnilens.operations import logs
from omnilens.operations.metrics import Metrics
from omnilens.pipeline import receipt
from omnilens.pipeline.receipt import Receipt

log = logs.get(__name__)

MAX_NAMES = 1000
"""Names of repositories that are remembered, so that each is logged once."""
HINT = "add it on the page, or to OMNILENS_REPOSITORIES"


class Unmapped(Struct, frozen=True):
    """A delivery whose repository is not on the board, as far as this server knows."""

    delivery: Delivery
    payload: WorkflowRunPayload | WorkflowJobPayload[Any]


class Strangers:
    """Says of deliveries that they are nothing to us."""

    def __init__(self, metrics: Metrics, github_host: str) -> None:
        self._metrics = metrics
        self._github_host = github_host
        self._names: set[str] = set()

    def ignore(self, unmapped: Unmapped) -> Receipt:
        """The receipt of one."""
        named, delivery = unmapped.payload.repository, unmapped.delivery
        self._metrics.unmapped.inc()
        full_name = named.full_name if named else "(none named)"
        if full_name not in self._names and len(self._names) < MAX_NAMES:
            self._names.add(full_name)
            log.warning("repository.unmapped", delivery=delivery.id, repository=full_name, hint=HINT)
        return receipt.ignored(delivery, unmapped.payload, "unmapped-repository", self._github_host)
