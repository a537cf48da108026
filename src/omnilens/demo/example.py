"""``omnilens send``: one signed example of any event, to see whether it arrives."""

from __future__ import annotations

import asyncio
import random
import ssl
from datetime import UTC, datetime, timedelta

import httpx2

from omnilens.demo import github
from omnilens.demo.github import JobFacts, Payload, RunFacts, StepFacts
from omnilens.demo.sender import Sender

DEFAULT_ACTIONS = {"workflow_run": "completed", "workflow_job": "completed"}


def payload(
    event: str,
    action: str | None,
    conclusion: str,
    repository: str,
    workflow: str,
    run_id: int | None,
    attempt: int,
) -> Payload:
    """An example of `event` as GitHub would send it now."""
    now = datetime.now(UTC)
    started = now - timedelta(minutes=2)
    chance = random.Random()
    facts = RunFacts(
        id=run_id or chance.randrange(10**10, 10**11),
        repository=repository,
        workflow=workflow,
        path="ci.yml",
        number=chance.randrange(1, 5000),
        event="push",
        branch="main",
        title="Try out OmniLens",
        actor=repository.partition("/")[0],
        created_at=started,
    )
    action = action or DEFAULT_ACTIONS.get(event)
    done = action == "completed"
    ending = conclusion if done else None
    if event == "ping":
        return github.ping(repository)
    if event == "workflow_run":
        status = {"requested": "queued"}.get(str(action), str(action))
        return github.workflow_run(facts, str(action), status, ending, attempt, started, now)
    if event == "workflow_job":
        step = StepFacts(1, "Run tests", "completed" if done else "in_progress", ending, started, now if done else None)
        running = done or action == "in_progress"
        job = JobFacts(
            id=facts.id + 1,
            name="test",
            attempt=attempt,
            status=str(action),
            conclusion=ending,
            created_at=started,
            started_at=started if running else None,
            completed_at=now if done else None,
            labels=("ubuntu-latest",),
            steps=(step,) if running else (),
        )
        return github.workflow_job(facts, job, str(action))
    sender = github.user(repository.partition("/")[0])
    return {"action": action, "repository": github.repository(repository), "sender": sender}


class Unreachable(Exception):
    """Nobody answers at the address."""


def post(url: str, event: str, body: Payload, secret: bytes, trusted: ssl.SSLContext | bool = True) -> httpx2.Response:
    """Sign and post it once. Returns the server's answer, whatever it is. `trusted` is what to know it by.

    Raises:
        Unreachable: there is none.
    """
    try:
        return asyncio.run(_post(Sender(url, secret, trusted), event, body))
    except (httpx2.TransportError, OSError) as error:
        raise Unreachable(f"No server answers at {url} ({error}). Start one with: omnilens serve") from error


async def _post(sender: Sender, event: str, body: Payload) -> httpx2.Response:
    try:
        return await sender.send(event, body)
    finally:
        await sender.close()
