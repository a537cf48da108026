"""The last half hour of a board: how it was at the beginning, and every update since."""

from __future__ import annotations

import asyncio
import gzip
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from omnilens.api.answers import answering
from omnilens.api.board import Board, TheBoard
from omnilens.api.days import day_of
from omnilens.api.runs import for_list
from omnilens.api.schemas import Rewind
from omnilens.api.viewer import TheViewer
from omnilens.model import Repository, to_json
from omnilens.pipeline.earlier import Recording, shortened
from omnilens.pipeline.store import newest_first

router = APIRouter(tags=["board"])

WINDOW = timedelta(minutes=30)
"""Less where updates are kept for less than that."""
MAX_UPDATES = 5_000
"""Of a board that is busier than that, a shorter time can be shown: compressed, these are half a megabyte."""
_LEVEL = 3
"""Nobody gets the same twice, so it is not worth more."""


@router.get(
    "/api/repos/{slug}/rewind",
    summary="The board at the beginning of the last half hour, and every update since",
    **answering(Rewind),
)
async def get_rewind(
    board: TheBoard,
    viewer: TheViewer,
    request: Request,
    slug: str,
    tz: Annotated[str, Query(description="The time zone that days are cut in.", max_length=64)] = "UTC",
) -> Response:
    repository = await board.repository(viewer, slug)
    day_of(None, tz, datetime.now(UTC))  # which knows whether there is such a time zone

    async def build() -> bytes:
        recording = board.store.recording(repository.slug)
        seq = board.store.seq(repository.slug)
        return await asyncio.to_thread(_packed, board, repository, tz, recording, seq)

    version = str(board.store.version(repository.slug))
    packed = (await board.rewinds.get((repository, tz, board.epoch), version, build)).value
    headers = {"cache-control": "no-store", "vary": "Accept-Encoding"}
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(
            await asyncio.to_thread(gzip.decompress, packed), headers=headers, media_type="application/json"
        )
    return Response(packed, headers={**headers, "content-encoding": "gzip"}, media_type="application/json")


def _packed(board: Board, repository: Repository, tz: str, recording: Recording, seq: int) -> bytes:
    rewind = rewound(repository, tz, recording, seq=seq, epoch=board.epoch, now=datetime.now(UTC))
    return gzip.compress(to_json(rewind), _LEVEL, mtime=0)


def rewound(repository: Repository, tz: str, recording: Recording, *, seq: int, epoch: str, now: datetime) -> Rewind:
    """The answer, of which no more than `MAX_UPDATES` and the last half hour are told."""
    older = sum(1 for _ in takewhile(lambda update: update.timestamp < now - WINDOW, recording.updates))
    recording = shortened(recording, min(MAX_UPDATES, len(recording.updates) - older))
    first = recording.updates[0].timestamp if recording.updates else now
    begins_at = max(recording.since or first, now - WINDOW)
    start = day_of(None, tz, begins_at).start
    shown = [view for view in recording.views if not view.run.completed or view.run.updated_at >= start]
    return Rewind(
        repo=repository,
        tz=tz,
        begins_at=begins_at,
        begins_seq=recording.seq,
        runs=tuple(map(for_list, newest_first(shown))),
        updates=tuple(recording.updates),
        seq=seq,
        epoch=epoch,
    )
