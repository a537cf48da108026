"""Problems that people report from their page."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request, Response
from msgspec import Meta, Struct

from omnilens.addresses import group_of
from omnilens.api.answers import answer, answering
from omnilens.api.board import TheBoard
from omnilens.api.bodies import read, taking
from omnilens.api.origin import FromOurPage
from omnilens.api.viewer import TheViewer
from omnilens.errors import OperatorsOnly
from omnilens.oncall.reports import PageState, Problem
from omnilens.people.viewer import LOCAL
from omnilens.pipeline.text import clean

router = APIRouter(tags=["operations"])

LISTED = 100
LONGEST = 500


class NewProblem(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What somebody reports."""

    said: Annotated[str, Meta(max_length=LONGEST)] = ""
    repo: Annotated[str, Meta(max_length=200)] | None = None
    """The slug of the repository whose page it is about."""
    page: PageState = PageState()


class ProblemList(Struct, frozen=True, kw_only=True):
    problems: tuple[Problem, ...]
    """Newest first."""


@router.post("/api/reports", summary="Report a problem with the board", status_code=204, **taking(NewProblem))
async def report_problem(board: TheBoard, viewer: TheViewer, request: Request, _: FromOurPage) -> Response:
    wanted = await read(request, NewProblem)
    slug = (await board.repository(viewer, wanted.repo)).slug if wanted.repo is not None else None
    client = request.client.host if request.client else ""
    user = group_of(client) if viewer is LOCAL else viewer.key
    await board.oncall.reports.take(user, slug, clean(wanted.said, LONGEST), wanted.page)
    return Response(status_code=204)


@router.get("/api/reports", summary="What people reported last, for operators", **answering(ProblemList))
async def get_reports(board: TheBoard, viewer: TheViewer) -> Response:
    if not board.people.is_operator(viewer):
        raise OperatorsOnly("Only operators of this board read what people report (OMNILENS_OPERATORS).")
    return answer(ProblemList(problems=tuple(await board.oncall.reports.last(LISTED))))
