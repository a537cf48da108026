"""What is wrong with the server itself, for its operators."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, Response

from omnilens.api.answers import answer, answering
from omnilens.api.board import TheBoard
from omnilens.api.schemas import AlertList
from omnilens.api.viewer import TheViewer
from omnilens.errors import OperatorsOnly, StorageUnavailable
from omnilens.oncall.log import AlertLog, AlertTurn

router = APIRouter(tags=["operations"])

LOGGED = 50
PATIENCE = 3.0
"""Seconds that the database is given."""


@router.get("/api/alerts", summary="Every alert, whether it fires, and what happened last", **answering(AlertList))
async def get_alerts(board: TheBoard, viewer: TheViewer) -> Response:
    if not board.people.is_operator(viewer):
        raise OperatorsOnly("Only operators of this board see its alerts (OMNILENS_OPERATORS).")
    oncall = board.oncall
    listed = AlertList(
        server=oncall.log.server,
        alerts=tuple(oncall.alerts.all()),
        rollback=oncall.rollback.mode,
        log=await _log(oncall.log),
    )
    return answer(listed)


async def _log(kept: AlertLog) -> tuple[AlertTurn, ...] | None:
    """How everything is has to be told also when it is the database that is wrong."""
    try:
        async with asyncio.timeout(PATIENCE):
            return tuple(await kept.last(LOGGED))
    except (StorageUnavailable, TimeoutError):
        return None
