"""In whose name GitHub is asked: nobody's, a token's, an app's."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from omnilens.github.rest import Access, Forbidden, NotFound, Place, RateLimited, Unauthorized
from omnilens.github.rest.app import AppKey, InstallationToken
from omnilens.github.rest.calls import Authorisation
from support.clock import START, FakeClock
from support.github import Account, FakeGitHub, Fault
from support.github.asking import as_app, asking

pytestmark = [pytest.mark.anyio, pytest.mark.node]

REPOSITORY = "octo-org/octo-repo"
NOBODY: dict[str, Any] = {"github_token": None}
TOKENS = "/access_tokens"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def github(clock: FakeClock) -> Iterator[FakeGitHub]:
    with FakeGitHub(clock.now) as running:
        running.add_repository(REPOSITORY, private=True)
        running.add_repository("octo-org/public")
        yield running
    assert running.too_early == []


async def test_nobody_sees_what_is_public(github: FakeGitHub, clock: FakeClock) -> None:
    async with asking(github, clock, **NOBODY) as client:
        assert client.anonymous
        assert await client.about.access() == Access(kind="none")
        assert (await client.about.repository("octo-org/public")).permissions is None
        with pytest.raises(NotFound, match=r"nobody without a token may not see it\. Set GITHUB_TOKEN"):
            await client.about.repository(REPOSITORY)
        github.exhaust(60, github.anonymous)
        with pytest.raises(RateLimited, match="With GITHUB_TOKEN there would be 5,000"):
            await client.patient(1).about.repository("octo-org/public")
    assert all("authorization" not in seen.headers for seen in github.requests)


async def test_a_fine_grained_token(github: FakeGitHub, clock: FakeClock) -> None:
    github.account.expires_at = START + timedelta(days=30)
    async with asking(github, clock) as client:
        assert not client.anonymous
        access = await client.about.access()
        assert access == Access(kind="token", login="octocat", expires="2026-12-22 17:00:00 UTC")
        repository = await client.about.repository(REPOSITORY)
        assert (repository.private, repository.owner.login, repository.owner.type) == (True, "octo-org", "Organization")


async def test_a_classic_token(github: FakeGitHub, clock: FakeClock) -> None:
    github.tokens["ghp_classic"] = Account("hubot", scopes=frozenset({"repo", "admin:repo_hook"}))
    async with asking(github, clock, github_token="ghp_classic") as client:
        access = await client.about.access()
        scopes = frozenset({"repo", "admin:repo_hook"})
        assert access == Access(kind="classic token", login="hubot", scopes=scopes)
        assert await client.hooks.all(Place.of(REPOSITORY)) == []


async def test_what_github_says_about_itself(github: FakeGitHub, clock: FakeClock) -> None:
    async with asking(github, clock) as client:
        assert (await client.about.meta()).hooks == tuple(github.state.webhook_networks)
        limit = await client.about.rate_limit()
        assert limit is not None
        assert (limit.limit, limit.remaining, limit.reset) == (
            5000,
            4999,
            int((START + timedelta(hours=1)).timestamp()),
        )
        assert github.counted == 1


async def test_what_an_enterprise_server_says_about_itself(clock: FakeClock) -> None:
    with FakeGitHub(clock.now, "ghes-3.19") as github:
        async with asking(github, clock) as client:
            meta = await client.about.meta()
            assert (meta.hooks, meta.installed_version) == ((), "3.19.1")
            assert await client.about.rate_limit() is None
            (budget,) = client.budgets()
            assert (budget.limit, budget.remaining, budget.closed_until) == (None, None, None)


async def test_an_app_where_it_is_installed(github: FakeGitHub, clock: FakeClock) -> None:
    github.add_installation("octo-org")
    github.add_installation("octocat", "User")
    github.add_repository("octocat/hello", private=True)
    async with asking(github, clock, **as_app(github)) as client:
        for _ in range(2):
            assert (await client.about.repository(REPOSITORY)).full_name == REPOSITORY
            assert (await client.about.repository("octocat/hello")).full_name == "octocat/hello"
        assert len(github.asked(TOKENS)) == 2
        assert [seen.path for seen in github.asked("/installation")] == [
            "/orgs/octo-org/installation",
            "/orgs/octocat/installation",
            "/users/octocat/installation",
        ]
        accounts = {budget.account for budget in client.budgets()}
        assert accounts == {"app", *(f"installation-{each.id}" for each in github.app.installations)}
        access = await client.about.access()
        assert (access.kind, access.login, (access.permissions or {})["actions"]) == ("app", "omnilens", "read")
        with pytest.raises(NotFound, match="find the installation of the app at elsewhere"):
            await client.about.repository("elsewhere/x")


async def test_what_belongs_to_nobody_is_asked_for_in_nobodys_name(github: FakeGitHub, clock: FakeClock) -> None:
    async with asking(github, clock, **as_app(github)) as client:
        assert (await client.about.meta()).hooks
    assert "authorization" not in github.requests[0].headers


async def test_an_app_with_one_installation(github: FakeGitHub, clock: FakeClock) -> None:
    installation = github.add_installation("octo-org")
    async with asking(github, clock, **as_app(github, installation.id)) as client:
        await client.about.repository(REPOSITORY)
        await client.about.meta()
    assert [seen.path.rpartition("/")[2] for seen in github.requests] == ["access_tokens", "octo-repo", "meta"]


async def test_a_token_of_an_installation_is_replaced_before_it_expires(github: FakeGitHub, clock: FakeClock) -> None:
    github.add_installation("octo-org")
    async with asking(github, clock, **as_app(github)) as client:
        for minutes in range(0, 240, 10):
            clock.passed = minutes * 60
            await client.about.repository(REPOSITORY)
    assert [seen.status for seen in github.asked("/octo-repo")] == [200] * 24
    assert len(github.asked(TOKENS)) == 4


async def test_a_token_does_not_expire_on_its_way(github: FakeGitHub, clock: FakeClock) -> None:
    github.add_installation("octo-org")
    async with asking(github, clock, **as_app(github)) as client:
        for minutes, tokens in ((0, 1), (54, 1), (56, 2)):
            clock.passed = minutes * 60
            await client.about.repository(REPOSITORY)
            assert len(github.asked(TOKENS)) == tokens


async def test_an_app_that_was_installed_again_is_found_again(github: FakeGitHub, clock: FakeClock) -> None:
    github.add_installation("octo-org")
    async with asking(github, clock, **as_app(github)) as client:
        await client.about.repository(REPOSITORY)
        github.app.installations.clear()
        clock.passed = 3600
        with pytest.raises(NotFound, match="make a token for the installation"):
            await client.about.repository(REPOSITORY)
        github.add_installation("octo-org")
        assert (await client.about.repository(REPOSITORY)).full_name == REPOSITORY


async def test_a_token_that_is_not_accepted_any_more_is_replaced_once(github: FakeGitHub, clock: FakeClock) -> None:
    github.add_installation("octo-org")
    async with asking(github, clock, **as_app(github)) as client:
        await client.about.repository(REPOSITORY)
        for token, account in github.tokens.items():
            account.revoked = token.startswith("ghs_")
        await client.about.repository(REPOSITORY)
        assert [seen.status for seen in github.asked("/octo-repo")] == [200, 401, 200]
        github.fail(*[Fault.json(b'{"message":"Bad credentials"}', 401)] * 2, path="/octo-repo")
        with pytest.raises(Unauthorized, match="GITHUB_APP_PRIVATE_KEY"):
            await client.about.repository(REPOSITORY)


async def test_many_at_once_make_one_token(github: FakeGitHub, clock: FakeClock) -> None:
    github.add_installation("octo-org")
    async with asking(github, clock, **as_app(github)) as client:
        await asyncio.gather(*(client.about.repository(REPOSITORY) for _ in range(5)))
    assert len(github.asked(TOKENS)) == 1


async def test_an_installation_without_the_permission(github: FakeGitHub, clock: FakeClock) -> None:
    installation = github.add_installation("octo-org")
    installation.permissions = {"actions": "read", "metadata": "read"}
    async with asking(github, clock, **as_app(github)) as client:
        with pytest.raises(Forbidden, match="not accessible by integration") as error:
            await client.hooks.all(Place.of(REPOSITORY))
    assert error.value.missing == ("repository_hooks=read",)


async def test_a_suspended_installation(github: FakeGitHub, clock: FakeClock) -> None:
    github.add_installation("octo-org").suspended = True
    async with asking(github, clock, **as_app(github)) as client:
        with pytest.raises(Forbidden, match="has been suspended"):
            await client.about.repository(REPOSITORY)


async def test_a_key_that_is_not_the_apps(github: FakeGitHub, clock: FakeClock) -> None:
    async with asking(github, clock, **(as_app(github) | {"app_id": "999"})) as client:
        with pytest.raises(Unauthorized, match="does not accept GITHUB_APP_PRIVATE_KEY: Integration not found"):
            await client.about.access()


@pytest.mark.parametrize("ahead", [timedelta(seconds=50), timedelta(seconds=-50)])
async def test_a_clock_that_is_a_little_wrong_does_not_matter(ahead: timedelta) -> None:
    clock = FakeClock(ahead)
    with FakeGitHub(clock.now) as github:
        async with asking(github, clock, **as_app(github)) as client:
            assert (await client.about.access()).kind == "app"


def test_secrets_are_not_shown(github: FakeGitHub) -> None:
    proof = AppKey("1", github.app.private_key).prove(START)
    assert proof.header is not None
    for value in (proof, Authorisation("token", "GITHUB_TOKEN", "Bearer t0p"), InstallationToken("ghs_x", START)):
        assert not {"Bearer", "ghs_x"} & set(repr(value).replace("'", " ").split())


def test_a_public_key_is_none(github: FakeGitHub) -> None:
    with pytest.raises(ValueError, match="public key"):
        AppKey("1", github.app.key.as_pem(private=False).decode())
    with pytest.raises(ValueError, match="not a private RSA key"):
        AppKey("1", "x")
