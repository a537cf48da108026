"""Months of a repository in numbers, as JSON and as tables for a spreadsheet."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from omnilens.api.answers import answering
from omnilens.api.board import Board, TheBoard
from omnilens.api.costly import Worked
from omnilens.api.days import Day, day_of, days_before
from omnilens.api.viewer import TheViewer
from omnilens.insights.report_shapes import Report
from omnilens.insights.report_tables import Table, csv_of
from omnilens.insights.tally import Tally
from omnilens.model import Repository
from omnilens.pipeline.merge import RunState, view

router = APIRouter(tags=["board"])

MOST_DAYS = 366


@dataclass(frozen=True, slots=True)
class Period:
    """Some days up to today, where somebody is."""

    today: Day
    days: int


async def requested_period(
    days: Annotated[int, Query(ge=1, le=MOST_DAYS, description="How many days, with today.")] = 30,
    tz: Annotated[str, Query(description="The time zone the days are cut in.", max_length=64)] = "UTC",
) -> Period:
    """The days that a request asks for."""
    return Period(day_of(None, tz, datetime.now(UTC)), days)


ThePeriod = Annotated[Period, Depends(requested_period)]


@router.get("/api/repos/{slug}/report", summary="The last days of one repository in numbers", **answering(Report))
async def get_report(board: TheBoard, viewer: TheViewer, request: Request, slug: str, period: ThePeriod) -> Response:
    repository = await board.repository(viewer, slug)
    worked = await _report(board, repository, period)

    async def built() -> Report:
        return worked.value

    return await board.answers.respond(request, ("report", repository, period), worked.version, built)


@router.get(
    "/api/repos/{slug}/report.csv",
    summary="One table of the report for a spreadsheet",
    response_class=Response,
    responses={200: {"description": "", "content": {"text/csv": {"schema": {"type": "string"}}}}},
)
async def get_report_csv(
    board: TheBoard,
    viewer: TheViewer,
    slug: str,
    period: ThePeriod,
    table: Annotated[Table, Query(description="Which of its tables.")] = "days",
) -> Response:
    repository = await board.repository(viewer, slug)
    worked = await _report(board, repository, period)
    name = f"{repository.slug}-{table}-{period.today.date.isoformat()}-{period.days}d.csv"
    return Response(
        await asyncio.to_thread(csv_of, worked.value, table),
        media_type="text/csv; charset=utf-8",
        headers={
            "cache-control": "no-store",
            "content-disposition": f'attachment; filename="{name}"',
        },
    )


async def _report(board: Board, repository: Repository, period: Period) -> Worked[Report]:
    version = f"{board.epoch}-{board.store.version(repository.slug)}"
    return await board.reports.get((repository, period), version, lambda: _count(board, repository, period))


async def _count(board: Board, repository: Repository, period: Period) -> Report:
    """Count all runs of a period, in threads: there may be a hundred thousand, and deliveries do not wait for that."""
    days = [days_before(period.today, number) for number in reversed(range(period.days))]
    tally = Tally([day.date.isoformat() for day in days], [day.start for day in days], period.today.end)

    def take(states: Sequence[RunState]) -> None:
        for state in states:
            tally.add(view(state).run, state.jobs)

    await board.recall(repository.slug, days[0].start, period.today.end, take, jobs=True)
    from_history = board.history is not None
    return await asyncio.to_thread(tally.report, repository, period.today.tz, from_history, datetime.now(UTC))
