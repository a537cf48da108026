"""What GitHub is asked besides the deliveries that it sends: with what, within which limits, and what came of it."""

from __future__ import annotations

from fastapi import APIRouter, Response

from omnilens.api.answers import answer, answering
from omnilens.api.board import TheBoard
from omnilens.api.schemas import GitHubAnswer, GitHubLimits, PastFilling, RepositoryStanding
from omnilens.api.viewer import TheViewer
from omnilens.github.rest import BudgetView
from omnilens.sync.backfill import Filling
from omnilens.sync.catchup import Standing
from omnilens.sync.status_page import GitHubStatus

router = APIRouter(tags=["board"])

WITHOUT = (
    "Live updates need no token. With GITHUB_TOKEN or a GitHub App, OmniLens also finds what it missed while "
    "it was down, asks about runs whose end was never reported, and fetches the days before it was there."
)


@router.get("/api/github", summary="How the board compares with what GitHub knows", **answering(GitHubAnswer))
async def get_github(board: TheBoard, viewer: TheViewer) -> Response:
    catch_up = board.catch_up
    if catch_up is None:
        return answer(GitHubAnswer(configured=False, hint=WITHOUT))
    limits = tuple(_limits(budget) for budget in catch_up.budgets())
    standings = tuple(
        _standing(each.slug, catch_up.standing(each.slug), board.opened_days.filling(each.slug))
        for each in await board.visible(viewer)
    )
    return answer(GitHubAnswer(configured=True, limits=limits, repos=standings))


@router.get(
    "/api/github/status",
    summary="Whether GitHub says that something is down which the board lives on",
    **answering(GitHubStatus),
)
async def get_github_status(board: TheBoard, viewer: TheViewer) -> Response:
    return answer(board.outages.status)


def _limits(budget: BudgetView) -> GitHubLimits:
    return GitHubLimits(
        account=budget.account,
        limit=budget.limit,
        remaining=budget.remaining,
        resets_at=budget.resets_at,
        closed_until=budget.closed_until,
    )


def _standing(slug: str, standing: Standing, filling: Filling | None) -> RepositoryStanding:
    return RepositoryStanding(
        slug=slug,
        compared_at=standing.compared_at,
        learned=standing.learned,
        comparing=standing.comparing,
        problem=standing.problem,
        past=_filling(filling) if filling and filling.total else None,
    )


def _filling(filling: Filling) -> PastFilling:
    return PastFilling(
        done=filling.done,
        total=filling.total,
        day=filling.day.isoformat() if filling.day else None,
        waiting_until=filling.waiting_until,
        problem=filling.problem,
    )
