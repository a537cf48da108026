"""The usual way to build this in Python: FastAPI, the standard library's JSON, python-socketio's `emit` to a room."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import sys
from datetime import UTC, datetime
from typing import Any

import socketio
import uvicorn
from fastapi import FastAPI, HTTPException, Request

SECRET = os.environ["GITHUB_WEBHOOK_SECRET"].encode()
RUN_FIELDS = ("id", "name", "status", "conclusion", "html_url", "run_started_at", "updated_at")
JOB_FIELDS = ("id", "name", "started_at", "completed_at", "steps")

sockets = socketio.AsyncServer(async_mode="asgi", cors_allowed_origins="*")
api = FastAPI()


@api.post("/api/webhooks/github")
async def webhook(request: Request) -> dict[str, bool]:
    body = await request.body()
    expected = "sha256=" + hmac.new(SECRET, body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected, request.headers.get("x-hub-signature-256", "")):
        raise HTTPException(401)
    payload = json.loads(body)
    is_run = request.headers["x-github-event"] == "workflow_run"
    update = update_of(payload) if is_run else job_update_of(payload)
    await sockets.emit("workflow-update", update, room=update["repoSlug"])
    return {"success": True}


def update_of(payload: dict[str, Any]) -> dict[str, Any]:
    run = payload["workflow_run"]
    return {
        "type": "workflow_completed" if payload["action"] == "completed" else "workflow_started",
        "repoSlug": payload["repository"]["full_name"].partition("/")[2],
        "workflowId": run["id"],
        "workflowName": run["name"],
        "status": run["status"],
        "conclusion": run["conclusion"],
        "timestamp": datetime.now(UTC).isoformat(),
        "runData": {field: run[field] for field in RUN_FIELDS},
    }


def job_update_of(payload: dict[str, Any]) -> dict[str, Any]:
    job = payload["workflow_job"]
    return {
        "type": "job_completed" if payload["action"] == "completed" else "job_started",
        "repoSlug": payload["repository"]["full_name"].partition("/")[2],
        "workflowId": job["run_id"],
        "workflowName": job["workflow_name"],
        "status": job["status"],
        "conclusion": job["conclusion"],
        "timestamp": datetime.now(UTC).isoformat(),
        "jobData": {field: job[field] for field in JOB_FIELDS},
    }


@api.post("/updates")
async def updates(request: Request, n: int = 1) -> dict[str, bool]:
    update = json.loads(await request.body())
    for _ in range(n):
        await sockets.emit("workflow-update", update, room="octo-repo")
    return {"success": True}


@api.get("/readyz")
async def readyz() -> str:
    return "ready"


@sockets.on("subscribe-repo")  # type: ignore[untyped-decorator]
async def subscribe(sid: str, slug: str) -> dict[str, Any]:
    await sockets.enter_room(sid, slug)
    return {"ok": True}


app = socketio.ASGIApp(sockets, api)

if __name__ == "__main__":
    uvicorn.run(app, port=int(sys.argv[1]), log_level="warning", access_log=False, backlog=4096)
