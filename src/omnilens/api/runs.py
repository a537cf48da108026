"""The runs of a day, and one run with its jobs and steps."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from msgspec.structs import asdict, replace

from omnilens.api.answers import answer, answering
from omnilens.api.board import IF_ASKED, TheBoard
from omnilens.api.days import Day, requested_day
from omnilens.api.schemas import RunAnswer, RunList
from omnilens.api.viewer import TheViewer
from omnilens.errors import RunNotFound
from omnilens.insights.attempts import attempts_of, failed_before, flaky
from omnilens.model import Conclusion, Job, Run, RunDetail
from omnilens.pipeline.merge import RunView

router = APIRouter(tags=["board"])

_UNEVENTFUL = frozenset({Conclusion.SUCCESS, Conclusion.SKIPPED})


@router.get(
    "/api/repos/{slug}/runs", summary="The runs that were active on one day, newest first", **answering(RunList)
)
async def get_runs(
    board: TheBoard, viewer: TheViewer, request: Request, slug: str, day: Annotated[Day, Depends(requested_day)]
) -> Response:
    repository = await board.repository(viewer, slug)
    last_event_at = board.store.last_event_at(repository.slug)
    opened = await board.opened_days.open(repository, day.start, day.end)

    async def build() -> RunList:
        views = await board.runs(repository.slug, day)
        again = {view.run.id: view.run for view in views if view.run.run_attempt > 1}
        jobs = await board.all_jobs(repository.slug, again.keys())
        return RunList(
            repo=repository,
            date=day.date.isoformat(),
            tz=day.tz,
            last_event_at=last_event_at,
            runs=tuple(for_list(view) for view in views),
            failed_before=tuple(sorted(each for each, run in again.items() if failed_before(run, jobs.get(each, ())))),
            history=opened.history,
            seq=board.store.seq(repository.slug),
            epoch=board.epoch,
        )

    # Not every delivery changes a run, but each is the last one.
    shown = f"{board.store.version(repository.slug)}-{last_event_at and last_event_at.timestamp()}-{opened.version}"
    return await board.answers.respond(request, (repository, day), f"{board.epoch}-{shown}", build)


@router.get("/api/repos/{slug}/runs/{id}", summary="One run with its jobs and steps", **answering(RunAnswer))
async def get_run(
    board: TheBoard,
    viewer: TheViewer,
    slug: str,
    id: Annotated[int, Path(ge=0, le=2**53)],  # noqa: A002 - the contract's name
    attempt: Annotated[int | None, Query(ge=1, le=10_000, description="The latest if it is left out.")] = None,
) -> Response:
    repository = await board.repository(viewer, slug)
    view = await board.run_with_jobs(repository, id)
    if view is None:
        raise RunNotFound(f"There is no run {id} of {repository.full_name} here; it may be older than the history.")
    seq = board.store.seq(repository.slug)
    jobs = (await board.all_jobs(repository.slug, [id])).get(id, ())
    attempts = attempts_of(view.run, jobs)
    shown = view
    if attempt is not None and attempt != view.run.run_attempt:
        shown = await board.attempt(repository, view.run, attempt)
    unknown = any(each.jobs == 0 for each in attempts[:-1])
    said = RunAnswer(
        repo=repository,
        run=_detail(shown.run, shown.jobs),
        attempts=attempts,
        flaky=flaky(view.run, jobs, (each.run for each in board.store.all_runs(repository.slug))),
        hint=IF_ASKED if unknown and board.details is None else None,
        seq=seq,
        epoch=board.epoch,
    )
    return answer(said)


def _detail(run: Run, jobs: tuple[Job, ...]) -> RunDetail:
    return RunDetail(**asdict(run), jobs=jobs)


def for_list(view: RunView) -> RunDetail:
    """Without the steps of jobs that passed: they are most of the bytes, and nobody looks at them in a list."""
    return _detail(view.run, tuple(_for_list_job(job) for job in view.jobs))


def _for_list_job(job: Job) -> Job:
    return replace(job, steps=()) if job.conclusion in _UNEVENTFUL else job
