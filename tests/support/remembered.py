"""Runs that a server has in its history, without the months that it took."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from omnilens.model import Conclusion, Job, Repository, Run, Status
from omnilens.pipeline.history import Past, PastRepository
from omnilens.pipeline.merge import RunState
from support.server import LiveServer

REPOSITORY = Repository(slug="octo-repo", full_name="octo-org/octo-repo", id=186853002)


def past_run(id: int, started: datetime, seconds: float = 60, **fields: Any) -> Run:  # noqa: A002 - as in a payload
    """A run that took so long, and passed unless `fields` say otherwise."""
    given = {
        "name": "CI",
        "workflow_id": 11,
        "status": Status.COMPLETED,
        "conclusion": Conclusion.SUCCESS,
        "created_at": started,
        "run_started_at": started,
        "updated_at": started + timedelta(seconds=seconds),
        **fields,
    }
    return Run(id=id, **given)


def past_job(id: int, run: Run, waited: float = 5, seconds: float = 60, **fields: Any) -> Job:  # noqa: A002 - as in a payload
    """A job of the latest attempt of a run, which waited so long for a runner and then took so long."""
    created = fields.pop("created_at", run.run_started_at)
    started = created + timedelta(seconds=waited)
    given = {
        "run_id": run.id,
        "run_attempt": run.run_attempt,
        "name": "build",
        "status": Status.COMPLETED,
        "conclusion": Conclusion.SUCCESS,
        "created_at": created,
        "started_at": started,
        "completed_at": started + timedelta(seconds=seconds),
        "labels": ("ubuntu-latest",),
        **fields,
    }
    return Job(id=id, **given)


def state(run: Run, *jobs: Job) -> RunState:
    """All that was reported of a run."""
    return RunState(run, None, {job.id: job for job in jobs})


def remember(server: LiveServer, states: Iterable[RunState]) -> None:
    """Have the server know of these as of any other past."""
    history = server.omnilens.storage.history
    assert history is not None
    seen = [PastRepository(REPOSITORY, 0, datetime.now(UTC))]
    server.call(history.keep(Past(0, seen, [(REPOSITORY.slug, each) for each in states])))
