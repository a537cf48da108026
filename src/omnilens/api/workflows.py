"""The workflows of a repository as they were before a day: what the day is compared with."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from omnilens.api.answers import answering
from omnilens.api.board import Board, TheBoard
from omnilens.api.days import Day, days_before, requested_day
from omnilens.api.viewer import TheViewer
from omnilens.insights.workflows import DAYS_BACK, Recollection, WorkflowList
from omnilens.model import Repository
from omnilens.pipeline.merge import view

router = APIRouter(tags=["board"])


@router.get(
    "/api/repos/{slug}/workflows",
    summary="How each workflow ended the day before, when it last ran, and how long it usually takes",
    **answering(WorkflowList),
)
async def get_workflows(
    board: TheBoard, viewer: TheViewer, request: Request, slug: str, day: Annotated[Day, Depends(requested_day)]
) -> Response:
    repository = await board.repository(viewer, slug)
    question = ("workflows", repository, day)
    version = f"{board.epoch}-{board.store.version(repository.slug)}"
    worked = await board.workflows.get(question, version, lambda: _workflows(board, repository, day))

    async def built() -> WorkflowList:
        return worked.value

    return await board.answers.respond(request, question, worked.version, built)


async def _workflows(board: Board, repository: Repository, day: Day) -> WorkflowList:
    since = days_before(day, DAYS_BACK).start
    recollection = Recollection(since, days_before(day, 1).start, day.start, day.end)
    await board.recall(
        repository.slug, since, day.end, lambda states: recollection.add(view(state).run for state in states)
    )
    return WorkflowList(
        repo=repository,
        date=day.date.isoformat(),
        tz=day.tz,
        since=since,
        from_history=board.history is not None,
        workflows=recollection.workflows(),
    )
