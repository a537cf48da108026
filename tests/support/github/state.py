"""What a GitHub has: repositories with runs and jobs, webhooks with deliveries."""

from __future__ import annotations

import itertools
import json
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

Json = dict[str, Any]


def stamp(moment: datetime) -> str:
    """A time in GitHub's writing."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass
class Run:
    """A run with all its attempts and jobs; fields as GitHub names them."""

    id: int
    number: int
    created_at: datetime
    attempts: list[Json] = field(default_factory=list)
    jobs: list[Json] = field(default_factory=list)

    def rerun(self, at: datetime, **fields: Any) -> None:
        """Run it again: another attempt, the same id and the same time of creation."""
        begun = {"run_started_at": stamp(at), "updated_at": stamp(at), "status": "queued", "conclusion": None}
        self.attempts.append({**self.attempts[-1], **begun, "run_attempt": len(self.attempts) + 1, **fields})

    def change(self, at: datetime, **fields: Any) -> None:
        """Something happened to the latest attempt."""
        self.attempts[-1] = {**self.attempts[-1], "updated_at": stamp(at), **fields}


@dataclass
class Delivery:
    """One attempt at telling a webhook something."""

    id: int
    guid: str
    delivered_at: datetime
    event: str
    payload: Json
    repository_id: int | None
    redelivery: bool = False
    status: str = "pending"
    """Until it was answered, or could not be."""
    status_code: int = 0
    duration: float = 0.03
    request_headers: dict[str, str] = field(default_factory=dict)
    response: str = ""


@dataclass
class Webhook:
    """One webhook."""

    id: int
    url: str
    events: list[str]
    created_at: datetime
    secret: str | None = None
    active: bool = True
    content_type: str = "form"
    insecure_ssl: str = "0"
    deliveries: list[Delivery] = field(default_factory=list)
    """Oldest first."""

    @property
    def config(self) -> Json:
        """As it is shown: the secret is not."""
        shown = {"url": self.url, "content_type": self.content_type, "insecure_ssl": self.insecure_ssl}
        return shown | ({"secret": "********"} if self.secret else {})


@dataclass
class Repository:
    """One repository."""

    id: int
    full_name: str
    private: bool
    ids: Iterator[int]
    now: Callable[[], datetime]
    former: list[str] = field(default_factory=list)
    runs: dict[int, Run] = field(default_factory=dict)
    hooks: list[Webhook] = field(default_factory=list)

    @property
    def owner(self) -> str:
        return self.full_name.partition("/")[0]

    def rename(self, full_name: str) -> None:
        """Give it another name, or another owner. What asks for the old one is sent to the new one."""
        self.former.append(self.full_name)
        self.full_name = full_name

    def add_run(self, created_at: datetime | None = None, jobs: int = 0, **fields: Any) -> Run:
        """A run that was just created, or at some other time; completed with success unless the fields say else."""
        at = (created_at or self.now()).replace(microsecond=0)
        run = Run(next(self.ids), len(self.runs) + 1, at)
        done = {"status": "completed", "conclusion": "success", "name": "CI", "event": "push", "head_branch": "main"}
        times = {"run_started_at": stamp(at), "updated_at": stamp(at + timedelta(seconds=90))}
        run.attempts.append({**done, **times, "run_attempt": 1, **fields})
        self.runs[run.id] = run
        for number in range(jobs):
            self.add_job(run, name=f"job {number}")
        return run

    def add_job(self, run: Run, **fields: Any) -> Json:
        """A completed job of the latest attempt, with two steps."""
        at = stamp(run.created_at)
        step = {"status": "completed", "conclusion": "success", "started_at": at, "completed_at": at}
        job = {
            "id": next(self.ids),
            "run_id": run.id,
            "run_attempt": len(run.attempts),
            "status": "completed",
            "conclusion": "success",
            "created_at": at,
            "started_at": at,
            "completed_at": at,
            "steps": [
                {**step, "name": name, "number": number} for number, name in enumerate(("Set up job", "Test"), 1)
            ],
            **fields,
        }
        run.jobs.append(job)
        return job

    def add_hook(self, url: str, secret: str | None = None, **fields: Any) -> Webhook:
        """A webhook for everything that we read, unless the fields say else."""
        hook = make_hook(next(self.ids), url, secret, self.now(), **fields)
        self.hooks.append(hook)
        return hook


def make_hook(hook_id: int, url: str, secret: str | None, now: datetime, **fields: Any) -> Webhook:
    """A webhook for everything that we read, unless the fields say else."""
    given = {"events": ["workflow_run", "workflow_job"], "content_type": "json", **fields}
    return Webhook(id=hook_id, url=url, secret=secret, created_at=now, **given)


@dataclass
class Organisation:
    """One organisation, as far as it has webhooks."""

    login: str
    hooks: list[Webhook] = field(default_factory=list)


class State:
    """All of it."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now = now
        self.ids = itertools.count(10_000_000_000)  # more than 32 bits have, as GitHub's are
        self.repositories: list[Repository] = []
        self.organisations: dict[str, Organisation] = {}
        self.webhook_networks = ["192.30.252.0/22", "185.199.108.0/22", "2a0a:a440::/29"]

    def add_repository(self, full_name: str, private: bool) -> Repository:
        repository = Repository(next(self.ids), full_name, private, self.ids, self.now)
        self.repositories.append(repository)
        return repository

    def organisation(self, login: str) -> Organisation:
        """The one of this name, which is made when it is first spoken of."""
        return self.organisations.setdefault(login.lower(), Organisation(login))

    def delivery(self, hook: Webhook, event: str, payload: Json, repository: Repository | None) -> Delivery:
        """A new delivery, which is yet to be sent."""
        number, guid = next(self.ids), str(uuid.uuid4())
        delivery = Delivery(number, guid, self.now(), event, payload, repository.id if repository else None)
        hook.deliveries.append(delivery)
        return delivery

    def again(self, hook: Webhook, first: Delivery) -> Delivery:
        """A redelivery, which is yet to be sent."""
        delivery = Delivery(
            next(self.ids), first.guid, self.now(), first.event, first.payload, first.repository_id, redelivery=True
        )
        hook.deliveries.append(delivery)
        return delivery


def body_of(delivery: Delivery) -> bytes:
    """The bytes that are signed and sent."""
    return json.dumps(delivery.payload, separators=(",", ":")).encode()
