"""Payloads in GitHub's shape, with the fields that its webhooks carry.

https://docs.github.com/en/webhooks/webhook-events-and-payloads
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Payload = dict[str, Any]


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What stays the same about a run, whatever happens to it."""

    id: int
    repository: str
    workflow: str
    path: str
    number: int
    event: str
    branch: str
    title: str
    actor: str
    created_at: datetime

    @property
    def sha(self) -> str:
        return hashlib.sha1(f"{self.title}{self.branch}".encode(), usedforsecurity=False).hexdigest()

    @property
    def html_url(self) -> str:
        return f"https://github.com/{self.repository}/actions/runs/{self.id}"


def stable_id(text: str, start: int) -> int:
    """An id that is always the same for the same thing."""
    return start + int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big") % 90_000_000


def time(moment: datetime | None) -> str | None:
    """The way GitHub writes times: whole seconds, UTC."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None


def user(login: str) -> Payload:
    number = stable_id(login, 1000)
    return {
        "login": login,
        "id": number,
        "avatar_url": f"https://avatars.githubusercontent.com/u/{number}?v=4",
        "html_url": f"https://github.com/{login}",
        "type": "Bot" if login.endswith("[bot]") else "User",
    }


def repository(full_name: str) -> Payload:
    owner, _, name = full_name.partition("/")
    return {
        "id": stable_id(full_name, 500_000_000),
        "name": name,
        "full_name": full_name,
        "private": False,
        "owner": user(owner),
        "html_url": f"https://github.com/{full_name}",
        "default_branch": "main",
    }


def workflow_run(
    facts: RunFacts,
    action: str,
    status: str,
    conclusion: str | None,
    attempt: int,
    started_at: datetime,
    updated_at: datetime,
) -> Payload:
    run = {
        "id": facts.id,
        "name": facts.workflow,
        "head_branch": facts.branch,
        "head_sha": facts.sha,
        "path": f".github/workflows/{facts.path}",
        "display_title": facts.title,
        "run_number": facts.number,
        "event": facts.event,
        "status": status,
        "conclusion": conclusion,
        "workflow_id": stable_id(f"{facts.repository}/{facts.path}", 40_000_000),
        "html_url": facts.html_url,
        "pull_requests": [{"number": 1 + stable_id(facts.branch, 0) % 900}] if facts.event == "pull_request" else [],
        "created_at": time(facts.created_at),
        "updated_at": time(updated_at),
        "run_attempt": attempt,
        "run_started_at": time(started_at),
        "actor": user(facts.actor),
        "triggering_actor": user(facts.actor),
        "head_commit": {"id": facts.sha, "message": facts.title, "author": {"name": facts.actor}},
        "repository": repository(facts.repository),
    }
    return {
        "action": action,
        "workflow_run": run,
        "workflow": {"id": run["workflow_id"], "name": facts.workflow, "path": run["path"], "state": "active"},
        "repository": repository(facts.repository),
        "sender": user(facts.actor),
    }


@dataclass(frozen=True, slots=True)
class StepFacts:
    """How one step is at some moment."""

    number: int
    name: str
    status: str
    conclusion: str | None = None
    started_at: datetime | None = None
    completed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class JobFacts:
    """How one job is at some moment."""

    id: int
    name: str
    attempt: int
    status: str
    created_at: datetime
    conclusion: str | None = None
    started_at: datetime | None = None
    completed_at: datetime | None = None
    labels: tuple[str, ...] = ()
    steps: tuple[StepFacts, ...] = ()


def workflow_job(facts: RunFacts, job: JobFacts, action: str) -> Payload:
    on_runner = bool(job.steps)
    return {
        "action": action,
        "workflow_job": {
            "id": job.id,
            "run_id": facts.id,
            "run_url": f"https://api.github.com/repos/{facts.repository}/actions/runs/{facts.id}",
            "html_url": f"{facts.html_url}/job/{job.id}",
            "workflow_name": facts.workflow,
            "head_branch": facts.branch,
            "head_sha": facts.sha,
            "run_attempt": job.attempt,
            "name": job.name,
            "status": job.status,
            "conclusion": job.conclusion,
            "created_at": time(job.created_at),
            "started_at": time(job.started_at or job.created_at),
            "completed_at": time(job.completed_at),
            "labels": list(job.labels),
            "runner_id": job.id % 40 if on_runner else None,
            "runner_name": f"GitHub Actions {job.id % 40}" if on_runner else None,
            "steps": [
                {
                    "name": step.name,
                    "number": step.number,
                    "status": step.status,
                    "conclusion": step.conclusion,
                    "started_at": time(step.started_at),
                    "completed_at": time(step.completed_at),
                }
                for step in job.steps
            ],
        },
        "repository": repository(facts.repository),
        "sender": user(facts.actor),
    }


def ping(full_name: str) -> Payload:
    hook = {"type": "Repository", "id": 109948940, "active": True, "events": ["workflow_job", "workflow_run"]}
    return {
        "zen": "Anything added dilutes everything else.",
        "hook_id": hook["id"],
        "hook": hook,
        "repository": repository(full_name),
        "sender": user(full_name.partition("/")[0]),
    }
