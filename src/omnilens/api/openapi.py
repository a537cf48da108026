"""The OpenAPI document, with what FastAPI cannot know of: the webhook endpoint and the shape of errors."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from msgspec import Struct
from msgspec.json import schema_components

from omnilens import __version__
from omnilens.api.answers import schema
from omnilens.api.flag_shapes import FlagAnswer, FlagWish
from omnilens.api.operations import OperationsHistory
from omnilens.api.people_shapes import Me, NewToken, NotificationList, PushAnswer, TokenList, UnreadNotifications
from omnilens.api.problems import NewProblem, ProblemList
from omnilens.api.schemas import (
    AddedRepository,
    AlertList,
    ClaimList,
    DoctorAnswer,
    ErrorAnswer,
    GitHubAnswer,
    Health,
    ListOrder,
    LiveMetrics,
    MendedHooks,
    NewClaim,
    NewRepository,
    OverviewAnswer,
    RepositoryList,
    Rewind,
    RunAnswer,
    RunList,
    Suggestions,
)
from omnilens.insights.report_shapes import Report
from omnilens.insights.workflows import WorkflowList
from omnilens.model import HistoryProgress, JobUpdate, WorkflowUpdate
from omnilens.operations.profiling import Profile
from omnilens.people.workflow_marks import KeptMarks
from omnilens.pipeline.receipt import Receipt
from omnilens.pipeline.trace import Trace
from omnilens.realtime.claims import ClaimChanged
from omnilens.realtime.notices import Watching
from omnilens.realtime.operators import AlertTold, Figures
from omnilens.settings import WEBHOOK_PATH
from omnilens.sync.status_page import GitHubStatus

WEBHOOK = WEBHOOK_PATH

_REFUSALS = {
    "400": "Malformed, incomplete or stale.",
    "401": "The signature is missing or wrong.",
    "403": "It comes from an address that deliveries are not taken from.",
    "405": "Not a POST.",
    "408": "The body did not arrive in time.",
    "413": "The body is too large.",
    "415": "Not application/json.",
    "429": "Too many deliveries without a valid signature.",
    "503": "The server is stopping, or the journal is full.",
}


def document(app: FastAPI) -> dict[str, Any]:
    """The whole document."""
    paths = get_openapi(
        title="OmniLens",
        version=__version__,
        summary="A self-hosted, real-time dashboard for GitHub Actions",
        description="Live updates come over Socket.IO: `WorkflowUpdate`, `JobUpdate`, `ClaimChanged`, `Notification`.",
        routes=app.routes,
    )
    # FastAPI's own are those of requests; its shapes of errors are not ours.
    asked = {name: each for name, each in paths["components"]["schemas"].items() if name.startswith("Body_")}
    paths["components"] = {"schemas": {**asked, **_shapes()}}
    error = schema("ErrorAnswer")
    for path, operations in paths["paths"].items():
        for operation in operations.values():
            responses = operation["responses"]
            responses["default"] = {"description": "It cannot be answered: what is wrong, and a stable code.", **error}
            if "422" in responses:  # FastAPI's own shape, which we do not answer with
                del responses["422"]
                responses["400"] = {"description": "A parameter is wrong.", **error}
            if "{slug}" in path:
                responses["404"] = {"description": "There is no such repository or run.", **error}
    paths["paths"][WEBHOOK] = {"post": _webhook(error)}
    return paths


def _webhook(error: dict[str, Any]) -> dict[str, Any]:
    headers = {
        "X-Hub-Signature-256": "sha256= and the HMAC of the body in hex.",
        "X-GitHub-Event": "workflow_run, workflow_job, ping; others are accepted and ignored.",
        "X-GitHub-Delivery": "The delivery's id; the same id again is a duplicate.",
    }
    return {
        "tags": ["webhooks"],
        "summary": "Where GitHub sends its webhooks",
        "parameters": [
            {
                "name": name,
                "in": "header",
                "description": text,
                "required": "Delivery" not in name,
                "schema": {"type": "string"},
            }
            for name, text in headers.items()
        ],
        "requestBody": {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}},
        "responses": {
            "200": {"description": "Accepted, or a duplicate, or nothing to say.", **schema("Receipt")},
            **{status: {"description": text, **error} for status, text in _REFUSALS.items()},
        },
    }


def _shapes() -> dict[str, Any]:
    """The shapes of all answers, and of the updates, which travel over Socket.IO and belong here all the same."""
    board: tuple[type[Struct], ...] = (RepositoryList, RunList, Rewind, RunAnswer, OverviewAnswer, WorkflowList, Report)
    lists: tuple[type[Struct], ...] = (AddedRepository, Suggestions, NewRepository, ListOrder, ClaimList, NewClaim)
    people = (Me, TokenList, NewToken, NotificationList, UnreadNotifications, PushAnswer, KeptMarks)
    operations: tuple[type[Struct], ...] = (
        Health,
        LiveMetrics,
        AlertList,
        FlagAnswer,
        FlagWish,
        NewProblem,
        ProblemList,
        Trace,
        OperationsHistory,
        Profile,
    )
    rest = (*board, *people, *lists, *operations, GitHubAnswer, GitHubStatus, DoctorAnswer, MendedHooks)
    _, shapes = schema_components(
        (
            *rest,
            Receipt,
            ErrorAnswer,
            WorkflowUpdate,
            JobUpdate,
            HistoryProgress,
            ClaimChanged,
            Watching,
            AlertTold,
            Figures,
        ),
        ref_template="#/components/schemas/{name}",
    )
    for shape in shapes.values():
        # msgspec describes what it would read, where defaults may be left out. What we write is all there.
        properties = shape.get("properties", {})
        written = [name for name, each in properties.items() if "default" in each or name in shape["required"]]
        for each in properties.values():
            each.pop("default", None)
        if written:
            shape["required"] = written
    return shapes
