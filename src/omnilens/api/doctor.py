"""What is wrong with a repository's webhook and with the server behind it, and what to do about each."""

from __future__ import annotations

from fastapi import APIRouter, Response

from omnilens.api.answers import answer, answering
from omnilens.api.board import TheBoard
from omnilens.api.origin import FromOurPage
from omnilens.api.schemas import DoctorAnswer, MendedHook, MendedHooks
from omnilens.api.viewer import TheViewer
from omnilens.errors import GitHubRefused, NothingToAskWith, OperatorsOnly
from omnilens.github.rest import GitHubError
from omnilens.operations import logs
from omnilens.sync.findings import worst

router = APIRouter(tags=["operations"])

log = logs.get(__name__)


@router.get(
    "/api/repos/{slug}/doctor",
    summary="Whether deliveries of a repository arrive, and what to do if not",
    **answering(DoctorAnswer),
)
async def get_doctor(board: TheBoard, viewer: TheViewer, slug: str) -> Response:
    repository = await board.repository(viewer, slug)
    name, last = repository.full_name, board.store.last_event_at(repository.slug)
    own = await board.checkups.of(repository.slug, lambda: board.doctor.repository(name, last))
    server = await board.checkups.of("", board.doctor.server)
    # What the server is made of is nobody's business who only looks at a repository.
    findings = own.findings + (server.findings if board.people.is_operator(viewer) else ())
    return answer(DoctorAnswer(repo=repository, at=own.at, level=worst(findings), findings=findings))


@router.post(
    "/api/repos/{slug}/doctor/webhook",
    summary="Make or repair the webhook of a repository, as `omnilens hooks sync` does",
    **answering(MendedHooks),
)
async def mend_webhook(board: TheBoard, viewer: TheViewer, slug: str, _: FromOurPage) -> Response:
    repository = await board.repository(viewer, slug)
    if not board.people.is_operator(viewer):
        raise OperatorsOnly("Only operators of this board repair webhooks (OMNILENS_OPERATORS).")
    if board.mending is None:
        raise NothingToAskWith("Set GITHUB_TOKEN, or GITHUB_APP_ID with its key, to have webhooks looked after.")
    try:
        done = await board.mending.mend(repository.full_name)
    except GitHubError as error:
        raise GitHubRefused(error.message) from error
    finally:
        board.checkups.forget(repository.slug)
    log.info("webhook.mended", repo=repository.slug, done=[each.what for each in done])
    mended = tuple(MendedHook(where=each.where, what=each.what, well=each.well) for each in done)
    return answer(MendedHooks(repo=repository, done=mended))
