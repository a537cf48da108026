"""The figures of the last hour, for the operators' page."""

from __future__ import annotations

from fastapi import APIRouter, Response
from msgspec import Struct

from omnilens.api.answers import answer, answering
from omnilens.api.board import TheBoard
from omnilens.api.operator import TheOperator
from omnilens.operations.history import EVERY
from omnilens.operations.series import Group

router = APIRouter(tags=["operations"])


class Plotted(Struct, frozen=True, kw_only=True):
    """One figure over time."""

    name: str
    group: Group
    title: str
    unit: str
    threshold: float | None
    """Where an alert of the same name begins; nothing where there is none."""
    wrong_below: bool
    """Whether less than that is what is wrong."""
    points: tuple[float | None, ...]
    """At each of the times; nothing where there was nothing to measure."""


class OperationsHistory(Struct, frozen=True, kw_only=True):
    """Every figure of the last hour, or since this server was started."""

    every: float
    """Seconds between two points."""
    times: tuple[float, ...]
    """Seconds since 1970, the oldest first."""
    series: tuple[Plotted, ...]


@router.get(
    "/api/operations/history", summary="Every figure of the last hour, for operators", **answering(OperationsHistory)
)
async def get_history(board: TheBoard, _: TheOperator) -> Response:
    alerts = {alert.name: alert for alert in board.oncall.alerts.all()}
    history = board.oncall.alerts.history
    series = tuple(
        Plotted(
            name=each.name,
            group=each.group,
            title=each.title,
            unit=each.unit,
            threshold=alerts[each.name].threshold if each.name in alerts else None,
            wrong_below=each.name in alerts and alerts[each.name].wrong_is == "below",
            points=tuple(history.points(each.name)),
        )
        for each in history.series
    )
    return answer(OperationsHistory(every=EVERY, times=tuple(history.times), series=series))
