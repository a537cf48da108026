"""A proxy that has people log in names them in a header; nobody else is believed."""

from __future__ import annotations

from collections.abc import Iterator

import httpx2
import pytest
import socketio

from omnilens.settings import SettingsError, load
from support.server import SECRET, LiveServer
from support.sockets import connected

pytestmark = pytest.mark.anyio

ANYWHERE = "0.0.0.0"  # noqa: S104
ALICE = {"x-forwarded-user": "Alice", "x-forwarded-for": "203.0.113.7"}


@pytest.fixture
def site() -> Iterator[LiveServer]:
    with LiveServer(
        auth="proxy", trusted_proxies="127.0.0.1", repositories="octo-org/open", operators="alice", port=0
    ) as live:
        yield live


def test_who_is_named_is_known(site: LiveServer) -> None:
    answer = site.http.get("/api/me", headers=ALICE).json()
    assert (answer["user"]["login"], answer["user"]["operator"]) == ("Alice", True)
    assert [each["slug"] for each in site.http.get("/api/repos", headers=ALICE).json()["repos"]] == ["open"]
    assert site.http.get("/api/me", headers={"x-forwarded-user": "bob"}).json()["user"]["operator"] is False


def test_who_is_named_twice_is_nobody(site: LiveServer) -> None:
    """A proxy that adds its header beside the one that a client made up would have either believed."""
    for pair in (("mallory", "alice"), ("alice", "mallory")):
        headers = [("x-forwarded-user", name) for name in pair]
        assert httpx2.get(f"{site.url}/api/repos", headers=headers, trust_env=False).status_code == 401
        assert site.http.get("/api/repos", headers={"x-forwarded-user": ", ".join(pair)}).status_code == 401


def test_who_is_not_named_is_nobody(site: LiveServer) -> None:
    for headers in ({}, {"x-forwarded-user": ""}, {"x-forwarded-user": "x" * 201}, {"x-remote-user": "alice"}):
        assert site.http.get("/api/repos", headers=headers).status_code == 401
    assert site.http.get("/auth/login").json()["code"] == "no-such-login"


async def test_on_sockets_too(site: LiveServer) -> None:
    async with connected(site.url, headers=ALICE) as browser:
        assert (await browser.subscribe("open"))["ok"] is True
        assert {each.data.login for each in site.omnilens.sockets.connections} == {"Alice"}


async def test_a_header_that_does_not_come_from_the_proxy_names_nobody() -> None:
    with LiveServer(auth="proxy", trusted_proxies="10.0.0.0/8", repositories="octo-org/open") as site:
        forged = {**ALICE, "x-forwarded-for": "10.0.0.1"}
        assert site.http.get("/api/repos", headers=forged).status_code == 401
        with pytest.raises(socketio.exceptions.ConnectionError):
            async with connected(site.url, headers=forged):
                pass
        assert site.count("omnilens_authentication_failures_total", **{"with": "proxy"}) == 2


def test_only_those_that_are_allowed() -> None:
    with LiveServer(auth="proxy", trusted_proxies="127.0.0.1", allowed_users="bob") as site:
        assert site.http.get("/api/repos", headers=ALICE).status_code == 401
        assert site.http.get("/api/repos", headers={"x-forwarded-user": "Bob"}).status_code == 200


def test_another_header(site: LiveServer) -> None:
    with LiveServer(auth="proxy", trusted_proxies="127.0.0.1", user_header="X-Auth-Request-User") as other:
        assert httpx2.get(f"{other.url}/api/repos", headers=ALICE, trust_env=False).status_code == 401
        named = {"x-auth-request-user": "alice"}
        assert httpx2.get(f"{other.url}/api/repos", headers=named, trust_env=False).status_code == 200


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ({"auth": "proxy"}, {"OMNILENS_TRUSTED_PROXIES"}),
        ({"auth": "proxy", "trusted_proxies": "10.0.0.1", "allowed_users": "org:x"}, {"OMNILENS_ALLOWED_USERS"}),
        ({"auth": "github"}, {"GITHUB_OAUTH_CLIENT_ID", "GITHUB_OAUTH_CLIENT_SECRET"}),
        (
            {
                "auth": "github",
                "oauth_client_id": "x",
                "oauth_client_secret": "y",
                "public_url": "http://ci.example.com",
            },
            {"OMNILENS_PUBLIC_URL"},
        ),
        (
            {"auth": "github", "oauth_client_id": "x", "oauth_client_secret": "y", "database_url": "postgresql://h/d"},
            {"OMNILENS_DATABASE_URL"},
        ),
        ({"host": ANYWHERE}, {"OMNILENS_HOST"}),
        ({"secret_key": "short"}, {"OMNILENS_SECRET_KEY"}),
        ({"operators": "org:x"}, {"OMNILENS_OPERATORS"}),
    ],
)
def test_what_cannot_be_secure_does_not_start(given: dict[str, str], names: set[str]) -> None:
    with pytest.raises(SettingsError) as refused:
        load(None, webhook_secrets=(SECRET,), **given)
    assert {problem.split()[0] for problem in refused.value.problems} == names


def test_with_a_login_it_listens_where_others_reach_it() -> None:
    proxied = {"auth": "proxy", "trusted_proxies": "10.0.0.1"}
    assert load(None, webhook_secrets=(SECRET,), host=ANYWHERE, **proxied).host == ANYWHERE


def test_what_is_not_on_the_board_is_put_there_by_operators_only(site: LiveServer) -> None:
    """GitHub is asked with the server's token, which may see what users of the proxy may not."""
    bob, page = {"x-forwarded-user": "bob"}, {"origin": site.url}
    refused = site.http.post("/api/repos", json={"repository": "octo-org/secret"}, headers=bob | page)
    assert (refused.status_code, refused.json()["code"]) == (403, "operators-only")
    added = site.http.post("/api/repos", json={"repository": "octo-org/secret"}, headers=ALICE | page)
    assert added.status_code == 201
    assert site.http.post("/api/repos", json={"repository": "octo-org/secret"}, headers=bob | page).status_code == 201
