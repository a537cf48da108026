"""Everything that can go wrong on the way to GitHub, over real sockets: tried again where that helps, and else said."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

import pytest

from omnilens.github.rest import (
    Forbidden,
    GitHubUnavailable,
    HookSettings,
    NotFound,
    Place,
    RateLimited,
    Rejected,
    Unauthorized,
    UnexpectedAnswer,
)
from omnilens.github.rest.calls import ORDINARY
from omnilens.github.rest.client import GitHub
from omnilens.github.rest.failures import ATTEMPTS, REFUSALS
from support.clock import START, FakeClock
from support.github import FakeGitHub, Fault
from support.github.asking import Noted, asking
from support.process import free_port
from support.waiting import eventually_async

pytestmark = [pytest.mark.anyio, pytest.mark.node]

REPOSITORY = "octo-org/octo-repo"
HOOK = HookSettings(url="http://127.0.0.1:9/", secret="s", events=("workflow_run",))


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def github(clock: FakeClock) -> Iterator[FakeGitHub]:
    with FakeGitHub(clock.now) as running:
        running.add_repository(REPOSITORY)
        yield running
    assert running.too_early == []


@pytest.fixture
def noted() -> Noted:
    return Noted()


@pytest.fixture
async def client(github: FakeGitHub, clock: FakeClock, noted: Noted) -> AsyncIterator[GitHub]:
    async with asking(github, clock, observer=noted) as found:
        yield found


PASSING = [
    *(Fault.html(500), Fault.html(502), Fault.html(503), Fault.json(b'{"message":"x"}', 500), Fault.json(b"", 408)),
    *(Fault.truncated(), Fault.dropped(), Fault.html(200), Fault.json(b'{"id":1,"full_')),
    Fault.json(b"\x1f\x8b garbage", content_encoding="gzip"),
]


@pytest.mark.parametrize("fault", PASSING, ids=lambda fault: f"{fault.kind}-{fault.status}-{fault.body[:9]!r}")
async def test_what_passes_is_waited_out(client: GitHub, github: FakeGitHub, clock: FakeClock, fault: Fault) -> None:
    github.fail(fault, fault)
    assert (await client.about.repository(REPOSITORY)).full_name == REPOSITORY
    assert clock.waits == [0.75, 1.5]


async def test_no_answer_is_waited_out_as_well(github: FakeGitHub, clock: FakeClock) -> None:
    github.fail(Fault.stalled())
    async with asking(github, clock, patience=1.0) as client:
        assert (await client.about.repository(REPOSITORY)).full_name == REPOSITORY
    assert [seen.status for seen in github.requests][1:] == [200]


async def test_what_does_not_pass_is_said_at_last(client: GitHub, github: FakeGitHub, clock: FakeClock) -> None:
    github.fail(*[Fault.html(502)] * (ATTEMPTS + 1))
    with pytest.raises(GitHubUnavailable, match="show the repository octo-org/octo-repo: it answers 502"):
        await client.about.repository(REPOSITORY)
    assert len(github.requests) == ATTEMPTS
    assert clock.waits == [0.75, 1.5, 3.0, 6.0]


async def test_how_long_to_wait_is_up_to_github_where_it_says(
    client: GitHub, github: FakeGitHub, clock: FakeClock
) -> None:
    github.fail(Fault.json(b"", 503, retry_after="30"))
    await client.about.repository(REPOSITORY)
    assert sum(clock.waits) == 30


async def test_who_is_in_a_hurry_is_told_soon(client: GitHub, github: FakeGitHub, clock: FakeClock) -> None:
    github.fail(Fault.html(502))
    with pytest.raises(GitHubUnavailable):
        await client.patient(0.5).about.repository(REPOSITORY)
    assert clock.waits == []


async def test_nobody_is_there(clock: FakeClock, github: FakeGitHub) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"
    async with asking(github, clock, api_url=nowhere) as client:
        with pytest.raises(GitHubUnavailable, match="the connection fails"):
            await client.about.meta()
        with pytest.raises(GitHubUnavailable) as error:  # although this would change something: it was not sent
            await client.hooks.create(Place.of(REPOSITORY), HOOK)
    assert "may have been done" not in str(error.value)
    assert clock.waits[:4] == [0.75, 1.5, 3.0, 6.0]


async def test_nobody_who_speaks_tls_is_there(clock: FakeClock, github: FakeGitHub) -> None:
    async with asking(github, clock, api_url=github.url.replace("http:", "https:")) as client:
        with pytest.raises(GitHubUnavailable, match="TLS is not accepted"):
            await client.patient(0).about.meta()


async def test_a_change_is_made_again_only_if_it_may_be(client: GitHub, github: FakeGitHub) -> None:
    place = Place.of(REPOSITORY)
    hook = await client.hooks.create(place, HOOK)
    github.fail(Fault.html(502), Fault.dropped())
    assert (await client.hooks.activate(place, hook.id, False)).active is False
    github.fail(Fault.html(502))
    with pytest.raises(GitHubUnavailable, match="may have been done"):
        await client.hooks.ping(place, hook.id)


async def test_an_answer_without_an_end(client: GitHub, github: FakeGitHub) -> None:
    github.fail(Fault.trickle())
    with pytest.raises(UnexpectedAnswer, match="more than 16 MiB"):
        await client.about.repository(REPOSITORY)
    bomb = gzip.compress(b" " * (ORDINARY + 1))
    assert len(bomb) < 100_000
    github.fail(Fault.json(bomb, content_encoding="gzip"))
    with pytest.raises(UnexpectedAnswer, match="more than 16 MiB"):
        await client.about.repository(REPOSITORY)
    assert len(github.requests) == 2


@pytest.mark.parametrize(
    ("fault", "error", "sentence"),
    [
        (Fault.html(404), UnexpectedAnswer, "not GitHub's API. Is GITHUB_API_URL right"),
        (Fault.html(403), UnexpectedAnswer, "not GitHub's API"),
        (Fault.json(b'{"id":1}'), UnexpectedAnswer, "sends something else.*full_name"),
        (Fault.json(b"[" * 200_000), UnexpectedAnswer, "sends something else"),
        (Fault.json(b""), UnexpectedAnswer, "sends something else"),
        (Fault.json(b'{"message":"Not Found"}', 404), NotFound, "it is not there, or GITHUB_TOKEN may not see it"),
        (Fault.json(b'{"message":"Gone"}', 410), NotFound, "it is not there"),
        (Fault.json(b'{"message":"Repository access blocked"}', 451), Forbidden, "Repository access blocked"),
        (Fault.json(b'{"message":"No"}', 403), Forbidden, "GITHUB_TOKEN may not show the repository .*: No"),
        (
            Fault.json(b'{"message":"Validation Failed"}', 422),
            Rejected,
            r"refuses to show .*\(422\): Validation Failed",
        ),
        (Fault.json(b"{}", 418), Rejected, r"\(418\)\."),
        (Fault.json(b"", 304), UnexpectedAnswer, "nothing changed"),
    ],
)
async def test_what_does_not_help_is_not_tried_again(
    client: GitHub, github: FakeGitHub, clock: FakeClock, fault: Fault, error: type[Exception], sentence: str
) -> None:
    github.fail(fault)
    with pytest.raises(error, match=sentence):
        await client.about.repository(REPOSITORY)
    assert (len(github.requests), clock.waits) == (1, [])


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_redirects_are_followed_within_the_api(client: GitHub, github: FakeGitHub, status: int) -> None:
    github.fail(Fault.redirect(f"/repos/{REPOSITORY}", status), path="/meta-")
    github.fail(Fault.redirect(f"{github.url}/repos/{REPOSITORY}", status))
    assert (await client.about.repository("octo-org/former")).full_name == REPOSITORY


@pytest.mark.parametrize("location", ["https://evil.example/repos/a/b", "//evil.example/x", "http://127.0.0.1:1/x", ""])
async def test_a_token_goes_nowhere_else(client: GitHub, github: FakeGitHub, location: str) -> None:
    """Not even to another port of the same machine."""
    with FakeGitHub() as other:
        github.fail(Fault.redirect(location.replace("http://127.0.0.1:1", other.url)))
        if location:
            with pytest.raises(UnexpectedAnswer, match="points away from its API"):
                await client.about.repository(REPOSITORY)
        link = f'<{other.url}/repos/{REPOSITORY}/actions/runs?page=2>; rel="next"'
        github.fail(Fault.json(b'{"total_count":2,"workflow_runs":[]}', link=link), path="/runs")
        with pytest.raises(UnexpectedAnswer, match="points away from its API"):
            [page async for page in client.runs.newest(REPOSITORY)]
        assert other.requests == []


async def test_redirects_in_a_circle_end(client: GitHub, github: FakeGitHub) -> None:
    github.fail(*[Fault.redirect(f"{github.url}/repos/{REPOSITORY}")] * 10)
    with pytest.raises(UnexpectedAnswer, match="from one address to the next"):
        await client.about.repository(REPOSITORY)


async def test_a_revoked_token(client: GitHub, github: FakeGitHub) -> None:
    github.account.revoked = True
    with pytest.raises(Unauthorized, match=r"does not accept GITHUB_TOKEN: Bad credentials.*make a new one") as error:
        await client.about.repository(REPOSITORY)
    assert github.token not in f"{error.value!r} {error.value}"
    assert len(github.requests) == 1


async def test_headers(client: GitHub, github: FakeGitHub) -> None:
    await client.about.repository(REPOSITORY)
    (seen,) = github.requests
    assert seen.headers["x-github-api-version"] == "2022-11-28"
    assert seen.headers["user-agent"].startswith("OmniLens/")
    assert seen.headers["accept"] == "application/vnd.github+json"
    assert seen.headers["authorization"] == f"Bearer {github.token}"


async def test_nothing_is_called_until_the_limit_is_renewed(
    client: GitHub, github: FakeGitHub, clock: FakeClock, noted: Noted
) -> None:
    github.exhaust(600)
    await client.about.repository(REPOSITORY)
    assert [seen.status for seen in github.requests] == [403, 200]
    assert clock.now() >= START + timedelta(seconds=600)
    assert noted.waits == [("token", START + timedelta(seconds=600))]


async def test_the_last_call_is_known_to_be_the_last(client: GitHub, github: FakeGitHub, clock: FakeClock) -> None:
    """No call is spent on being refused."""
    github.account.limit = 2
    for _ in range(4):
        await client.about.repository(REPOSITORY)
    assert [seen.status for seen in github.requests] == [200] * 4
    assert clock.passed >= 3600


async def test_who_cannot_wait_is_told_until_when(client: GitHub, github: FakeGitHub, clock: FakeClock) -> None:
    github.exhaust(600)
    hurried = client.patient(10)
    for _ in range(3):
        with pytest.raises(RateLimited, match="not called before 17:10:00 UTC") as error:
            await hurried.about.repository(REPOSITORY)
        assert error.value.until == START + timedelta(seconds=600)
    assert len(github.requests) == 1
    (budget,) = client.budgets()
    assert (budget.account, budget.limit, budget.remaining, budget.used) == ("token", 5000, 0, 5000)
    assert budget.resets_at == budget.closed_until == START + timedelta(seconds=600)
    clock.passed = 600
    assert (await hurried.about.repository(REPOSITORY)).full_name == REPOSITORY
    (budget,) = client.budgets()
    assert (budget.remaining, budget.closed_until) == (4999, None)


@pytest.mark.parametrize("ahead", [timedelta(hours=-3), timedelta(hours=3)])
async def test_a_clock_of_ours_that_is_wrong_does_not_matter(ahead: timedelta) -> None:
    clock = FakeClock(ahead)
    with FakeGitHub(clock.now) as github:
        github.add_repository(REPOSITORY)
        github.exhaust(600)
        async with asking(github, clock) as client:
            await client.about.repository(REPOSITORY)
        assert 600 <= clock.passed <= 602
    assert github.too_early == []


@pytest.mark.parametrize("status", [403, 429])
@pytest.mark.parametrize("retry_after", [7, None])
async def test_a_secondary_limit_is_kept(
    client: GitHub, github: FakeGitHub, clock: FakeClock, status: int, retry_after: int | None
) -> None:
    github.fail(Fault.secondary(retry_after, status))
    await client.about.repository(REPOSITORY)
    assert [seen.status for seen in github.requests] == [status, 200]
    assert clock.passed == (retry_after or 60)


async def test_secondary_limits_in_a_row_are_waited_out_longer_and_longer_and_then_given_up(
    client: GitHub, github: FakeGitHub, clock: FakeClock
) -> None:
    github.fail(*[Fault.secondary()] * (REFUSALS + 1))
    with pytest.raises(RateLimited):
        await client.about.repository(REPOSITORY)
    assert clock.waits == [60, 120, 240, 480]
    assert len(github.requests) == REFUSALS


async def test_who_asks_at_the_same_time_shares_the_limit_and_takes_turns(
    client: GitHub, github: FakeGitHub, clock: FakeClock
) -> None:
    github.account.limit = 3
    await asyncio.gather(*(client.about.repository(REPOSITORY) for _ in range(8)))
    assert [seen.status for seen in github.requests] == [200] * 8
    assert 2 * 3600 <= clock.passed <= 2 * 3601


class _Standing(FakeClock):
    """A clock on which nobody who waits is done before `go` is set."""

    def __init__(self) -> None:
        super().__init__()
        self.go = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        await self.go.wait()
        await super().sleep(seconds)


async def test_who_is_in_a_hurry_does_not_wait_behind_who_waits() -> None:
    clock = _Standing()
    with FakeGitHub(clock.now) as github:
        github.add_repository(REPOSITORY)
        github.exhaust(600)
        async with asking(github, clock) as client:
            patient = asyncio.create_task(client.about.repository(REPOSITORY))
            await eventually_async(lambda: client.budgets() and client.budgets()[0].closed_until)
            with pytest.raises(RateLimited):
                await client.patient(0).about.meta()
            clock.go.set()
            assert (await patient).full_name == REPOSITORY
    assert [seen.status for seen in github.requests] == [403, 200]


async def test_a_caller_who_gives_up_blocks_nobody(client: GitHub, github: FakeGitHub) -> None:
    github.fail(Fault.stalled())
    impatient = asyncio.create_task(client.about.repository(REPOSITORY))
    await eventually_async(lambda: github.requests)
    impatient.cancel()
    with pytest.raises(asyncio.CancelledError):
        await impatient
    assert (await client.about.repository(REPOSITORY)).full_name == REPOSITORY


async def test_what_is_reported(client: GitHub, github: FakeGitHub, noted: Noted) -> None:
    await client.about.repository(REPOSITORY)
    github.fail(Fault.html(502), Fault.dropped())
    await client.about.meta()
    with pytest.raises(NotFound):
        await client.about.repository("octo-org/none")
    assert noted.calls == [
        ("repository", "ok"),
        ("meta", "unavailable"),
        ("meta", "unavailable"),
        ("meta", "ok"),
        ("repository", "not-found"),
    ]
    assert noted.left[0] == 4999
