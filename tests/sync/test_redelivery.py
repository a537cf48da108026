"""Having sent again what was lost, by a GitHub that delivers to a real server."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnilens.github.rest import Forbidden, GitHubUnavailable, HookDelivery, Place, RateLimited
from omnilens.github.rest.client import GitHub
from omnilens.sync.delivery_log import KEPT, events
from omnilens.sync.redelivery import MAX_REMEMBERED, ON_ITS_WAY, Redelivered, Remembered, choose, redeliver
from support.attempts import ATTEMPTS, NOW, attempt
from support.clock import FakeClock
from support.github import FakeGitHub, Fault, Repository, Webhook
from support.github.asking import asking
from support.payloads import job_payload, run_payload
from support.server import SECRET, LiveServer
from support.waiting import eventually

NOWHERE = "http://127.0.0.1:9/"
HALF_AN_HOUR = timedelta(minutes=30)


def chosen(*log: HookDelivery, accepted: timedelta | None = HALF_AN_HOUR, done: tuple[str, ...] = ()) -> list[int]:
    return [each.id for each in choose(log, NOW, accepted, done)]


def test_what_had_no_success_is_chosen_oldest_first() -> None:
    log = [attempt("new", 3, 10, 502), attempt("fine", 2, 20), attempt("old", 1, 30, 503)]
    assert chosen(*log) == [1, 3]
    assert chosen(*log, done=("old",)) == [3]


@pytest.mark.parametrize(
    "log",
    [
        [attempt("a", 1, 60, 502), attempt("a", 2, 30, 200, redelivery=True)],
        [attempt("a", 1, 60, 502), attempt("a", 2, 30, 502, redelivery=True)],
        [attempt("a", 1, 60, 502), attempt("a", 2, 30, 0, redelivery=True)],
        [attempt("a", 2, 30, 502, redelivery=True)],
        [attempt("a", 1, 60, 0)],
        [attempt("a", 1, 60, 502, throttled_at=NOW)],
        [attempt("a", 1, 60, 502, event="ping")],
        [attempt("a", 1, 60, 502, event="push")],
        [attempt("a", 1, 60, 400)],
        [attempt("a", 1, 60, 413)],
    ],
)
def test_what_is_not_sent_again(log: list[HookDelivery]) -> None:
    assert chosen(*log) == []


def test_only_what_would_be_taken() -> None:
    limit = (HALF_AN_HOUR - ON_ITS_WAY).total_seconds()
    log = [attempt("young", 3, limit - 1, 502), attempt("old", 2, limit + 1, 502), attempt("older", 1, 86400, 502)]
    assert chosen(*log) == [3]
    assert chosen(*log, accepted=None) == [1, 2, 3]
    assert chosen(attempt("gone", 1, KEPT.total_seconds(), 502), accepted=timedelta(days=9)) == []


@given(ATTEMPTS, st.sampled_from([HALF_AN_HOUR, None]), st.sets(st.sampled_from("abcd")))
def test_each_event_once_and_none_that_was_received(
    log: list[HookDelivery], accepted: timedelta | None, done: set[str]
) -> None:
    found = choose(log, NOW, accepted, done)
    guids = [each.guid for each in found]
    assert len(guids) == len(set(guids))
    assert not done & set(guids)
    received = {event.guid for event in events(log) if event.received or event.redelivered}
    assert not received & set(guids)
    assert choose(log, NOW, accepted, {*done, *guids}) == []


def test_what_is_remembered_is_bounded() -> None:
    remembered = Remembered()
    for number in range(MAX_REMEMBERED + 2):
        remembered.add(str(number))
    assert (len(remembered.guids), "0" in remembered.guids, "2" in remembered.guids) == (MAX_REMEMBERED, False, True)
    remembered.forget("2")
    remembered.forget("nothing")
    assert "2" not in remembered.guids


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


async def again(
    client: GitHub,
    clock: FakeClock,
    hook: Webhook,
    remembered: Remembered | None = None,
    name: str = "octo-org/octo-repo",
) -> Redelivered:
    remembered = remembered or Remembered()
    return await redeliver(client, Place.of(name), hook.id, accepted=HALF_AN_HOUR, remembered=remembered, now=clock.now)


def lose(github: FakeGitHub, repository: Repository, count: int) -> None:
    for number in range(1, count + 1):
        github.emit(repository, "workflow_run", run_payload("in_progress", id=number), lost=True)
        github.emit(repository, "workflow_job", job_payload("in_progress", id=1000 + number, run_id=number), lost=True)


@pytest.mark.anyio
@pytest.mark.node
@pytest.mark.parametrize("where", ["repository", "organisation"])
async def test_what_was_lost_while_the_server_was_away_arrives_once(
    client: GitHub, github: FakeGitHub, repository: Repository, clock: FakeClock, where: str
) -> None:
    with LiveServer() as server:
        hook = repository.add_hook(f"{server.url}/api/webhooks/github", SECRET)
        name = repository.full_name
        if where == "organisation":
            name = repository.owner
            github.state.organisation(name).hooks.append(repository.hooks.pop())
        github.emit(repository, "workflow_run", run_payload(id=100))
        lose(github, repository, 5)
        github.emit(repository, "workflow_run", run_payload(id=101))
        seq = server.get("/api/repos/octo-repo/runs")["seq"]

        remembered = Remembered()
        assert await again(client, clock, hook, remembered, name) == Redelivered(asked=10)
        # At once again, while they are under way; then by a process that remembers nothing.
        assert await again(client, clock, hook, remembered, name) == Redelivered(asked=0)
        eventually(lambda: all(each.status_code for each in hook.deliveries))
        assert await again(client, clock, hook, name=name) == Redelivered(asked=0)

        board = server.get("/api/repos/octo-repo/runs")
        assert {run["id"]: len(run["jobs"]) for run in board["runs"]} == {
            **dict.fromkeys(range(1, 6), 1),
            100: 0,
            101: 0,
        }
        assert board["seq"] == seq + 10
        assert server.count("omnilens_webhook_deliveries_total", event="workflow_run", result="duplicate") == 0
    posted = [seen.path for seen in github.requests if seen.method == "POST"]
    assert (len(posted), len(set(posted))) == (10, 10)


@pytest.mark.anyio
@pytest.mark.node
async def test_the_log_is_read_no_further_back_than_is_accepted(
    client: GitHub, github: FakeGitHub, repository: Repository, clock: FakeClock
) -> None:
    hook = repository.add_hook(NOWHERE)
    lose(github, repository, 150)
    clock.passed += 3600
    lose(github, repository, 1)
    assert (await again(client, clock, hook)).asked == 2
    assert len(github.asked("/deliveries")) == 1


@pytest.mark.anyio
@pytest.mark.node
async def test_what_may_have_been_done_is_not_asked_for_again(
    client: GitHub, github: FakeGitHub, repository: Repository, clock: FakeClock
) -> None:
    hook, remembered = repository.add_hook(NOWHERE), Remembered()
    lose(github, repository, 1)
    github.fail(Fault.dropped(), path="/attempts")
    with pytest.raises(GitHubUnavailable, match="may have been done"):
        await again(client, clock, hook, remembered)
    assert (await again(client, clock, hook, remembered)).asked == 1
    assert len(github.asked("/attempts")) == 2


@pytest.mark.anyio
@pytest.mark.node
async def test_what_was_not_done_is_asked_for_later(
    client: GitHub, github: FakeGitHub, repository: Repository, clock: FakeClock
) -> None:
    hook, remembered = repository.add_hook(NOWHERE), Remembered()
    lose(github, repository, 1)
    github.account.permissions = {"repository_hooks": "read"}
    with pytest.raises(Forbidden, match="repository_hooks=write"):
        await again(client, clock, hook, remembered)
    github.account.permissions = {"repository_hooks": "write"}
    github.fail(Fault.secondary(retry_after=60), path="/attempts")
    with pytest.raises(RateLimited):
        await again(client.patient(5), clock, hook, remembered)
    clock.passed += 61
    assert (await again(client, clock, hook, remembered)).asked == 2


@pytest.mark.anyio
@pytest.mark.node
async def test_one_that_github_refuses_does_not_keep_the_others(
    client: GitHub, github: FakeGitHub, repository: Repository, clock: FakeClock
) -> None:
    hook = repository.add_hook(NOWHERE)
    lose(github, repository, 1)
    github.fail(Fault.json(b'{"message":"Too old"}', 422), path="/attempts")
    assert await again(client, clock, hook) == Redelivered(asked=1, refused=1)
