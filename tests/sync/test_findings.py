"""What a doctor says about the server."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnilens.github.rest import Access, BudgetView, Forbidden, GitHubUnavailable, RateLimited, Unauthorized
from omnilens.sync.findings import (
    LEVELS,
    Finding,
    Storage,
    expiry,
    missing,
    of_access,
    of_clock,
    of_configuration,
    of_error,
    of_limits,
    of_nobody,
    of_storage,
    worst,
)

NOW = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)
LONG = "0123456789abcdef0123456789abcdef"
URL = "https://ci.example.com/api/webhooks/github"


def levels(findings: list[Finding]) -> list[str]:
    for finding in findings:
        assert finding.what.endswith(".")
        assert finding.do is None or finding.do.endswith(".")
        assert finding.do or finding.level in {"ok", "note"} or finding.about in {"access", "configuration"}
    return [finding.level for finding in findings]


def test_the_worst_counts() -> None:
    findings = [Finding(about="clock", level=level, what="x") for level in LEVELS]
    assert [worst(findings[:count]) for count in range(5)] == ["ok", "ok", "note", "warning", "problem"]


def test_configuration() -> None:
    assert levels(of_configuration([LONG], None, None, URL, False)) == ["ok"]
    assert levels(of_configuration([LONG, LONG], None, None, URL, False)) == ["ok", "note"]
    assert levels(of_configuration(["short"], None, "It is unwise.", URL, False)) == ["warning", "warning"]
    assert levels(of_configuration([LONG], "It is not there.", None, URL, False)) == ["problem"]
    assert levels(of_configuration([LONG], "It is not there.", None, URL, True)) == ["note"]
    assert "short" not in str(of_configuration(["short"], None, None, URL, False))


def token(**fields: Any) -> Access:
    return Access(**{"kind": "token", "login": "octocat", **fields})


@pytest.mark.parametrize(
    ("access", "organisations", "expected"),
    [
        (token(), True, []),
        (token(kind="classic token", scopes=frozenset({"admin:repo_hook"})), False, []),
        (token(kind="classic token", scopes=frozenset({"repo"})), False, []),
        (token(kind="classic token", scopes=frozenset({"workflow"})), True, ["admin:repo_hook", "admin:org_hook"]),
        (token(kind="classic token", scopes=frozenset({"repo", "admin:org_hook"})), True, []),
        (token(kind="app", permissions={"actions": "read", "repository_hooks": "write"}), False, []),
        (token(kind="app", permissions={"actions": "write", "repository_hooks": "admin"}), False, []),
        (
            token(kind="app", permissions={"repository_hooks": "read"}),
            True,
            ["actions=read", "repository_hooks=write", "organization_hooks=write"],
        ),
    ],
)
def test_what_is_missing_is_named(access: Access, organisations: bool, expected: list[str]) -> None:
    assert missing(access, organisations) == expected
    (finding,) = of_access(access, NOW, organisations)
    assert finding.level == ("warning" if expected else "ok")
    assert all(each in finding.what for each in expected)


def test_when_a_token_expires() -> None:
    assert expiry("2026-12-01 17:00:00 UTC") == datetime(2026, 12, 1, 17, 0, tzinfo=UTC)
    assert expiry("2026-12-01 18:00:00 +0100") == datetime(2026, 12, 1, 17, 0, tzinfo=UTC)
    assert [expiry(each) for each in (None, "", "soon", "2026-13-01 17:00:00 UTC", "0001-01-01 00:00:00 +2300")] == [
        None
    ] * 5
    assert levels(of_access(token(expires="2026-12-01 17:00:00 UTC"), NOW, False)) == ["ok", "warning"]
    assert levels(of_access(token(expires="2027-12-01 17:00:00 UTC"), NOW, False)) == ["ok", "ok"]


def view(remaining: int | None, closed: bool = False, limit: int | None = 5000) -> BudgetView:
    later = NOW + timedelta(minutes=5)
    return BudgetView(
        account="token",
        limit=limit,
        remaining=remaining,
        used=0,
        resets_at=later,
        closed_until=later if closed else None,
    )


def test_limits() -> None:
    assert levels(of_limits([view(4000), view(100), view(0, closed=True)])) == ["ok", "warning", "warning"]
    assert of_limits([view(None, limit=None)]) == []
    assert (
        of_limits([view(4000)])[0].what == "4,000 of 5,000 calls are left to the token, all of them again at 17:05 UTC."
    )
    assert "not called before 17:05 UTC" in of_limits([view(0, closed=True)])[0].what


@pytest.mark.parametrize(
    ("ahead", "level", "words"),
    [
        (0.4, "ok", "agrees"),
        (-29, "ok", "agrees"),
        (45, "warning", "45 s ahead"),
        (-45, "warning", "45 s behind"),
        (1900, "problem", "1,900 s ahead"),
    ],
)
def test_the_clock(ahead: float, level: str, words: str) -> None:
    (finding,) = of_clock(ahead)
    assert (finding.level, words in finding.what) == (level, True)
    assert of_clock(None) == []


def test_storage() -> None:
    gib = 1024**3
    assert levels(of_storage(Storage(database=None))) == ["note"]
    assert levels(of_storage(Storage(database="omnilens.db", free=50 * gib))) == ["ok", "ok"]
    assert levels(of_storage(Storage(database="omnilens.db", new=True, free=gib // 2))) == ["note", "warning"]
    assert (
        levels(of_storage(Storage(database="omnilens.db", database_problem="It is gone.", free=0))) == ["problem"] * 2
    )
    assert levels(of_storage(Storage(database="pg", redis=True))) == ["ok", "ok"]
    broken = Storage(database="pg", redis=True, redis_problem="It is away.", journal_problem="It fails.")
    assert levels(of_storage(broken)) == ["ok", "problem", "problem"]


def test_what_github_says_is_said() -> None:
    errors = [RateLimited("Wait.", NOW), GitHubUnavailable("Away."), Unauthorized("No."), Forbidden("No.")]
    found = [of_error(error) for error in errors]
    assert [(each.about, each.level) for each in found] == [
        ("limits", "warning"),
        ("access", "warning"),
        ("access", "problem"),
        ("access", "problem"),
    ]
    assert of_nobody().level == "note"


@given(st.text())
def test_any_writing_of_a_time(written: str) -> None:
    expiry(written)
