"""What a doctor says about the webhook of a repository and its deliveries."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnilens.github.rest import Hook, HookDelivery, Place
from omnilens.github.rest.values import HookConfig, OwnerFields, RepoFields
from omnilens.sync.findings import Finding, worst
from omnilens.sync.hook_findings import of_log, of_repository, of_steps
from omnilens.sync.hook_plan import EVENTS, Seen, Target, plan
from support.attempts import ATTEMPTS, NOW, attempt

URL = "https://ci.example.com/api/webhooks/github"


def hook(url: str = URL, active: bool = True, events: tuple[str, ...] = EVENTS, **config: Any) -> Hook:
    given: dict[str, Any] = {"content_type": "json", "insecure_ssl": "0", "secret": "********", **config}
    return Hook(id=7, active=active, events=events, config=HookConfig(url=url, **given))


def seen(name: str, *hooks: Hook, wanted: bool = True, missing: tuple[str, ...] | None = None) -> Seen:
    target = Target(name if "/" in name else f"{name}/*", Place.of(name), wanted)
    return Seen(target, hooks) if missing is None else Seen(target, None, "It may not be seen.", missing)


def found(*where: Seen, arrived: bool = False) -> list[Finding]:
    return of_steps(plan(where, URL), where, NOW if arrived else None)


@pytest.mark.parametrize(
    ("each", "expected"),
    [
        (hook(), "ok"),
        (hook(active=False), "problem"),
        (hook(events=("push",)), "problem"),
        (hook(events=("workflow_run",)), "problem"),
        (hook(events=("*",)), "warning"),
        (hook(events=(*EVENTS, "push")), "warning"),
        (hook(content_type="form"), "problem"),
        (hook(secret=None), "problem"),
        (hook(insecure_ssl="1"), "warning"),
        (hook(URL.replace("https", "http")), "warning"),
    ],
)
def test_how_bad_a_difference_is(each: Hook, expected: str) -> None:
    (finding,) = found(seen("acme/api", each))
    assert (finding.level, finding.about) == (expected, "webhook")
    assert (finding.do is None) == (expected == "ok")
    assert "acme/api" in finding.what


def test_each_difference_is_said() -> None:
    findings = found(seen("acme/api", hook(active=False, content_type="form", insecure_ssl="1")))
    assert [each.level for each in findings] == ["problem", "warning", "problem"]


def test_without_one() -> None:
    (finding,) = found(seen("acme/api"))
    assert (finding.level, finding.do) == ("problem", "Call omnilens hooks sync.")
    whole, own = found(seen("acme", hook()), seen("acme/api"))
    assert [whole.level, own.level] == ["ok", "ok"]
    assert "the webhook of acme reports it" in own.what
    twice = found(seen("acme", hook()), seen("acme/api", hook()))
    assert [each.level for each in twice] == ["ok", "warning"]


def test_one_that_cannot_be_seen() -> None:
    (finding,) = found(seen("acme/api", missing=("admin:repo_hook",)))
    assert (finding.level, finding.do) == ("problem", "Give the token admin:repo_hook at GitHub.")
    hidden = seen("acme", wanted=False, missing=("admin:org_hook",))
    (finding,) = found(hidden, seen("acme/api"), arrived=True)
    assert (finding.level, "and yet deliveries arrive" in finding.what) == ("note", True)
    (finding,) = found(hidden, seen("acme/api"))
    assert finding.level == "problem"


def of(*log: HookDelivery, complete: bool = True) -> list[tuple[str, str]]:
    return [(finding.level, finding.what) for finding in of_log(log, NOW, complete)]


def test_a_log_that_is_well() -> None:
    assert of(attempt("p", 1, 90, event="ping"), attempt("a", 2, 60, action="completed")) == [
        ("ok", "The last delivery, workflow_run completed at 2026-11-22 16:59:00 UTC, was answered 200."),
        ("ok", "The last ping, at 2026-11-22 16:58 UTC, was answered: 200."),
        ("ok", "Within three days: 1 sent, 1 received (UTC)."),
    ]
    ((level, what),) = of(attempt("p", 1, 60, event="ping"))
    assert (level, "The last delivery, ping" in what) == ("ok", True)


def test_what_failed_and_is_well_again_is_a_warning() -> None:
    findings = of(attempt("a", 1, 90, 502), attempt("b", 2, 60), complete=False)
    assert [each[0] for each in findings] == ["ok", "warning"]
    assert findings[1][1] == "Since 2026-11-22 16:58 UTC: 2 sent, 1 received, 1 failed 16:58, not redelivered (UTC)."
    recovered = of(attempt("a", 1, 90, 502), attempt("a", 2, 60, redelivery=True))
    assert [each[0] for each in recovered] == ["ok", "ok"]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (401, "--write-secret"),
        (302, "login"),
        (404, "proxy"),
        (413, "25 MB"),
        (415, "hooks sync"),
        (500, "omnilens deliveries list"),
        (502, "Is the server running"),
        (503, "/api/health"),
        (504, "ten seconds"),
        (418, "Is the server running"),
    ],
)
def test_what_to_do_about_a_failure(code: int, words: str) -> None:
    finding, *_ = of_log([attempt("a", 1, 60, code)], NOW)
    assert finding.level == "problem"
    assert words in str(finding.do)


def test_what_was_refused_for_what_it_was_is_no_problem_of_ours() -> None:
    finding, *_ = of_log([attempt("a", 1, 60, 400)], NOW)
    assert (finding.level, "stale" in str(finding.do)) == ("warning", True)


def test_nothing_and_too_much() -> None:
    assert [each[0] for each in of()] == ["note"]
    assert [each[0] for each in of(attempt("a", 1, 60, 0))] == ["note"]
    held = of(attempt("a", 1, 60, throttled_at=NOW))
    assert held[-1] == ("note", "Held back by GitHub, since there were too many at once: 1.")


def test_the_repository_itself() -> None:
    fields = RepoFields(full_name="acme/api", owner=OwnerFields("acme"))
    assert of_repository("ACME/api", fields) == []
    moved = RepoFields(full_name="acme/backend", owner=OwnerFields("acme"), archived=True)
    assert [each.level for each in of_repository("acme/api", moved)] == ["note", "note"]


@given(ATTEMPTS, st.booleans())
def test_it_is_a_problem_if_and_only_if_the_last_one_failed(log: list[HookDelivery], complete: bool) -> None:
    findings = of_log(log, NOW, complete)
    known = [each for each in log if each.status_code]
    last = max(known, key=lambda each: (each.delivered_at, each.id), default=None)
    assert (worst(findings) == "problem") == (last is not None and last.status_code != 200)
