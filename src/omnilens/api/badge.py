"""How a repository or one of its workflows stands, for those who have no board open: a badge, and CCTray's XML.

Both need the same rights as everything else. Only where the operator wants it (``OMNILENS_PUBLIC_BADGES``) are they
there for everybody, and then only those of repositories that GitHub has called public.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from omnilens.api.badge_drawing import Tone, drawing
from omnilens.api.board import Board, TheBoard
from omnilens.api.cctray import Project, document
from omnilens.api.standing import Standing
from omnilens.api.viewer import OptionalViewer
from omnilens.errors import NotLoggedIn
from omnilens.model import Repository
from omnilens.people.viewer import Viewer

router = APIRouter(tags=["badges"])

SVG = "image/svg+xml"
_POLICY = "default-src 'none'; sandbox"

Branch = Annotated[
    str | None, Query(max_length=250, description="Default: the repository's default branch, where that is known.")
]
Workflow = Annotated[
    str | None, Query(max_length=250, description="A workflow's name or file, as in ci.yml. Default: all of them.")
]
Slug = Annotated[str | None, Query(max_length=200, description="Only this repository. Default: all you may see.")]


def _as(media_type: str, what: str) -> dict[int | str, dict[str, object]]:
    return {200: {"description": what, "content": {media_type: {"schema": {"type": "string"}}}}}


@router.get(
    "/badge/{slug}.svg",
    summary="A status badge of a repository, or of one of its workflows",
    response_class=Response,
    responses=_as(SVG, "An image that says passing, failing or no runs."),
)
async def get_badge(
    board: TheBoard,
    viewer: OptionalViewer,
    request: Request,
    slug: str,
    workflow: Workflow = None,
    branch: Branch = None,
) -> Response:
    repository = await _shown(board, viewer, slug)
    found = await board.standings.of(repository, branch, workflow)
    label = workflow and found[0].newest.name if found else workflow
    message, tone = verdict(found)
    return _fresh(request, drawing(label or repository.full_name.partition("/")[2], message, tone), SVG)


@router.get(
    "/cctray.xml",
    summary="Every workflow in the format of CCTray, which desktop clients and wallboards read",
    response_class=Response,
    responses=_as("application/xml", "A project for each workflow."),
)
async def get_cctray(
    board: TheBoard, viewer: OptionalViewer, request: Request, repo: Slug = None, branch: Branch = None
) -> Response:
    repositories = [await _shown(board, viewer, repo)] if repo is not None else await _all_shown(board, viewer)
    projects = [
        Project(each.full_name, standing)
        for each in repositories
        for standing in await board.standings.of(each, branch)
    ]
    return _fresh(request, document(projects), "application/xml")


def verdict(found: Sequence[Standing]) -> tuple[str, Tone]:
    """What a badge says of workflows, and how it looks."""
    decided = [each.verdict for each in found if each.verdict is not None]
    failing = sum(run.failed for run in decided)
    if not decided:
        return "no runs", "quiet"
    if not failing:
        return "passing", "passed"
    return ("failing" if len(decided) == 1 else f"{failing} of {len(decided)} failing"), "broke"


async def _shown(board: Board, viewer: Viewer | None, slug: str) -> Repository:
    """The repository, if it may be shown to whoever asks.

    Raises:
        NotLoggedIn: it may not, or is not there, and logging in may help.
        RepositoryNotFound: the same, where it would not.
    """
    known = board.repositories.find(slug)
    if known is not None and _is_open(board, known):
        return known
    if viewer is None:
        raise _nobody()
    return await board.repository(viewer, slug)


async def _all_shown(board: Board, viewer: Viewer | None) -> list[Repository]:
    visible = await board.visible(viewer) if viewer is not None else []
    if viewer is None and not board.public_badges:
        raise _nobody()
    slugs = {each.slug for each in visible}
    return [each for each in board.repositories.all() if each.slug in slugs or (not viewer and _is_open(board, each))]


def _is_open(board: Board, repository: Repository) -> bool:
    """Whether everybody may see how it stands. What nobody has called public is not."""
    return board.public_badges and repository.private is False


def _nobody() -> NotLoggedIn:
    return NotLoggedIn("Log in first, or send an access token in a header.", headers={"WWW-Authenticate": "Bearer"})


def _fresh(request: Request, text: str, media_type: str) -> Response:
    """An answer that whoever is between here and the reader asks for again each time, and gets if it has changed."""
    body = text.encode()
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {
        "cache-control": "no-cache, max-age=0, must-revalidate",
        "etag": tag,
        "vary": "Authorization, Cookie",
        "content-security-policy": _POLICY,
    }
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type=media_type)
