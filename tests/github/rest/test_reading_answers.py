"""Reading what GitHub's headers say, and what anybody else's might."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnilens.github.rest.answers import (
    MAX_QUOTED,
    Answer,
    is_json,
    message,
    missing,
    next_link,
    quoted,
    scopes,
    told,
    within,
)
from omnilens.github.rest.budget import Refusal, Told

NOW = datetime(2026, 11, 22, 17, tzinfo=UTC)
EPOCH = int(NOW.timestamp())
LIMITS = {
    "x-ratelimit-limit": "5000",
    "x-ratelimit-remaining": "4999",
    "x-ratelimit-used": "1",
    "x-ratelimit-reset": str(EPOCH + 600),
    "x-ratelimit-resource": "core",
}
SECONDARY = b'{"message":"You have exceeded a secondary rate limit. Please wait a few minutes before you try again."}'
PRIMARY = b'{"message":"API rate limit exceeded for user ID 1."}'
FORBIDDEN = b'{"message":"Resource not accessible by personal access token"}'


def answer(status: int = 200, body: bytes = b"{}", headers: dict[str, str] | None = None) -> Answer:
    return Answer(status, headers or {}, body)


def test_limits_by_our_clock_and_better_by_githubs() -> None:
    assert told(answer(headers=LIMITS), NOW) == Told(5000, 4999, 1, 600.0)
    there = LIMITS | {"date": "Sun, 22 Nov 2026 17:05:00 GMT"}
    assert told(answer(headers=there), NOW) == Told(5000, 4999, 1, 300.0)


def test_limits_of_something_else_are_not_ours() -> None:
    assert told(answer(headers=LIMITS | {"x-ratelimit-resource": "search"}), NOW) == Told()
    assert told(answer(401, headers=LIMITS | {"x-ratelimit-limit": "60"}), NOW) == Told()
    assert told(answer(), NOW) == Told()


@pytest.mark.parametrize("wrong", ["", "-1", "soon", "1.5", "٣", "9" * 400, "0x10"])
def test_what_is_no_number_is_not_there(wrong: str) -> None:
    found = told(answer(headers={**dict.fromkeys(LIMITS, wrong), "x-ratelimit-resource": "core"}), NOW)
    assert found == Told()


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("30", 30.0),
        ("Sun, 22 Nov 2026 17:01:00 GMT", 60.0),
        ("Sun, 22 Nov 2026 16:00:00 GMT", 0.0),
        ("Sun, 32 Nov 2026", None),
    ],
)
def test_retry_after(written: str, expected: float | None) -> None:
    assert told(answer(503, headers={"retry-after": written}), NOW).retry_after == expected


@pytest.mark.parametrize(
    ("status", "body", "headers", "expected"),
    [
        (403, SECONDARY, {}, Refusal.SECONDARY),
        (429, SECONDARY, {"retry-after": "60"}, Refusal.SECONDARY),
        (403, b'{"message":"You have triggered an abuse detection mechanism."}', {}, Refusal.SECONDARY),
        (403, SECONDARY, {"x-ratelimit-remaining": "0"}, Refusal.SECONDARY),
        (403, PRIMARY, {"x-ratelimit-remaining": "0"}, Refusal.PRIMARY),
        (429, PRIMARY, {"x-ratelimit-remaining": "0"}, Refusal.PRIMARY),
        (403, PRIMARY, {}, Refusal.PRIMARY),
        (403, b"<html>", {"retry-after": "5"}, Refusal.SECONDARY),
        (429, b"", {}, Refusal.SECONDARY),
        (403, FORBIDDEN, {"x-ratelimit-remaining": "4999"}, None),
        (404, SECONDARY, {}, None),
        (200, SECONDARY, {}, None),
    ],
)
def test_too_many_or_not_allowed(status: int, body: bytes, headers: dict[str, str], expected: Refusal | None) -> None:
    assert told(answer(status, body, headers), NOW).refusal == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"message":"Not Found.","documentation_url":"x"}', "Not Found"),
        (b'{"message":"Validation Failed","errors":[{"code":"custom","message":"Hook already exists"},"b",1,{}]}',
         "Validation Failed: Hook already exists, b"),
        (b'{"message":"a\\u001b[31m\\nb"}', "a [31m b"),
        (b'{"message":5}', ""),
        (b"<html>", ""),
        (b"", ""),
        (b"[" * 100_000, ""),
        (b'{"message":"\xff"}', ""),
    ],
)  # fmt: skip
def test_githubs_own_words(body: bytes, expected: str) -> None:
    assert message(answer(422, body)) == expected


@given(st.text())
def test_quoted_words_are_short_and_in_one_line(words: str) -> None:
    clean = quoted(words)
    assert len(clean) <= MAX_QUOTED
    assert clean.isprintable()


def test_which_scope_is_missing() -> None:
    classic = {"x-oauth-scopes": "repo, gist", "x-accepted-oauth-scopes": "admin:repo_hook, write:repo_hook"}
    assert scopes(answer(headers=classic)) == frozenset({"repo", "gist"})
    assert missing(answer(404, headers=classic)) == ("admin:repo_hook", "write:repo_hook")
    assert missing(answer(404, headers=classic | {"x-oauth-scopes": "admin:repo_hook"})) == ()
    assert scopes(answer(headers={"x-oauth-scopes": ""})) == frozenset()


def test_which_permission_is_missing() -> None:
    fine_grained = {"x-accepted-github-permissions": "actions=read; organization_hooks=write,metadata=read"}
    assert scopes(answer(headers=fine_grained)) is None
    assert missing(answer(403, headers=fine_grained)) == ("actions=read", "organization_hooks=write", "metadata=read")
    assert missing(answer(403)) == ()


def test_the_next_page() -> None:
    link = '<https://api.github.com/a?page=1>; rel="prev", <https://api.github.com/a?page=3>; rel="next"'
    assert next_link(answer(headers={"link": link})) == "https://api.github.com/a?page=3"
    assert next_link(answer(headers={"link": '<https://api.github.com/a?page=1>; rel="first"'})) is None
    assert next_link(answer()) is None


API = "https://api.github.com"
SERVER = "https://ghe.example.com:8443/api/v3"


@pytest.mark.parametrize(
    ("api", "url", "expected"),
    [
        (API, f"{API}/repos/a/b/hooks?page=2&created=a..b", "/repos/a/b/hooks?page=2&created=a..b"),
        (API, f"{API}/meta", "/meta"),
        (API, "https://API.GitHub.com/meta", "/meta"),
        (SERVER, f"{SERVER}/meta", "/meta"),
        (SERVER, "https://ghe.example.com:8443/api/v30/meta", None),
        (SERVER, "https://ghe.example.com:8443/meta", None),
        (SERVER, "https://ghe.example.com/api/v3/meta", None),
        (SERVER, f"{SERVER}/../../login", None),
        (API, "http://api.github.com/meta", None),
        (API, "https://api.github.com.evil.example/meta", None),
        (API, "https://evil.example/meta", None),
        (API, "https://api.github.com@evil.example/meta", None),
        (API, "https://user:pass@api.github.com/meta", None),
        (API, "//evil.example/meta", None),
        (API, "/meta", None),
        (API, f"{API}/a\r\nb", None),
        (API, f"{API}/ä", None),
        (API, "https://[/meta", None),
        (API, "https://api.github.com:99999999/meta", None),
        (API, "", None),
    ],
)  # fmt: skip
def test_what_is_part_of_the_api(api: str, url: str, expected: str | None) -> None:
    assert within(api, url) == expected


@given(st.text(max_size=60))
def test_whatever_a_server_sends_the_way_leads_to_the_api_or_nowhere(rest: str) -> None:
    found = within(API, f"https://{rest}")
    assert found is None or found.startswith("/")


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("application/json; charset=utf-8", True),
        ("application/vnd.github+json", True),
        ("text/html", False),
        ("", False),
    ],
)
def test_what_says_that_it_is_json(kind: str, expected: Any) -> None:
    assert is_json(answer(headers={"content-type": kind})) is expected
