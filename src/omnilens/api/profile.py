"""What the server spends its processor time on, for whoever wants to know why it is slow."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from omnilens.api.answers import answer, answering
from omnilens.api.board import TheBoard
from omnilens.api.operator import ActingOperator
from omnilens.errors import ProfileRunning
from omnilens.operations.profiling import LONGEST, AlreadyProfiling, Profile

router = APIRouter(tags=["operations"])

Seconds = Annotated[float, Query(ge=0.1, le=LONGEST, description="How long to look.")]


@router.post("/api/profile", summary="Look for a while what the server works at", **answering(Profile))
async def post_profile(board: TheBoard, _: ActingOperator, seconds: Seconds = 10.0) -> Response:
    try:
        return answer(await board.profiler.run(seconds))
    except AlreadyProfiling as error:
        raise ProfileRunning("Somebody has this server looked at just now. Try again in a minute.") from error
