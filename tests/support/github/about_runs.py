"""Answers about repositories, runs and jobs."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from support.github.asked import Asked, Refuse, Reply
from support.github.state import Json, Repository, Run, stamp

MOST = 1000
"""https://docs.github.com/en/rest/actions/workflow-runs#list-workflow-runs-for-a-repository"""


def repository_of(asked: Asked) -> Repository:
    """The repository in the path, if whoever asks may know that it is there."""
    name = f"{asked.path['owner']}/{asked.path['repo']}".lower()
    for repository in asked.state.repositories:
        if name == repository.full_name.lower():
            if repository.private and not _sees(asked, repository):
                break
            return repository
        if name in map(str.lower, repository.former):
            location = f"{asked.api}/repositories/{repository.id}{asked.rest}"
            raise Refuse(301, "Moved Permanently", location=location)
    raise Refuse(404, "Not Found")


def _sees(asked: Asked, repository: Repository) -> bool:
    account = asked.account
    if account is None:
        return False
    if account.reads is not None:
        return repository.full_name in account.reads
    if account.scopes is not None:
        return "repo" in account.scopes
    return account.owner is None or account.owner.lower() == repository.owner.lower()


def _minimal(asked: Asked, repository: Repository, sample: str = "minimal-repository") -> Json:
    value: Json = asked.description.sample(sample)
    value |= {"id": repository.id, "name": repository.full_name.partition("/")[2], "full_name": repository.full_name}
    value["owner"] |= {"login": repository.owner, "type": "Organization"}
    return value | {"private": repository.private, "html_url": f"https://github.com/{repository.full_name}"}


def get_repository(asked: Asked) -> Reply:
    repository = repository_of(asked)
    times = dict.fromkeys(("created_at", "updated_at", "pushed_at"), stamp(asked.now))
    permissions = {"permissions": {"admin": True, "push": True, "pull": True}} if asked.account else {}
    return Reply(200, {**_minimal(asked, repository, "full-repository"), **times, **permissions})


def list_runs(asked: Asked) -> Reply:
    repository = repository_of(asked)
    found = sorted(repository.runs.values(), key=lambda run: (run.created_at, run.id), reverse=True)
    searched = set(asked.query) & {"actor", "branch", "check_suite_id", "created", "event", "head_sha", "status"}
    if searched - {"created"}:
        raise NotImplementedError(f"a search by {searched}")
    if "created" in asked.query:
        within = _created(asked.query["created"])
        found = [run for run in found if within(run.created_at)]
    total = len(found)
    if searched:
        found = found[:MOST]
        total = len(found) if asked.caps_total else total
    start, end, headers = asked.page(len(found), f"/repositories/{repository.id}/actions/runs")
    runs = [_run(asked, repository, run, -1) for run in found[start:end]]
    return Reply(200, {"total_count": total, "workflow_runs": runs}, headers)


def _created(search: str) -> Callable[[datetime], bool]:
    """A range of times or of days; both ends are part of it.

    https://docs.github.com/en/search-github/getting-started-with-searching-on-github/understanding-the-search-syntax
    """
    first, dots, last = search.partition("..")
    if not dots:
        raise Refuse(422, f"{search!r} is no range of the kind that is looked at here")
    start, _ = _moment(first)
    begin, length = _moment(last)
    return lambda moment: start <= moment < begin + length


def _moment(written: str) -> tuple[datetime, timedelta]:
    if re.fullmatch(r"\d{4}-\d\d-\d\d", written):
        return datetime.fromisoformat(written).replace(tzinfo=UTC), timedelta(days=1)
    if re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)", written):
        return datetime.fromisoformat(written), timedelta(seconds=1)
    raise Refuse(422, f"{written!r} is no time in ISO 8601")


def _run(asked: Asked, repository: Repository, run: Run, attempt: int) -> Json:
    sample: Json = asked.description.sample("workflow-run")
    where = f"https://github.com/{repository.full_name}/actions/runs/{run.id}"
    minimal = _minimal(asked, repository)
    actor = asked.description.sample("simple-user") | {"login": "octocat"}
    base = {
        "id": run.id,
        "run_number": run.number,
        "created_at": stamp(run.created_at),
        "html_url": where,
        "repository": minimal,
        "head_repository": minimal,
        "actor": actor,
        "triggering_actor": actor,
        "display_title": "Retry idempotent charges",
        "path": ".github/workflows/ci.yml",
        "workflow_id": 11,
    }
    return {**sample, **base, **run.attempts[attempt]}


def _found_run(asked: Asked) -> tuple[Repository, Run]:
    repository = repository_of(asked)
    if (run := repository.runs.get(int(asked.path["run_id"]))) is None:
        raise Refuse(404, "Not Found")
    return repository, run


def get_run(asked: Asked) -> Reply:
    return Reply(200, _run(asked, *_found_run(asked), -1))


def _attempt(asked: Asked, run: Run) -> int:
    attempt = int(asked.path["attempt_number"])
    if not 1 <= attempt <= len(run.attempts):
        raise Refuse(404, "Not Found")
    return attempt


def get_attempt(asked: Asked) -> Reply:
    repository, run = _found_run(asked)
    return Reply(200, _run(asked, repository, run, _attempt(asked, run) - 1))


def list_jobs(asked: Asked) -> Reply:
    repository, run = _found_run(asked)
    latest = asked.query.get("filter", "latest") == "latest"
    attempts = {len(run.attempts)} if latest else set(range(1, len(run.attempts) + 1))
    return _jobs(asked, repository, run, attempts, "jobs")


def list_attempt_jobs(asked: Asked) -> Reply:
    repository, run = _found_run(asked)
    attempt = _attempt(asked, run)
    return _jobs(asked, repository, run, {attempt}, f"attempts/{attempt}/jobs")


def _jobs(asked: Asked, repository: Repository, run: Run, attempts: set[int], where: str) -> Reply:
    found = [job for job in run.jobs if job["run_attempt"] in attempts]
    start, end, headers = asked.page(len(found), f"/repositories/{repository.id}/actions/runs/{run.id}/{where}")
    return Reply(200, {"total_count": len(found), "jobs": [_job(asked, job) for job in found[start:end]]}, headers)


def _job(asked: Asked, job: Json) -> Json:
    sample: Json = asked.description.sample("job")
    return {**sample, "workflow_name": "CI", "labels": ["ubuntu-latest"], **job}


HANDLERS: dict[str, Callable[[Asked], Any]] = {
    "repos/get": get_repository,
    "actions/list-workflow-runs-for-repo": list_runs,
    "actions/get-workflow-run": get_run,
    "actions/get-workflow-run-attempt": get_attempt,
    "actions/list-jobs-for-workflow-run": list_jobs,
    "actions/list-jobs-for-workflow-run-attempt": list_attempt_jobs,
}
