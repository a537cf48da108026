"""Reading many runs of the past without holding anybody up: page by page, each in a thread, without what is not needed.

A repository may have a hundred thousand runs, and most of what is written of each are the steps of its jobs. The
decoders here skip them, which takes a tenth of the time that making them would.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import NamedTuple

import msgspec
from msgspec import field
from sqlalchemy import Connection, and_, or_, select

from omnilens.database import Database
from omnilens.database.schema import runs
from omnilens.database.tables import to_ticks
from omnilens.model import Job, Step
from omnilens.operations import logs
from omnilens.pipeline.merge import RunState

log = logs.get(__name__)

ROWS_AT_ONCE = 500
"""Runs read in one transaction. Between two of them the threads are free for others."""

Take = Callable[[Sequence[RunState]], None]
"""Takes some runs in; called in a thread, and never twice at once."""


class _Job(Job, frozen=True, kw_only=True, gc=False, rename={"steps": "-"}):
    """A job whose steps are left where they are."""

    steps: tuple[Step, ...] = ()


class _StateWithoutSteps(RunState, frozen=True):
    jobs: Mapping[int, _Job] = field(default_factory=dict)


class _StateWithoutJobs(RunState, frozen=True, rename={"jobs": "-"}):
    jobs: Mapping[int, Job] = field(default_factory=dict)


_WITHOUT_STEPS = msgspec.json.Decoder(_StateWithoutSteps).decode
_WITHOUT_JOBS = msgspec.json.Decoder(_StateWithoutJobs).decode


class _Place(NamedTuple):
    """Where in the order of the table a page ended."""

    started_at: int
    run_id: int


async def walk(database: Database, slug: str, start: datetime, end: datetime, take: Take, *, jobs: bool) -> None:
    """Give `take` all runs of a repository that started between `start` and `end`, oldest first; jobs if wanted."""
    place: _Place | None = _Place(to_ticks(start), -1)
    while place is not None:
        place = await database.read(partial(_page, slug, place, to_ticks(end), take, jobs))


def _page(slug: str, after: _Place, end: int, take: Take, jobs: bool, connection: Connection) -> _Place | None:
    further = or_(
        runs.c.started_at > after.started_at,
        and_(runs.c.started_at == after.started_at, runs.c.run_id > after.run_id),
    )
    # Said twice, since the index is of use to the first one only.
    wanted = and_(runs.c.slug == slug, runs.c.started_at >= after.started_at, runs.c.started_at < end, further)
    found = connection.execute(
        select(runs.c.started_at, runs.c.run_id, runs.c.state)
        .where(wanted)
        .order_by(runs.c.started_at, runs.c.run_id)
        .limit(ROWS_AT_ONCE)
    ).all()
    take([state for row in found if (state := _state(slug, row.run_id, row.state, jobs))])
    return _Place(found[-1].started_at, found[-1].run_id) if len(found) == ROWS_AT_ONCE else None


def _state(slug: str, run_id: int, written: bytes, jobs: bool) -> RunState | None:
    try:
        return (_WITHOUT_STEPS if jobs else _WITHOUT_JOBS)(bytes(written))
    except ValueError as error:  # as everywhere in the history: it costs that run, not all the others
        log.error("history.unreadable_run", repo=slug, run=run_id, reason=str(error))
        return None
