"""How the server is: for people (``/api/health``), supervisors (``/healthz``, ``/readyz``) and Prometheus."""

from __future__ import annotations

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST

from omnilens import __version__
from omnilens.api.answers import answer, answering
from omnilens.api.board import Board, TheBoard
from omnilens.api.schemas import Health, LiveMetrics, PartHealth

router = APIRouter(tags=["operations"])


@router.get("/api/health", summary="How every part of the server is doing", **answering(Health))
async def get_health(board: TheBoard) -> Response:
    unhealthy = board.sockets.unhealthy_connections()
    connections = len(board.sockets.connections)
    parts = (
        _journal(board),
        PartHealth(
            name="connections",
            status="degraded" if unhealthy else "ok",
            detail=f"{unhealthy} of {connections} owe an answer to a heartbeat" if unhealthy else f"{connections} open",
        ),
    )
    health = Health(
        status="ok" if all(part.status == "ok" for part in parts) else "degraded",
        version=__version__,
        epoch=board.epoch,
        uptime_seconds=round(board.uptime(), 3),
        connections=connections,
        unhealthyConnections=unhealthy,
        parts=parts,
    )
    return answer(health)


def _journal(board: Board) -> PartHealth:
    if not board.ready():
        return PartHealth(name="journal", status="degraded", detail="the server is starting or stopping")
    if board.journal.failing:
        return PartHealth(
            name="journal",
            status="degraded",
            detail="cannot be reached or written; deliveries are answered with 503, and the log says why",
        )
    return PartHealth(name="journal", status="ok", detail="takes deliveries")


@router.get("/api/metrics", summary="The live numbers of the socket server", **answering(LiveMetrics))
async def get_live_metrics(board: TheBoard) -> Response:
    value = board.metrics.value
    deliveries = value("omnilens_fanout_seconds_count")
    numbers = LiveMetrics(
        totalConnections=len(board.sockets.connections),
        messagesSent=int(value("omnilens_messages_sent_total")),
        messagesReceived=int(value("omnilens_messages_received_total")),
        connectionErrors=int(value("omnilens_connections_refused_total")),
        averageLatency=value("omnilens_fanout_seconds_sum") / deliveries if deliveries else None,
    )
    return answer(numbers)


@router.get("/metrics", summary="All numbers in Prometheus' text format", response_class=Response)
async def get_metrics(board: TheBoard) -> Response:
    return Response(board.metrics.render(), media_type=CONTENT_TYPE_LATEST)


@router.get("/healthz", summary="Whether the process answers", response_class=Response)
async def get_healthz() -> Response:
    return Response("ok\n", media_type="text/plain")


@router.get(
    "/readyz",
    summary="Whether to send traffic here",
    response_class=Response,
    responses={503: {"description": "It is starting or stopping."}},
)
async def get_readyz(board: TheBoard) -> Response:
    if board.ready():
        return Response("ready\n", media_type="text/plain")
    return Response("not ready\n", status_code=503, media_type="text/plain")
