"""The OpenAPI document, with what FastAPI cannot know of: the webhook endpoint and the shape of errors."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import TypeAdapter

from omnilens import __version__
from omnilens.api.schemas import DeliveryAnswer, ErrorAnswer
from omnilens.model import JobUpdate, WorkflowUpdate

WEBHOOK = "/api/webhooks/github"

_REFUSALS = {
    "400": "Malformed, incomplete or stale.",
    "401": "The signature is missing or wrong.",
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
        description="Live updates come over Socket.IO: see `WorkflowUpdate` and `JobUpdate` among the schemas.",
        routes=app.routes,
    )
    # Updates travel over Socket.IO, which OpenAPI does not describe; their shapes belong here all the same.
    models: tuple[type, ...] = (DeliveryAnswer, ErrorAnswer, WorkflowUpdate, JobUpdate)
    _, shapes = TypeAdapter.json_schemas(
        [(model.__name__, "serialization", TypeAdapter(model)) for model in models],
        ref_template="#/components/schemas/{model}",
    )
    schemas = paths.setdefault("components", {}).setdefault("schemas", {})
    schemas |= {name: shape for name, shape in shapes["$defs"].items() if name not in schemas}
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    error = _json("ErrorAnswer")
    for path, operations in paths["paths"].items():
        for operation in operations.values():
            responses = operation["responses"]
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
            "200": {"description": "Accepted, or a duplicate, or nothing to say.", **_json("DeliveryAnswer")},
            **{status: {"description": text, **error} for status, text in _REFUSALS.items()},
        },
    }


def _json(schema: str) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}}
