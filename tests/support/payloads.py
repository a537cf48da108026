"""Deliveries for tests: as little as a test needs to say, and GitHub's own examples."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

EXAMPLES = Path(__file__).parents[2] / "web/node_modules/@octokit/webhooks-examples"
REPOSITORY = {"id": 186853002, "full_name": "octo-org/octo-repo", "html_url": "https://github.com/octo-org/octo-repo"}


def ago(seconds: float) -> str:
    """A time in GitHub's writing."""
    return (datetime.now(UTC) - timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def run_payload(action: str = "completed", **run: Any) -> dict[str, Any]:
    """A ``workflow_run`` delivery."""
    status = {"requested": "queued"}.get(action, action)
    fields = {
        "id": 1,
        "name": "CI",
        "workflow_id": 11,
        "status": status,
        "conclusion": "success" if status == "completed" else None,
        "html_url": f"https://github.com/octo-org/octo-repo/actions/runs/{run.get('id', 1)}",
        "run_attempt": 1,
        "run_started_at": ago(60),
        "updated_at": ago(0),
        "head_branch": "main",
        "display_title": "Retry idempotent charges",
        **run,
    }
    return {"action": action, "workflow_run": fields, "repository": REPOSITORY}


def job_payload(action: str = "completed", **job: Any) -> dict[str, Any]:
    """A ``workflow_job`` delivery."""
    fields = {
        "id": 21,
        "run_id": 1,
        "name": "build",
        "workflow_name": "CI",
        "run_attempt": 1,
        "status": action,
        "conclusion": "success" if action == "completed" else None,
        "html_url": "https://github.com/octo-org/octo-repo/actions/runs/1/job/21",
        "created_at": ago(60),
        "started_at": ago(50),
        "completed_at": ago(0) if action == "completed" else None,
        "steps": [],
        **job,
    }
    return {"action": action, "workflow_job": fields, "repository": REPOSITORY}


@cache
def examples(release: str = "api.github.com") -> dict[str, list[dict[str, Any]]]:
    """GitHub's own example payloads by event, from the npm package ``@octokit/webhooks-examples``.

    `release` is github.com, or an Enterprise Server such as ``ghes-35``.
    """
    listed = json.loads((EXAMPLES / release / "index.json").read_text(encoding="utf-8"))
    return {event["name"]: event["examples"] for event in listed}
