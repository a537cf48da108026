"""The way of one delivery, for whoever looks for what became of it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Response

from omnilens.api.answers import answer, answering
from omnilens.api.board import Board, TheBoard
from omnilens.api.operator import TheOperator
from omnilens.errors import DeliveryNotFound, StorageUnavailable, Unavailable
from omnilens.pipeline.journal import Entry
from omnilens.pipeline.trace import Trace, trace_of

router = APIRouter(tags=["operations"])


@router.get("/api/deliveries/{delivery}/trace", summary="The way of a delivery, with its times", **answering(Trace))
async def get_trace(board: TheBoard, _: TheOperator, delivery: Annotated[str, Path(max_length=100)]) -> Response:
    came = board.times.taken(delivery)
    entry = await _entry(board, delivery, needed=not came)
    seq = entry.seq if entry else max((each.seq for each in came), default=0)
    found = trace_of(delivery, came, entry, board.times.shown(seq) if seq else None, board.times.clock_offset)
    if found is None:
        raise DeliveryNotFound(await _why_not(board, delivery))
    return answer(found)


async def _entry(board: Board, delivery: str, needed: bool) -> Entry | None:
    try:
        return await board.journal.find(delivery)
    except StorageUnavailable as error:
        if needed:
            raise Unavailable("The journal cannot be asked for it now. Try again in a moment.") from error
        return None


async def _why_not(board: Board, delivery: str) -> str:
    try:
        kept = await board.dead_letters.find(delivery) if board.dead_letters else None
    except StorageUnavailable:
        kept = None
    if kept is not None:
        return f"This delivery failed, and is kept: omnilens deliveries show {delivery} says why."
    return (
        "Nothing is known of this delivery here. It never came, was refused without a valid signature (the log has "
        "delivery.refused), or is older than the event retention (OMNILENS_EVENT_RETENTION). omnilens doctor says "
        "what GitHub has sent."
    )
