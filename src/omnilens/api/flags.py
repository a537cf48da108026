"""Whether live updates are on: for whoever looks, and to be changed by operators."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from omnilens.api.answers import answer, answering
from omnilens.api.board import Board, TheBoard
from omnilens.api.bodies import read, taking
from omnilens.api.flag_shapes import FlagAnswer, FlagRule, FlagWish, LoggedChange
from omnilens.api.origin import FromOurPage
from omnilens.api.viewer import TheViewer
from omnilens.errors import InvalidParameter, OperatorsOnly
from omnilens.flags import EVERYWHERE, FlagChange, Rule
from omnilens.people.viewer import Viewer
from omnilens.settings import Share

router = APIRouter(tags=["operations"])


@router.get("/api/flags", summary="Who has live updates; for operators also who decided so", **answering(FlagAnswer))
async def get_flags(board: TheBoard, viewer: TheViewer) -> Response:
    return answer(await _flags(board, viewer))


@router.put(
    "/api/flags",
    summary="Decide who has live updates: of one repository, or of all",
    **taking(FlagWish),
    **answering(FlagAnswer),
)
async def put_flags(board: TheBoard, viewer: TheViewer, request: Request, _: FromOurPage) -> Response:
    if not board.people.is_operator(viewer):
        raise OperatorsOnly("Only operators of this board decide who has live updates (OMNILENS_OPERATORS).")
    wish = await read(request, FlagWish)
    scope = (await board.repository(viewer, wish.repo)).slug if wish.repo is not None else EVERYWHERE
    if not wish.why.strip():
        raise InvalidParameter("Say why: others will want to know.")
    try:
        share = None if wish.live is None else Share.of(wish.live)
    except ValueError as error:
        raise InvalidParameter(f"live {error}, or null to decide nothing.") from error
    await board.flags.change(scope, share, wish.why.strip(), "user", viewer.user)
    return answer(await _flags(board, viewer))


async def _flags(board: Board, viewer: Viewer) -> FlagAnswer:
    rules = board.flags.rules
    visible = {repository.slug.lower(): repository.slug for repository in await board.visible(viewer)}
    operator = board.people.is_operator(viewer)
    return FlagAnswer(
        live=str(rules.default),
        provider=board.flags.has_provider,
        everywhere=_rule(rules.decided.get(EVERYWHERE), operator),
        repos={visible[scope]: _rule(rule, operator) for scope, rule in rules.decided.items() if scope in visible},
        changes=tuple(map(_logged, await board.flags.changes())) if operator else None,
    )


def _rule(rule: Rule | None, operator: bool) -> FlagRule | None:
    if rule is None:
        return None
    return FlagRule(live=str(rule.share), why=rule.why, at=rule.at, by=rule.by if operator else None)


def _logged(change: FlagChange) -> LoggedChange:
    return LoggedChange(
        at=change.at,
        repo=None if change.scope == EVERYWHERE else change.scope,
        live=None if change.share is None else str(change.share),
        by=change.by,
        why=change.why,
    )
