"""A change: one accepted delivery, cleaned and reduced to what it says. What the journal keeps.

A change only reports; what it means for the board is decided by ``merge.py``, so that replaying the journal after a
restart runs the same code as live traffic.
"""

from __future__ import annotations

from datetime import datetime

import msgspec
from msgspec import Struct

from omnilens.model import Job, Repository, Run, Timestamp, to_json


class Origin(Struct, frozen=True, kw_only=True, gc=False):
    """Which delivery a change came from. Either of the first two seen before makes it a duplicate."""

    delivery_id: str
    signature: str
    """Stands for the body: nobody but GitHub can make another that fits it."""
    event: str
    action: str
    received_at: Timestamp
    historic: bool = False
    """Older than the event retention: kept, but not announced to anyone."""


class RunReported(Struct, frozen=True, kw_only=True, gc=False, tag_field="kind", tag="run"):
    """GitHub said how a run is."""

    origin: Origin
    repository: Repository
    run: Run


class JobReported(Struct, frozen=True, kw_only=True, gc=False, tag_field="kind", tag="job"):
    """GitHub said how a job is, and in passing a little about its run, which may not have been reported yet."""

    origin: Origin
    repository: Repository
    job: Job
    run: Run
    """The run as far as the job's delivery tells."""


Change = RunReported | JobReported

_DECODER: msgspec.json.Decoder[Change] = msgspec.json.Decoder(RunReported | JobReported)


def happened(change: Change) -> datetime | None:
    """When what it tells of happened at GitHub, to the second: the newest time that it mentions."""
    return change.job.updated_at if isinstance(change, JobReported) else change.run.updated_at


def encode(change: Change) -> bytes:
    """A change as JSON, for a journal to keep."""
    return to_json(change)


def decode(data: bytes) -> Change:
    """What ``encode`` wrote.

    Raises:
        ValueError: it is something else.
    """
    return _DECODER.decode(data)
