"""The numbers of a day. Here is the one definition of success rate: passed / (passed + failed)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Response

from omnilens.api.answers import answer, answering
from omnilens.api.board import TheBoard
from omnilens.api.days import Day, requested_day
from omnilens.api.schemas import Overview, OverviewAnswer
from omnilens.api.viewer import TheViewer
from omnilens.model import Conclusion, Run

router = APIRouter(tags=["board"])


def overview(runs: Sequence[Run], day: Day) -> Overview:
    """Count `runs`, the runs of `day`. Cancelled, skipped, neutral and waiting ones neither pass nor fail."""
    completed = [run for run in runs if run.completed]
    passed = sum(run.conclusion is Conclusion.SUCCESS for run in completed)
    failed = sum(run.failed for run in completed)
    return Overview(
        date=day.date.isoformat(),
        tz=day.tz,
        workflows=len({run.workflow_id or run.name for run in runs}),
        total_runs=len(runs),
        completed=len(completed),
        passed=passed,
        failed=failed,
        in_progress=len(runs) - len(completed),
        success_rate=passed / (passed + failed) if passed + failed else None,
        total_runtime_seconds=round(
            sum(max(0.0, (run.updated_at - run.run_started_at).total_seconds()) for run in completed)
        ),
    )


@router.get(
    "/api/repos/{slug}/overview", summary="The numbers of one repository on one day", **answering(OverviewAnswer)
)
async def get_overview(
    board: TheBoard, viewer: TheViewer, slug: str, day: Annotated[Day, Depends(requested_day)]
) -> Response:
    repository = await board.repository(viewer, slug)
    runs = [view.run for view in await board.runs(repository.slug, day)]
    seq = board.store.seq(repository.slug)
    return answer(OverviewAnswer(repo=repository, overview=overview(runs, day), seq=seq, epoch=board.epoch))
