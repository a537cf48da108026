"""Webhooks and their deliveries, asked of a GitHub that keeps to its description."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from itertools import pairwise

import pytest

from omnilens.github.rest import Forbidden, GitHubUnavailable, HookSettings, NotFound, Place, Rejected
from omnilens.github.rest.client import GitHub
from support.clock import FakeClock
from support.github import Account, FakeGitHub, Fault, Repository
from support.github.asking import asking
from support.payloads import run_payload
from support.server import SECRET, LiveServer
from support.waiting import eventually

pytestmark = [pytest.mark.anyio, pytest.mark.node]

NOWHERE = "http://127.0.0.1:9/"
WANTED = HookSettings(url=NOWHERE, secret="s3cret", events=("workflow_run", "workflow_job"))


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def github(clock: FakeClock) -> Iterator[FakeGitHub]:
    with FakeGitHub(clock.now) as running:
        yield running
    assert running.too_early == []


@pytest.fixture
def repository(github: FakeGitHub) -> Repository:
    return github.add_repository("octo-org/octo-repo")


@pytest.fixture
async def client(github: FakeGitHub, clock: FakeClock) -> AsyncIterator[GitHub]:
    async with asking(github, clock) as found:
        yield found


@pytest.fixture(params=["octo-org/octo-repo", "octo-org"])
def place(request: pytest.FixtureRequest, repository: Repository) -> Place:
    return Place.of(request.param)


async def test_the_life_of_a_webhook(client: GitHub, github: FakeGitHub, place: Place) -> None:
    made = await client.hooks.create(place, WANTED)
    assert (made.active, made.events) == (True, WANTED.events)
    config = made.config
    assert (config.url, config.content_type, config.secret, config.verifies_tls) == (NOWHERE, "json", "********", True)
    (listed,) = await client.hooks.all(place)
    assert listed.id == made.id

    assert (await client.hooks.activate(place, made.id, False)).active is False
    hook = (github.state.repositories[0].hooks + github.state.organisation("octo-org").hooks)[0]
    assert (hook.active, hook.secret) == (False, "s3cret")
    better = HookSettings(url=NOWHERE, secret="another", events=("workflow_run",))
    changed = await client.hooks.update(place, made.id, better)
    assert (changed.active, changed.events, hook.secret) == (True, ("workflow_run",), "another")

    await client.hooks.ping(place, made.id)
    pings = [delivery async for delivery in client.hooks.deliveries(place, made.id)]
    assert [delivery.event for delivery in pings] == ["ping", "ping"]
    await client.hooks.delete(place, made.id)
    assert await client.hooks.all(place) == []
    with pytest.raises(NotFound):
        await client.hooks.delete(place, made.id)


async def test_changes_are_a_second_apart(
    client: GitHub, github: FakeGitHub, clock: FakeClock, repository: Repository
) -> None:
    place = Place.of(repository.full_name)
    for number in range(3):
        await client.hooks.create(place, HookSettings(url=f"{NOWHERE}{number}", secret="s", events=("workflow_run",)))
        await client.hooks.all(place)
    made = [seen.at for seen in github.requests if seen.method == "POST"]
    assert [(after - before).total_seconds() for before, after in pairwise(made)] == [1.0, 1.0]


async def test_a_second_is_not_long_enough_to_be_in_a_hurry(client: GitHub, repository: Repository) -> None:
    hurried, place = client.patient(0), Place.of(repository.full_name)
    hook = await hurried.hooks.create(place, WANTED)
    await hurried.hooks.delete(place, hook.id)
    assert repository.hooks == []


async def test_one_that_exists_already(client: GitHub, repository: Repository) -> None:
    place = Place.of(repository.full_name)
    await client.hooks.create(place, WANTED)
    with pytest.raises(Rejected, match=r"make a webhook of octo-org/octo-repo .*Hook already exists") as error:
        await client.hooks.create(place, WANTED)
    assert WANTED.secret not in str(error.value)


async def test_a_webhook_is_not_made_twice_when_its_answer_is_lost(
    client: GitHub, github: FakeGitHub, clock: FakeClock, repository: Repository
) -> None:
    github.fail(Fault.dropped(), path="/hooks")
    with pytest.raises(GitHubUnavailable, match="may have been done"):
        await client.hooks.create(Place.of(repository.full_name), WANTED)
    assert len(repository.hooks) == 1
    assert len(github.requests) == 1


async def test_hooks_in_pages(client: GitHub, github: FakeGitHub) -> None:
    hooks = github.state.organisation("octo-org").hooks
    for number in range(120):
        hooks.append(github.add_repository(f"octo-org/r{number}").add_hook(f"{NOWHERE}{number}"))
    assert len(await client.hooks.all(Place.of("octo-org"))) == 120


async def test_deliveries_newest_first_back_to_a_time_and_to_three_days(
    client: GitHub, github: FakeGitHub, clock: FakeClock, repository: Repository
) -> None:
    hook, place = repository.add_hook(NOWHERE), Place.of(repository.full_name)
    for _ in range(250):
        clock.passed += 60
        github.emit(repository, "workflow_run", {"action": "completed"}, lost=True)
    found = [each async for each in client.hooks.deliveries(place, hook.id)]
    assert [each.id for each in found] == [each.id for each in reversed(hook.deliveries)]
    assert len(github.requests) == 3
    assert {(each.status_code, each.succeeded) for each in found} == {(502, False)}

    since = clock.now() - timedelta(minutes=30)
    recent = [each async for each in client.hooks.deliveries(place, hook.id, since)]
    assert (len(recent), len(github.requests)) == (31, 4)
    clock.passed = timedelta(days=3, minutes=100).total_seconds()
    assert len([each async for each in client.hooks.deliveries(place, hook.id)]) == 150


async def test_a_delivery_can_be_read_and_sent_again(
    client: GitHub, github: FakeGitHub, repository: Repository, server: LiveServer
) -> None:
    """To the real server, which takes it once."""
    place = Place.of(repository.full_name)
    hook = repository.add_hook(f"{server.url}/api/webhooks/github", SECRET)
    (lost,) = github.emit(repository, "workflow_run", run_payload(), lost=True)
    assert server.omnilens.repositories.all() == []

    detail = await client.hooks.delivery(place, hook.id, lost.id)
    assert (detail.guid, detail.event, detail.action) == (lost.guid, "workflow_run", "completed")
    assert b'"workflow_run"' in bytes(detail.request.payload)
    await client.hooks.redeliver(place, hook.id, lost.id)
    eventually(lambda: hook.deliveries[-1].response)
    again, _ = [each async for each in client.hooks.deliveries(place, hook.id)]
    assert (again.guid, again.redelivery, again.succeeded, again.status_code) == (lost.guid, True, True, 200)
    assert len(server.runs("octo-repo")) == 1


FINE = Account("fine", permissions={"actions": "read", "metadata": "read"})
CLASSIC = Account("classic", scopes=frozenset({"repo", "workflow"}))


@pytest.mark.parametrize(
    ("account", "expected", "missing"),
    [
        (FINE, Forbidden, ("repository_hooks=read",)),
        (CLASSIC, NotFound, ("admin:repo_hook", "read:repo_hook", "write:repo_hook")),
    ],
)
async def test_what_the_token_lacks_is_said(
    github: FakeGitHub,
    clock: FakeClock,
    account: Account,
    expected: type[Forbidden | NotFound],
    missing: tuple[str, ...],
) -> None:
    github.add_repository("octo-org/octo-repo")
    github.tokens["t"] = account
    async with asking(github, clock, github_token="t") as client:
        with pytest.raises(expected, match=f"GITHUB_TOKEN may not .* Needed: {missing[0]}") as error:
            await client.hooks.all(Place.of("octo-org/octo-repo"))
    assert isinstance(error.value, expected)
    assert error.value.missing == missing


async def test_single_sign_on(client: GitHub, github: FakeGitHub, repository: Repository) -> None:
    github.account.sso = True
    with pytest.raises(Forbidden, match=r"SAML enforcement\. Authorise the token"):
        await client.hooks.all(Place.of(repository.full_name))


@pytest.mark.parametrize("name", ["", "/", "a/", "..", "a/../b"])
def test_what_is_no_place(name: str) -> None:
    with pytest.raises(ValueError, match="not"):
        Place.of(name)


def test_secrets_are_not_shown() -> None:
    assert "s3cret" not in repr(WANTED)
