"""What a sender is told about a delivery that was accepted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from omnilens.github.deliveries import Delivery
from omnilens.github.payloads import EventPayload, WorkflowJobPayload, WorkflowRunPayload
from omnilens.pipeline.change import Change
from omnilens.pipeline.journal import Appended
from omnilens.pipeline.normalise import workflow_name
from omnilens.pipeline.text import safe_url

Ignored = Literal["ping", "unknown-event", "unknown-action", "unmapped-repository"]


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a delivery."""

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


def taken(delivery: Delivery, change: Change, appended: Appended) -> Receipt:
    """For a delivery whose change is in the journal, now or since it came before."""
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


def ignored(delivery: Delivery, payload: EventPayload, why: Ignored, github_host: str) -> Receipt:
    """For a delivery that is in order, but says nothing that would change the board."""
    match payload:
        case WorkflowRunPayload(workflow_run=run):
            link = safe_url(run.html_url, github_host)
            return Receipt(delivery.id, delivery.event, workflow_name(run), link, run_id=run.id, ignored=why)
        case WorkflowJobPayload(workflow_job=job):
            return Receipt(delivery.id, delivery.event, run_id=job.run_id, ignored=why)
        case _:
            return Receipt(delivery.id, delivery.event, ignored=why)
