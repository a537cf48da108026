"""A change: one accepted delivery, cleaned and reduced to what it says. What the journal keeps.

A change only reports; what it means for the board is decided by ``merge.py``, so that replaying the journal after a
restart runs the same code as live traffic.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from omnilens.model import Job, Repository, Run, Timestamp


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Which delivery a change came from. Either of the first two seen before makes it a duplicate."""

    delivery_id: str
    signature: str
    """Stands for the body: nobody but GitHub can make another that fits it."""
    event: str
    action: str
    received_at: Timestamp
    historic: bool = False
    """Older than the event retention: kept, but not announced to anyone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReported:
    """GitHub said how a run is."""

    kind: Literal["run"] = "run"
    origin: Origin
    repository: Repository
    run: Run


@dataclass(frozen=True, slots=True, kw_only=True)
class JobReported:
    """GitHub said how a job is, and in passing a little about its run, which may not have been reported yet."""

    kind: Literal["job"] = "job"
    origin: Origin
    repository: Repository
    job: Job
    run: Run
    """The run as far as the job's delivery tells."""


Change = Annotated[RunReported | JobReported, Field(discriminator="kind")]
