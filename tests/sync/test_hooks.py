"""Looking after webhooks, at a GitHub that keeps to its description and delivers to a real server."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from omnilens.github.rest import GitHubUnavailable, RateLimited, Unauthorized
from omnilens.github.rest.client import GitHub
from omnilens.settings import load
from omnilens.sync import hooks
from omnilens.sync.hook_plan import Seen, Step, plan, targets
from omnilens.sync.hooks import Done
from omnilens.sync.rotation import REFUSED, rotate
from support.clock import FakeClock
from support.github import Account, FakeGitHub, Fault, Webhook
from support.github.asking import asking
from support.payloads import run_payload
from support.server import SECRET, LiveServer
from support.waiting import eventually, eventually_async

pytestmark = [pytest.mark.anyio, pytest.mark.node]

NOWHERE = "http://127.0.0.1:9/api/webhooks/github"
ELSEWHERE = "http://127.0.0.1:9/else"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def github(clock: FakeClock) -> Iterator[FakeGitHub]:
    with FakeGitHub(clock.now) as running:
        yield running
    assert running.too_early == []


@pytest.fixture
async def client(github: FakeGitHub, clock: FakeClock) -> AsyncIterator[GitHub]:
    async with asking(github, clock) as found:
        yield found


async def look(client: GitHub, repositories: str) -> list[Seen]:
    return await hooks.look(client, targets(load(None, webhook_secrets=("s",), repositories=repositories).repositories))


async def sync(client: GitHub, repositories: str, url: str = NOWHERE) -> tuple[list[Step], list[Done]]:
    steps = plan(await look(client, repositories), url)
    return steps, [done async for done in hooks.apply(client, steps, url, SECRET)]


def changed(github: FakeGitHub) -> list[str]:
    return [f"{seen.method} {seen.path}" for seen in github.requests if seen.method != "GET"]


async def test_what_is_missing_is_made_and_the_second_time_nothing_changes(client: GitHub, github: FakeGitHub) -> None:
    repository = github.add_repository("acme/api")
    other = repository.add_hook(ELSEWHERE)
    _, done = await sync(client, "acme/api,octo/*")
    (mine,), (whole,) = (
        [hook for hook in repository.hooks if hook is not other],
        github.state.organisation("octo").hooks,
    )
    assert [(each.where, each.hook_id, each.what) for each in done] == [
        ("octo/*", whole.id, "made"),
        ("acme/api", mine.id, "made"),
    ]
    for hook in (mine, whole):
        assert (hook.url, hook.secret, hook.content_type, hook.insecure_ssl) == (NOWHERE, SECRET, "json", "0")
        assert (hook.active, set(hook.events)) == (True, {"workflow_run", "workflow_job"})

    asked = len(changed(github))
    steps, done = await sync(client, "acme/api,octo/*")
    assert (done, len(changed(github))) == ([], asked)
    assert {step.action for step in steps} == {"keep"}


async def test_a_broken_one_is_repaired_with_its_secret(client: GitHub, github: FakeGitHub) -> None:
    repository = github.add_repository("acme/api")
    broken = {"events": ["push"], "content_type": "form", "insecure_ssl": "1", "active": False}
    hook = repository.add_hook(f"{NOWHERE}/", "forgotten", **broken)
    _, (done,) = await sync(client, "acme/api")
    assert done.what == "repaired (address, content type, TLS verification, events, state)"
    assert (hook.url, hook.secret, hook.content_type, hook.insecure_ssl) == (NOWHERE, SECRET, "json", "0")
    assert (hook.active, set(hook.events)) == (True, {"workflow_run", "workflow_job"})
    assert repository.hooks == [hook]


async def test_the_organisations_own_replaces_those_of_its_repositories(client: GitHub, github: FakeGitHub) -> None:
    repository = github.add_repository("octo/one")
    mine, other = repository.add_hook(NOWHERE, SECRET), repository.add_hook(ELSEWHERE)
    _, done = await sync(client, "octo/*,octo/one")
    assert [(each.where, each.what) for each in done] == [("octo/*", "made"), ("octo/one", "removed")]
    assert repository.hooks == [other]
    assert done[1].hook_id == mine.id


async def test_where_that_fails_they_keep_theirs(client: GitHub, github: FakeGitHub) -> None:
    repository = github.add_repository("octo/one")
    repository.add_hook(NOWHERE, SECRET)
    steps = plan(await look(client, "octo/*,octo/one"), NOWHERE)
    github.fail(Fault.json(b'{"message":"Validation Failed"}', 422), path="/orgs/octo/hooks")
    done = [each async for each in hooks.apply(client, steps, NOWHERE, SECRET)]
    assert [each.well for each in done] == [False, False]
    assert "GitHub refuses to make a webhook of octo (422)" in done[0].what
    assert done[1].what == "left, since that of octo is not there"
    assert len(repository.hooks) == 1


async def test_a_renamed_repository_is_followed(client: GitHub, github: FakeGitHub) -> None:
    repository = github.add_repository("acme/api")
    repository.rename("acme/backend")
    await sync(client, "acme/api")
    assert len(repository.hooks) == 1
    steps, _ = await sync(client, "acme/api")
    assert [step.action for step in steps] == ["keep"]


FINE = Account("fine", permissions={"actions": "read", "metadata": "read"})
READS = Account("reads", permissions={"repository_hooks": "read"})
CLASSIC = Account("classic", scopes=frozenset({"workflow"}))


@pytest.mark.parametrize(
    ("account", "expected"),
    [
        (FINE, ["organization_hooks=read", "repository_hooks=read"]),
        (CLASSIC, ["admin:org_hook", "admin:repo_hook or read:repo_hook or write:repo_hook"]),
    ],
)
async def test_what_the_token_lacks_is_named(
    github: FakeGitHub, clock: FakeClock, account: Account, expected: list[str]
) -> None:
    github.add_repository("acme/api")
    github.tokens["t"] = account
    async with asking(github, clock, github_token="t") as client:
        steps, done = await sync(client, "octo/*,acme/api")
    assert [step.action for step in steps] == ["impossible", "impossible"]
    for step, missing in zip(steps, expected, strict=True):
        assert f"Needed: {missing}." in step.why
    assert "people do not" in steps[0].why
    assert done == []


async def test_a_token_that_may_look_and_not_touch(github: FakeGitHub, clock: FakeClock) -> None:
    github.add_repository("acme/api")
    github.tokens["t"] = READS
    async with asking(github, clock, github_token="t") as client:
        _, (done,) = await sync(client, "acme/api")
    assert not done.well
    assert "Needed: repository_hooks=write." in done.what


async def test_an_exhausted_limit_ends_it(client: GitHub, github: FakeGitHub) -> None:
    github.add_repository("acme/api")
    github.exhaust(3000)
    with pytest.raises(RateLimited, match="not called before"):
        await sync(client.patient(5), "acme/api,acme/web")


async def test_a_revoked_token_ends_it(client: GitHub, github: FakeGitHub) -> None:
    github.add_repository("acme/api")
    steps = plan(await look(client, "acme/api"), NOWHERE)
    github.account.revoked = True
    with pytest.raises(Unauthorized, match="GITHUB_TOKEN"):
        await sync(client, "acme/api")
    with pytest.raises(Unauthorized, match="GITHUB_TOKEN"):
        _ = [done async for done in hooks.apply(client, steps, NOWHERE, SECRET)]


async def test_when_github_is_in_trouble(client: GitHub, github: FakeGitHub) -> None:
    github.add_repository("acme/api")
    steps = plan(await look(client, "acme/api"), NOWHERE)
    github.fail(Fault.html(), path="/hooks")
    (done,) = [each async for each in hooks.apply(client, steps, NOWHERE, SECRET)]
    assert (done.well, "could not be asked to make a webhook" in done.what) == (False, True)
    github.fail(*[Fault.html()] * 5)
    with pytest.raises(GitHubUnavailable):
        await sync(client, "acme/api")


async def test_pausing_resuming_and_removing(client: GitHub, github: FakeGitHub) -> None:
    repository = github.add_repository("acme/api")
    other = repository.add_hook(ELSEWHERE)
    await sync(client, "acme/api,octo/*")
    mine = [repository.hooks[-1], *github.state.organisation("octo").hooks]

    async def every(manner: hooks.Manner) -> list[str]:
        found = hooks.ours(await look(client, "acme/api,octo/*"), NOWHERE)
        return [done.what async for done in hooks.each(client, found, manner)]

    assert await every("pause") == ["paused", "paused"]
    assert ([hook.active for hook in mine], [hook.secret for hook in mine]) == ([False, False], [SECRET, SECRET])
    assert await every("pause") == ["was paused", "was paused"]
    assert await every("resume") == ["active", "active"]
    assert [hook.active for hook in mine] == [True, True]
    assert other.active
    assert await every("remove") == ["removed", "removed"]
    assert (repository.hooks, github.state.organisation("octo").hooks) == ([other], [])
    assert await every("remove") == []


async def test_one_that_somebody_else_removed_meanwhile(client: GitHub, github: FakeGitHub) -> None:
    repository = github.add_repository("acme/api")
    repository.add_hook(NOWHERE, SECRET)
    found = hooks.ours(await look(client, "acme/api"), NOWHERE)
    repository.hooks.clear()
    assert [done.well async for done in hooks.each(client, found, "remove")] == [True]
    assert [done.well async for done in hooks.each(client, found, "pause")] == [False]


class Waiting(FakeClock):
    """A clock on which a second is as long as GitHub needs to deliver."""

    def __init__(self) -> None:
        super().__init__()
        self.hooks: list[Webhook] = []

    async def sleep(self, seconds: float) -> None:
        await super().sleep(seconds)
        await eventually_async(lambda: all(each.status_code for hook in self.hooks for each in hook.deliveries))


async def rotated(github: FakeGitHub, url: str, repositories: str, secrets: tuple[str, str]) -> list[Done]:
    waiting = Waiting()
    waiting.hooks = [hook for each in github.state.repositories for hook in each.hooks]
    async with asking(github, waiting) as client:
        found = hooks.ours(await look(client, repositories), url)
        return [done async for done in rotate(client, found, url, secrets, waiting.clock())]


async def test_another_secret_without_a_refusal(github: FakeGitHub) -> None:
    with LiveServer(webhook_secrets=("new", "old")) as server:
        url = f"{server.url}/api/webhooks/github"
        names = ["acme/api", "acme/web", "acme/old"]
        mine = [github.add_repository(name).add_hook(url, "old") for name in names]
        mine[2].active = False
        done = await rotated(github, url, ",".join(names), ("new", "old"))
        assert [each.what for each in done] == [
            *["written, and its ping was answered"] * 2,
            "written; it is paused, so it was not tried",
        ]
        assert ([hook.secret for hook in mine], [hook.active for hook in mine]) == (["new"] * 3, [True, True, False])
        refused = server.count("omnilens_webhook_deliveries_total", event="ping", result="invalid-signature")
        assert refused == 0


async def test_a_server_that_does_not_know_the_new_secret_loses_nothing(github: FakeGitHub) -> None:
    with LiveServer(webhook_secrets=("old",)) as server:
        url = f"{server.url}/api/webhooks/github"
        repository = github.add_repository("octo-org/octo-repo")
        mine = [repository.add_hook(url, "old"), github.add_repository("acme/web").add_hook(url, "old")]
        (done,) = await rotated(github, url, "octo-org/octo-repo,acme/web", ("new", "old"))
        assert (done.what, done.well) == (REFUSED, False)
        assert [hook.secret for hook in mine] == ["old", "old"]
        assert len(mine[1].deliveries) == 0
        github.emit(repository, "workflow_run", run_payload())
        eventually(lambda: server.runs("octo-repo"))


async def test_a_server_that_is_away_has_the_new_one_all_the_same(github: FakeGitHub) -> None:
    hook = github.add_repository("acme/api").add_hook(NOWHERE, "old")
    (done,) = await rotated(github, NOWHERE, "acme/api", ("new", "old"))
    assert (done.well, done.what) == (False, "written, but its ping failed: failed to connect to host")
    assert hook.secret == "new"


async def test_a_ping_that_nobody_hears_of(client: GitHub, github: FakeGitHub, clock: FakeClock) -> None:
    hook = github.add_repository("acme/api").add_hook(NOWHERE, "old")
    found = hooks.ours(await look(client, "acme/api"), NOWHERE)
    github.fail(*[Fault.json(b"[]")] * 99, path="/deliveries")
    (done,) = [each async for each in rotate(client, found, NOWHERE, ("new", "old"), clock.clock())]
    assert (done.well, done.what) == (False, "written, but its ping was not answered yet")
    assert hook.secret == "new"


async def test_one_that_cannot_be_written_is_told(client: GitHub, github: FakeGitHub, clock: FakeClock) -> None:
    mine = [github.add_repository(name).add_hook(NOWHERE, "old") for name in ("acme/api", "acme/web")]
    mine[1].active = False
    found = hooks.ours(await look(client, "acme/api,acme/web"), NOWHERE)
    github.state.repositories[0].hooks.clear()
    done = [each async for each in rotate(client, found, NOWHERE, ("new", "old"), clock.clock())]
    assert [each.well for each in done] == [False, True]
    assert mine[1].secret == "new"
