"""A board that stands still: the same answers at the same moment, for pictures that can be compared."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

from msgspec import Struct, convert
from msgspec.structs import asdict

from omnilens.api.days import day_of
from omnilens.api.overview import overview
from omnilens.api.people_shapes import Me, NotificationList, Person
from omnilens.api.schemas import ClaimList, GitHubAnswer, RepositoryCard, RepositoryList, RunAnswer, RunList
from omnilens.insights.attempts import RunAttempt
from omnilens.insights.report_shapes import Report
from omnilens.insights.workflows import WorkflowList
from omnilens.model import Repository, RunDetail, to_json
from omnilens.people.claims import Claim
from omnilens.sync.status_page import GitHubStatus

NOW = datetime(2026, 11, 25, 14, 3, 40, tzinfo=UTC)
TODAY = NOW.date()
REPOSITORIES = tuple(
    Repository(slug=name, full_name=f"acme/{name}", id=number, html_url=f"https://github.com/acme/{name}")
    for number, name in enumerate(("api", "web"), start=1)
)
# Workflow, how it ended (or how it is), minutes since it began, minutes it took.
_RUNS: dict[str, list[tuple[str, str, int, int]]] = {
    "api": [
        ("CI", "failure", 9, 4),
        ("Deploy to production", "waiting", 14, 2),
        ("End-to-end", "in_progress", 6, 6),
        ("CI", "success", 75, 5),
        ("CodeQL", "success", 90, 2),
        ("Docs", "success", 130, 1),
        ("CI", "failure", 170, 4),
        ("Nightly images", "cancelled", 400, 12),
        ("End-to-end", "success", 420, 9),
        ("End-to-end", "success", 480, 10),
        ("CI", "success", 500, 5),
    ],
    "web": [("CI", "in_progress", 2, 2), ("Preview", "success", 30, 3), ("CI", "success", 61, 4)],
}
_BETWEEN = ("queued", "waiting", "in_progress")
_TITLES = ("Cache auth tokens", "Retry idempotent charges", "Bump bundler to 8")


def _minutes_ago(minutes: float) -> datetime:
    return NOW - timedelta(minutes=minutes)


def _steps(state: str) -> list[dict[str, Any]]:
    told = []
    for number, name in enumerate(("Set up job", "Install packages", "Run tests"), start=1):
        how = state if number == 3 else "success"
        over = how not in _BETWEEN
        times = {"started_at": _minutes_ago(4.5 - number), "completed_at": _minutes_ago(4 - number) if over else None}
        told.append({"number": number, "name": name, **_standing(how), **times})
    return told


def _standing(how: str) -> dict[str, Any]:
    over = how not in _BETWEEN
    return {"status": "completed" if over else how, "conclusion": how if over else None}


def _jobs(run_id: int, state: str, begun: float) -> list[dict[str, Any]]:
    told = []
    for number, name in enumerate(("lint", "unit (3.12)", "build")):
        how = "success" if number == 0 or state == "cancelled" else state
        job = {"id": run_id * 10 + number, "run_id": run_id, "name": name, **_standing(how), "steps": _steps(how)}
        started = begun - 0.2 * (number + 1)
        over = _minutes_ago(started - 1 - number / 2) if how not in _BETWEEN else None
        told.append(
            {**job, "created_at": _minutes_ago(begun), "started_at": _minutes_ago(started), "completed_at": over}
        )
    return told


@cache
def _runs(slug: str) -> tuple[RunDetail, ...]:
    names = sorted({name for name, *_ in _RUNS[slug]})
    told = []
    for number, (name, how, begun, took) in enumerate(_RUNS[slug], start=1):
        run_id = (100 if slug == "api" else 200) - number  # the newest has the highest
        told.append(
            {
                "id": run_id,
                "name": name,
                "workflow_id": names.index(name) + 1,
                "display_title": _TITLES[number % len(_TITLES)],
                "run_number": 700 - number,
                "event": "push",
                **_standing(how),
                "head_branch": "main",
                "head_sha": f"{number:x}c1f0abdeadbeef",
                "actor": {"login": ("monalisa", "hubot")[number % 2]},
                "html_url": f"https://github.com/acme/{slug}/actions/runs/{run_id}",
                "created_at": _minutes_ago(begun),
                "run_started_at": _minutes_ago(begun),
                "updated_at": _minutes_ago(begun - took),
                "jobs": _jobs(run_id, how, begun),
            }
        )
    return convert(tuple(told), tuple[RunDetail, ...])


def _claim(run: RunDetail) -> Claim:
    assert run.workflow_id is not None
    return Claim(
        workflow_id=run.workflow_id,
        branch=run.head_branch,
        run_id=run.id,
        name="Mona",
        login="monalisa",
        at=_minutes_ago(4),
    )


def _past(slug: str) -> list[dict[str, Any]]:
    usual = {"runs": 40, "median": 300, "p95": 700}
    known = {run.name: run for run in _runs(slug)}
    return [
        {
            "workflow_id": run.workflow_id,
            "name": name,
            "before": "passed",
            "last_run": None,
            "usual": usual,
            "expected": [],
        }
        for name, run in sorted(known.items())
    ]


def _report(repository: Repository) -> Report:
    days = [TODAY - timedelta(days=back) for back in range(29, -1, -1)]

    def counts(runs: int, failed: int) -> dict[str, Any]:
        passed = runs - failed
        return {"runs": runs, "passed": passed, "failed": failed, "other": 0, "success_rate": passed / (runs or 1)}

    def spread(seed: int) -> dict[str, int]:
        return {"count": 8, "p50": 240 + seed * 7 % 60, "p95": 420 + seed * 13 % 200}

    by_day = [{"date": str(day), **counts(10 + day.day % 7, day.day % 4)} for day in days]
    durations = [{"date": str(day), **spread(day.day)} for day in days]
    workflows = [
        {"workflow_id": number, "name": name, "flaky": number, "seconds": spread(number), "by_day": durations}
        | counts(200 // number, 9)
        for number, name in enumerate(("CI", "End-to-end", "Docs"), start=1)
    ]
    job = {
        "workflow": "CI",
        "name": "unit (3.12)",
        "runs": 200,
        "failed": 9,
        "failure_rate": 0.045,
        "seconds": spread(3),
    }
    told = {
        "repo": asdict(repository),
        "days": 30,
        "tz": "UTC",
        "first_day": str(days[0]),
        "last_day": str(days[-1]),
        "since": _minutes_ago(29 * 1440),
        "from_history": True,
        "worked_out_at": NOW,
        "total": counts(389, 27),
        "runs_with_jobs": 380,
        "by_day": by_day,
        "workflows": workflows,
        "slowest_jobs": [job],
        "failing_jobs": [job],
        "flaky": [],
        "flaky_total": 0,
        "queue": spread(2),
        "waiting": [{"labels": "ubuntu-latest", "seconds": spread(2)}],
        "billable": [{"runner": "Linux", "jobs": 900, "minutes": 3100, "multiplier": 1, "billable": 3100}],
    }
    return convert(told, Report)


class Pictured:
    """Answers what the page asks. The socket is a real server's, whose board is empty and whose epoch this is."""

    def __init__(self, epoch: str) -> None:
        self._epoch = epoch
        self.unknown: list[str] = []
        """What was asked that there is no answer to."""

    def answer(self, url: str) -> bytes | None:
        parts = urlsplit(url)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        found = self._answer(
            parts.path.removeprefix("/api/").split("/"), date.fromisoformat(asked.get("date", str(TODAY)))
        )
        if found is None:
            self.unknown.append(url)
        return None if found is None else to_json(found)

    def _answer(self, path: list[str], day: date) -> Struct | None:
        match path:
            case ["me"]:
                user = Person(login="monalisa", name="Mona", avatar_url=None, token=False, operator=True)
                return Me(auth="none", user=user)
            case ["repos"]:
                return RepositoryList(repos=tuple(map(self._card, REPOSITORIES)), epoch=self._epoch)
            case ["notifications"]:
                return NotificationList(notifications=(), unread=0)
            case ["github"]:
                return GitHubAnswer(configured=False)
            case ["github", "status"]:
                return GitHubStatus(outage=None)
            case ["repos", slug, *rest]:
                return self._about(next(each for each in REPOSITORIES if each.slug == slug), rest, day)
        return None

    def _about(self, repository: Repository, path: list[str], day: date) -> Struct | None:
        slug = repository.slug
        match path:
            case ["runs"]:
                runs = _runs(slug) if day == TODAY else ()
                heard = _minutes_ago(2)
                return RunList(
                    repo=repository, date=str(day), tz="UTC", last_event_at=heard, runs=runs, seq=0, epoch=self._epoch
                )
            case ["runs", number]:
                run = next(each for each in _runs(slug) if each.id == int(number))
                attempts = (RunAttempt(attempt=1, conclusion=run.conclusion, jobs=len(run.jobs)),)
                return RunAnswer(repo=repository, run=run, attempts=attempts, flaky=None, seq=0, epoch=self._epoch)
            case ["claims"]:
                broken = next((run for run in _runs(slug) if run.failed), None)
                return ClaimList(claims=(_claim(broken),) if broken and slug == "api" else ())
            case ["workflows"]:
                told = {"repo": asdict(repository), "date": str(day), "tz": "UTC", "since": _minutes_ago(43_200)}
                return convert({**told, "from_history": True, "workflows": _past(slug)}, WorkflowList)
            case ["report"]:
                return _report(repository)
        return None

    def _card(self, repository: Repository) -> RepositoryCard:
        day = day_of(TODAY, "UTC", NOW)
        numbers = overview(_runs(repository.slug), day)
        return RepositoryCard(**asdict(repository), overview=numbers, seq=0, last_event_at=_minutes_ago(2))
