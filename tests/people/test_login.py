"""Logging in with GitHub, over real HTTP."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnilens.people.attempt import local_path
from support.github import FakeGitHub
from support.github.faults import Fault
from support.server import LiveServer
from support.visitors import Visitor, logged_in, with_login
from support.waiting import eventually

pytestmark = pytest.mark.node


@pytest.fixture
def github() -> Iterator[FakeGitHub]:
    with FakeGitHub() as github:
        yield github


@pytest.fixture
def site(github: FakeGitHub) -> Iterator[LiveServer]:
    github.add_repository("octo-org/hello")
    with with_login(github, repositories="octo-org/hello") as live:
        yield live


def test_nobody_sees_anything_before_the_login(site: LiveServer) -> None:
    visitor = Visitor(site)
    assert visitor.me() == {"auth": "github", "user": None, "problem": None}
    for path in (
        "/api/repos",
        "/api/repos/hello/runs",
        "/api/repos/hello/overview",
        "/api/repos/hello/doctor",
        "/api/github",
        "/api/health",
        "/api/metrics",
        "/metrics",
    ):
        answer = visitor.http.get(path)
        assert (answer.status_code, answer.json()["code"]) == (401, "not-logged-in"), path
    assert visitor.status("/") == visitor.status("/login") == visitor.status("/healthz") == 200


def test_a_whole_login(site: LiveServer, github: FakeGitHub) -> None:
    visitor = Visitor(site)
    answer = visitor.log_in(github, github.add_user("alice"), back_to="/dashboard/hello?date=2026-11-22")
    assert (answer.status_code, answer.headers["location"]) == (303, "/dashboard/hello?date=2026-11-22")
    (cookie,) = [each for each in answer.headers.get_list("set-cookie") if each.startswith("omnilens=")]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Path=/" in cookie
    user = visitor.me()["user"]
    assert (user["login"], user["name"], user["token"], user["operator"]) == ("alice", "Alice", False, False)
    assert visitor.repos() == ["hello"]
    assert github.login.asked_scopes == ["repo"]
    assert site.count("omnilens_logins_total") == 1


def test_over_tls_the_cookie_is_for_this_host_and_tls_only(github: FakeGitHub) -> None:
    with with_login(github, public_url="https://ci.example.com") as site:
        visitor = Visitor(site)
        answer = visitor.http.get("/auth/login")
        assert parse_qs(urlsplit(answer.headers["location"]).query)["redirect_uri"] == [
            "https://ci.example.com/auth/callback"
        ]
        (cookie,) = answer.headers.get_list("set-cookie")
        assert cookie.startswith("__Host-omnilens-login=")
        assert "Secure" in cookie


def test_a_login_that_somebody_else_began_is_refused(site: LiveServer, github: FakeGitHub) -> None:
    """Who is sent a link with a stranger's code must not end up in the stranger's account."""
    stranger, visitor = Visitor(site), Visitor(site)
    back = stranger.come_back(github, github.add_user("mallory"), stranger.go_to_login())
    for browser in (visitor, Visitor(site)):
        if browser is visitor:
            browser.go_to_login()
        answer = browser.http.get(back)
        assert answer.headers["location"] == "/login?problem=expired"
        assert browser.me()["user"] is None
    assert site.count("omnilens_authentication_failures_total", **{"with": "login"}) == 2


def test_a_code_counts_once_and_not_without_its_verifier(site: LiveServer, github: FakeGitHub) -> None:
    visitor = Visitor(site)
    back = visitor.come_back(github, github.add_user("alice"), visitor.go_to_login())
    kept = visitor.http.cookies["omnilens-login"]
    assert visitor.http.get(back).headers["location"] == "/"
    again = Visitor(site)
    again.http.cookies.set("omnilens-login", kept)
    assert again.http.get(back).headers["location"] == "/login?problem=expired"
    assert again.me()["user"] is None


def test_saying_no_and_not_being_allowed(github: FakeGitHub) -> None:
    with with_login(github, allowed_users="alice,org:octo-org") as site:
        assert Visitor(site).log_in(github, None).headers["location"] == "/login?problem=denied"
        stranger = Visitor(site)
        answer = stranger.log_in(github, github.add_user("mallory"))
        assert answer.headers["location"] == "/login?problem=not-allowed"
        assert stranger.me()["user"] is None
        assert logged_in(site, github, github.add_user("Alice")).me()["user"]["login"] == "Alice"
        member = github.add_user("bob", organisations={"octo-org"})
        assert logged_in(site, github, member).me()["user"]["login"] == "bob"
        assert github.login.asked_scopes[-1] == "repo read:org"


def test_github_down_amid_a_login(site: LiveServer, github: FakeGitHub) -> None:
    visitor = Visitor(site)
    back = visitor.come_back(github, github.add_user("alice"), visitor.go_to_login())
    github.fail(Fault.html(), path="/login/oauth/access_token")
    assert visitor.http.get(back).headers["location"] in {"/login?problem=unreachable", "/login?problem=refused"}


def test_each_login_begins_a_session_that_was_nobodys(site: LiveServer, github: FakeGitHub) -> None:
    """Session fixation: an id that was planted before the login is worth nothing after it."""
    visitor = Visitor(site)
    planted = "planted-by-somebody"
    visitor.http.cookies.set("omnilens", planted, domain="127.0.0.1", path="/")
    visitor.log_in(github, github.add_user("alice"))
    assert visitor.http.cookies["omnilens"] != planted
    assert visitor.me()["user"]["login"] == "alice"
    other = Visitor(site)
    other.http.cookies.set("omnilens", planted)
    assert other.me()["user"] is None


def test_logging_out_here_and_everywhere(site: LiveServer, github: FakeGitHub) -> None:
    alice = github.add_user("alice")
    laptop, phone, tablet = (logged_in(site, github, alice) for _ in range(3))
    assert laptop.http.post("/auth/logout", json={}).status_code == 204
    assert (laptop.status("/api/repos"), phone.status("/api/repos")) == (401, 200)
    assert phone.http.post("/auth/logout", json={"everywhere": True}).status_code == 204
    assert (phone.status("/api/repos"), tablet.status("/api/repos")) == (401, 401)


def test_only_our_own_page_can_log_somebody_out(site: LiveServer, github: FakeGitHub) -> None:
    visitor = logged_in(site, github, github.add_user("alice"))
    answer = visitor.http.post("/auth/logout", json={}, headers={"origin": "https://evil.example"})
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden-origin")
    assert visitor.status("/api/repos") == 200


def test_a_token_withdrawn_at_github_ends_the_session_here(github: FakeGitHub) -> None:
    github.add_repository("octo-org/hello")
    with with_login(github, repositories="octo-org/hello", access_cache="1s") as site:
        alice = github.add_user("alice")
        visitor = logged_in(site, github, alice)
        assert visitor.repos() == ["hello"]
        alice.revoked = True
        eventually(lambda: visitor.status("/api/repos") == 401)
        assert visitor.me()["user"] is None


def test_tokens_that_expire_are_refreshed_once_for_all(github: FakeGitHub) -> None:
    github.add_repository("octo-org/hello")
    github.login.expires_in = 30  # which is over already, as far as we go
    with with_login(github, repositories="octo-org/hello", access_cache="1s") as site:
        visitor = logged_in(site, github, github.add_user("alice"))
        github.login.expires_in = 8 * 3600
        with ThreadPoolExecutor(8) as threads:
            answers = list(threads.map(lambda _: visitor.status("/api/repos"), range(8)))
        assert answers == [200] * 8
        exchanges = [seen for seen in github.requests if seen.path.endswith("/access_token")]
        assert len(exchanges) == 2
        assert visitor.repos() == ["hello"]


def test_what_github_granted_is_sealed_and_its_key_is_not_beside_it(github: FakeGitHub, tmp_path: Path) -> None:
    github.add_repository("octo-org/hello")
    kept = {"data_dir": tmp_path, "database_url": None, "repositories": "octo-org/hello"}
    with with_login(github, **kept) as site:
        visitor = logged_in(site, github, github.add_user("alice"))
        cookie = visitor.http.cookies["omnilens"]
    tokens = [token for token in github.tokens if token.startswith("gho_")]
    key = tmp_path / "secret.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    for file in (each for each in tmp_path.rglob("*") if each.is_file()):
        content = file.read_bytes()
        assert not any(token.encode() in content for token in tokens), file
        assert cookie.encode() not in content, file
        assert file == key or key.read_bytes().strip() not in content, file

    with with_login(github, **kept) as site:  # sessions outlive a restart
        assert Visitor(site, cookie).repos() == ["hello"]
    key.unlink()
    with with_login(github, **kept) as site:  # with another key, one logs in anew
        visitor = Visitor(site, cookie)
        assert visitor.status("/api/repos/hello/runs") == 404
        assert visitor.status("/api/repos") == 401
        assert logged_in(site, github, github.add_user("bob")).repos() == ["hello"]


@given(st.text())
def test_after_a_login_one_is_on_our_own_page(address: str) -> None:
    path = local_path(address)
    assert path.startswith("/")
    assert not path.startswith(("//", "/\\"))
    assert urlsplit(path).netloc == ""


@pytest.mark.parametrize(
    "address",
    ["https://evil.example", "//evil.example", "/\\evil.example", "\\/evil", "/\tevil", "javascript:alert(1)", ""],
)
def test_links_away_are_not_followed_after_a_login(address: str) -> None:
    assert local_path(address) == "/"


def test_an_enterprise_server_of_ones_own() -> None:
    with FakeGitHub(release="ghes-3.19") as github:
        secret = github.add_repository("octo-org/secret", private=True)
        with with_login(github, repositories="octo-org/secret", allowed_users="org:octo-org") as site:
            alice = github.add_user("alice", secret, organisations={"octo-org"})
            assert logged_in(site, github, alice).repos() == ["secret"]
            assert logged_in(site, github, github.add_user("bob", organisations={"octo-org"})).repos() == []
