"""What is wrong with a repository's webhook and with the server behind it, and what to do about each."""

from __future__ import annotations

from fastapi import APIRouter, Response

from omnilens.api.answers import answer, answering
from omnilens.api.board import TheBoard
from omnilens.api.schemas import DoctorAnswer
from omnilens.sync.findings import worst

router = APIRouter(tags=["operations"])


@router.get(
    "/api/repos/{slug}/doctor",
    summary="Whether deliveries of a repository arrive, and what to do if not",
    **answering(DoctorAnswer),
)
async def get_doctor(board: TheBoard, slug: str) -> Response:
    repository = board.repository(slug)
    name, last = repository.full_name, board.store.last_event_at(repository.slug)
    own = await board.checkups.of(repository.slug, lambda: board.doctor.repository(name, last))
    server = await board.checkups.of("", board.doctor.server)
    findings = own.findings + server.findings
    return answer(DoctorAnswer(repo=repository, at=own.at, level=worst(findings), findings=findings))
