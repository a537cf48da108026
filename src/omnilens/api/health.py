"""How the server is: for people (``/api/health``), supervisors (``/healthz``, ``/readyz``) and Prometheus."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST

from omnilens import __version__
from omnilens.api.answers import answer, answering
from omnilens.api.board import TheBoard
from omnilens.api.health_parts import parts_of
from omnilens.api.schemas import Health, LiveMetrics
from omnilens.api.viewer import TheViewer
from omnilens.errors import StorageUnavailable
from omnilens.pipeline.dead_letters import Summary

router = APIRouter(tags=["operations"])


@router.get("/api/health", summary="How every part of the server is doing", **answering(Health))
async def get_health(board: TheBoard, _: TheViewer) -> Response:
    failed = await _failed_deliveries(board)
    parts = parts_of(board, failed)
    health = Health(
        status="ok" if all(part.status == "ok" for part in parts) else "degraded",
        version=__version__,
        epoch=board.epoch,
        uptime_seconds=round(board.uptime(), 3),
        connections=len(board.sockets.connections),
        unhealthyConnections=board.sockets.unhealthy_connections(),
        failed_deliveries=failed.deliveries if failed else None,
        oldest_failed_delivery_seconds=_age(failed.oldest) if failed and failed.oldest else None,
        parts=tuple(parts),
    )
    return answer(health)


@router.get("/api/metrics", summary="The live numbers of the socket server", **answering(LiveMetrics))
async def get_live_metrics(board: TheBoard, _: TheViewer) -> Response:
    totals = board.metrics.totals()
    numbers = LiveMetrics(
        totalConnections=len(board.sockets.connections),
        messagesSent=int(totals.get("omnilens_messages_sent_total", 0)),
        messagesReceived=int(totals.get("omnilens_messages_received_total", 0)),
        connectionErrors=int(totals.get("omnilens_connections_refused_total", 0)),
        averageLatency=_mean(totals, "omnilens_fanout_seconds"),
        githubLatency=_mean(totals, "omnilens_github_to_receipt_seconds"),
        browserLatency=_mean(totals, "omnilens_browser_seconds"),
        cpuSeconds=round(totals["omnilens_cpu_seconds_total"], 3),
        memoryBytes=totals["omnilens_memory_bytes"],
        memoryPerConnection=round(totals["omnilens_memory_per_connection_bytes"]),
        watching=int(totals["omnilens_watching"]),
        timeOnDashboard=round(totals["omnilens_watched_seconds_total"], 3),
        userReports=int(totals["omnilens_reports_last_hour"]),
        suspiciousAddresses=int(totals["omnilens_suspicious_addresses"]),
        figures=board.oncall.alerts.history.latest(),
    )
    return answer(numbers)


def _mean(totals: Mapping[str, float], histogram: str) -> float | None:
    count = totals[f"{histogram}_count"]
    return totals[f"{histogram}_sum"] / count if count else None


@router.get("/metrics", summary="All numbers in Prometheus' text format", response_class=Response)
async def get_metrics(board: TheBoard, _: TheViewer) -> Response:
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


async def _failed_deliveries(board: TheBoard) -> Summary | None:
    try:
        return await board.dead_letters.summary() if board.dead_letters else None
    except StorageUnavailable:
        return None


def _age(moment: datetime) -> float:
    return round((datetime.now(UTC) - moment).total_seconds(), 3)
