"""What a sender is told about a delivery that was accepted."""

from __future__ import annotations

from typing import Any, Literal

from msgspec import UNSET, Struct, UnsetType

from omnilens.github.deliveries import Delivery
from omnilens.github.payloads import EventPayload, WorkflowJobPayload, WorkflowRunPayload
from omnilens.pipeline.change import Change
from omnilens.pipeline.journal import Appended
from omnilens.pipeline.normalise import workflow_name
from omnilens.pipeline.text import safe_url

Ignored = Literal["ping", "unknown-event", "unknown-action", "unmapped-repository"]


class Receipt(Struct, frozen=True, kw_only=True, rename="camel"):
    """What became of a delivery that was accepted: the answer to it."""

    success: Literal[True] = True
    delivery_id: str
    duplicate: bool = False
    """It came before, and changed nothing now."""
    event: str
    workflow_name: str | None = None
    html_url: str | None = None
    repo_slug: str | None = None
    run_id: int | None = None
    seq: int | None = None
    """Its place in the journal."""
    ignored: Ignored | UnsetType = UNSET
    """Why it changes nothing, if so."""

    @property
    def result(self) -> str:
        """What became of it, in one word."""
        return "duplicate" if self.duplicate else self.ignored or "accepted"


def taken(delivery: Delivery, change: Change, appended: Appended) -> Receipt:
    """For a delivery whose change is in the journal, now or since it came before."""
    return Receipt(
        delivery_id=delivery.id,
        event=delivery.event,
        workflow_name=change.run.name,
        html_url=change.run.html_url,
        repo_slug=change.repository.slug,
        run_id=change.run.id,
        seq=appended.seq,
        duplicate=appended.duplicate,
    )


def ignored(delivery: Delivery, payload: EventPayload, why: Ignored, github_host: str) -> Receipt:
    """For a delivery that is in order, but says nothing that would change the board."""
    what: dict[str, Any] = {}
    match payload:
        case WorkflowRunPayload(workflow_run=run):
            link = safe_url(run.html_url, github_host)
            what = {"workflow_name": workflow_name(run), "html_url": link, "run_id": run.id}
        case WorkflowJobPayload(workflow_job=job):
            what = {"run_id": job.run_id}
    return Receipt(delivery_id=delivery.id, event=delivery.event, ignored=why, **what)
