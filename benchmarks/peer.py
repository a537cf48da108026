"""The usual way to build this: FastAPI, the standard library's JSON, and python-socketio's `emit` to a room."""

import hashlib
import hmac
import json
import os
from typing import Any

import socketio
from fastapi import FastAPI, HTTPException, Request

SECRET = os.environ["GITHUB_WEBHOOK_SECRET"].encode()

sockets = socketio.AsyncServer(async_mode="asgi", cors_allowed_origins="*")
api = FastAPI()


@api.post("/api/webhooks/github")
async def webhook(request: Request) -> dict[str, bool]:
    body = await request.body()
    expected = "sha256=" + hmac.new(SECRET, body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected, request.headers.get("x-hub-signature-256", "")):
        raise HTTPException(401)
    payload = json.loads(body)
    run = payload["workflow_run"]
    fields = ("id", "name", "status", "conclusion", "html_url", "run_started_at", "updated_at")
    update = {
        "type": "workflow_completed",
        "repoSlug": payload["repository"]["full_name"].partition("/")[2],
        "workflowId": run["id"],
        "workflowName": run["name"],
        "status": run["status"],
        "conclusion": run["conclusion"],
        "runData": {field: run[field] for field in fields},
    }
    await sockets.emit("workflow-update", update, room=update["repoSlug"])
    return {"success": True}


@api.get("/readyz")
async def readyz() -> str:
    return "ready"


@sockets.on("subscribe-repo")  # type: ignore[untyped-decorator]
async def subscribe(sid: str, slug: str) -> dict[str, Any]:
    await sockets.enter_room(sid, slug)
    return {"ok": True}


app = socketio.ASGIApp(sockets, api)
