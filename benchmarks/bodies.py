"""Requests, made before anything is measured: signed webhooks of GitHub's own bodies, plain updates, polls."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Literal

from catalogue import HERE, SECRET, WORK, Peer
from omnilens.demo.github import time
from omnilens.demo.sender import PATH, body_of, headers_of

EXAMPLES = HERE.parent / "web/node_modules/@octokit/webhooks-examples/api.github.com/index.json"
FULL_NAME = "octo-org/octo-repo"
REPOSITORY = {"id": 300029405, "name": "octo-repo", "full_name": FULL_NAME}
FIRST_RUN = 9_000_000_000

Event = Literal["workflow_run", "workflow_job"]


def webhooks(event: Event, count: int) -> Path:
    """Signed deliveries, each of a run of its own, which completed just now: all are news, in any order.

    A `workflow_run` has about 20 KB, a `workflow_job` about 8 KB.
    """
    now = datetime.now(UTC)
    make = _run if event == "workflow_run" else _job
    return _written(f"{event}-{count}", (_webhook(event, make(FIRST_RUN + number, now)) for number in range(count)))


def updates(times: int = 1) -> Path:
    """One update in the shape that the requirement gives it, which goes to everybody `times` times."""
    return _written(f"updates-{times}", [_request("POST", f"/updates?n={times}", UPDATE)])


def messages() -> Path:
    """The same as the WebSocket message it becomes, for servers that know nothing of Socket.IO."""
    return _written("messages", [_request("POST", "/updates", b'42["workflow-update",' + UPDATE + b"]")])


def polls(path: str, tag: str | None = None) -> Path:
    """What a browser asks that polls, with the tag of what it has."""
    headers = {"accept": "application/json", "accept-encoding": "gzip"}
    if tag:
        headers["if-none-match"] = tag
    name = f"poll-{path.rpartition('/')[2]}-{'changed' if tag is None else 'unchanged'}"
    return _written(name, [_request("GET", path, b"", headers)])


def _update() -> bytes:
    run = {
        "id": 30433642,
        "name": "Build",
        "status": "completed",
        "conclusion": "success",
        "html_url": "https://github.com/octo-org/octo-repo/actions/runs/30433642",
        "run_started_at": "2026-01-02T15:04:05Z",
        "updated_at": "2026-01-02T15:09:12Z",
        "run_attempt": 1,
        "head_branch": "main",
        "head_sha": "acb5820ced9479c074f688cc328bf03f341a511d",
    }
    update = {
        "type": "workflow_completed",
        "repoSlug": "octo-repo",
        "workflowId": run["id"],
        "workflowName": run["name"],
        "status": run["status"],
        "conclusion": run["conclusion"],
        "timestamp": "2026-01-02T15:09:13.250Z",
        "runData": run,
    }
    return json.dumps(update, separators=(",", ":")).encode()


UPDATE = _update()


@cache
def example(event: Event) -> dict[str, Any]:
    """GitHub's own example, in which a run or a job is completed."""
    for listed in json.loads(EXAMPLES.read_text(encoding="utf-8")):
        if listed["name"] == event:
            completed = [each for each in listed["examples"] if each["action"] == "completed"]
            found: dict[str, Any] = max(completed, key=lambda each: len(body_of(each)))
            if event == "workflow_job":
                found = min(completed, key=lambda each: len(body_of(each)))
            text = json.dumps(found).replace(found["repository"]["full_name"], FULL_NAME)
            renamed: dict[str, Any] = json.loads(text)
            renamed["repository"] |= REPOSITORY
            return renamed
    raise RuntimeError(f"there is no example of {event}")


def _run(number: int, now: datetime) -> dict[str, Any]:
    payload = deepcopy(example("workflow_run"))
    payload["workflow_run"] |= {
        "id": number,
        "run_number": number - FIRST_RUN + 1,
        "html_url": f"https://github.com/octo-org/octo-repo/actions/runs/{number}",
        "status": "completed",
        "created_at": time(now - timedelta(minutes=5)),
        "run_started_at": time(now - timedelta(minutes=5)),
        "updated_at": time(now),
    }
    return payload


def _job(number: int, now: datetime) -> dict[str, Any]:
    payload = deepcopy(example("workflow_job"))
    moments = {"started_at": time(now - timedelta(minutes=1)), "completed_at": time(now)}
    job = payload["workflow_job"]
    job |= {"id": number + 1, "run_id": number, "created_at": time(now - timedelta(minutes=2)), **moments}
    job["html_url"] = f"https://github.com/octo-org/octo-repo/actions/runs/{number}/job/{number + 1}"
    job["steps"] = [{**step, **moments} for step in job["steps"]]
    return payload


def _webhook(event: Event, payload: dict[str, Any]) -> bytes:
    body = body_of(payload)
    return _request("POST", PATH, body, headers_of(event, body, SECRET.encode()))


def _request(method: str, path: str, body: bytes, headers: Mapping[str, str] | None = None) -> bytes:
    fields = {"host": "127.0.0.1", "content-type": "application/json", **(headers or {})}
    if method == "POST":
        fields["content-length"] = str(len(body))
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode() + body


def _written(name: str, requests: Iterable[bytes]) -> Path:
    """A file of requests, each behind its length."""
    path = WORK / f"{name}.requests"
    WORK.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        for request in requests:
            file.write(len(request).to_bytes(4, "little") + request)
    return path


def plain(peer: Peer, times: int = 1) -> Path:
    """An update for a server that takes it without a signature."""
    return updates(times) if peer.protocol == "socketio" else messages()
