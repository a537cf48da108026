"""The doctor, before a GitHub that keeps to its description and a real server."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from omnilens.github.rest.client import connect
from omnilens.settings import Settings, load
from omnilens.sync import hooks
from omnilens.sync.doctor import Doctor
from omnilens.sync.findings import Examination
from omnilens.sync.hook_plan import plan, targets
from omnilens.sync.skew import Skew, read
from support.clock import FakeClock
from support.github import Account, FakeGitHub, Fault, Repository
from support.github.asking import Noted, as_app
from support.payloads import run_payload
from support.server import SECRET, LiveServer
from support.waiting import eventually

pytestmark = [pytest.mark.anyio, pytest.mark.node]

NOWHERE = "http://127.0.0.1:9"
NAME = "octo-org/octo-repo"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def github(clock: FakeClock) -> Iterator[FakeGitHub]:
    with FakeGitHub(clock.now) as running:
        yield running


@pytest.fixture
def repository(github: FakeGitHub) -> Repository:
    return github.add_repository(NAME)


def settings(github: FakeGitHub, **given: Any) -> Settings:
    who = {} if {"github_token", "app_id"} & given.keys() else {"github_token": github.token}
    defaults = {"webhook_secrets": (SECRET,), "public_url": NOWHERE, "repositories": NAME, "database_url": "memory"}
    return load(None, **{**defaults, "api_url": github.url, **who, **given})


@asynccontextmanager
async def called(
    github: FakeGitHub, clock: FakeClock, *, ahead: timedelta = timedelta(0), within: float = 20, **given: Any
) -> AsyncIterator[Doctor]:
    """A doctor, whose clock may be wrong."""
    wrong = FakeClock(ahead)
    wrong.now = clock.now  # type: ignore[method-assign]
    ticking = wrong.clock()
    skew, loaded = Skew(ticking.wall), settings(github, **given)
    async with connect(loaded, observer=Noted(), clock=ticking, http=skew.client()) as client:
        yield Doctor(client.patient(5), loaded, now=clock.now, clock_ahead=lambda: skew.ahead, within=within)


def short(examination: Examination, *levels: str) -> list[str]:
    return [each.what for each in examination.findings if each.level in (levels or ("warning", "problem"))]


async def repair(github: FakeGitHub, clock: FakeClock, url: str) -> None:
    loaded = settings(github, public_url=url)
    async with connect(loaded, observer=Noted(), clock=clock.clock()) as client:
        seen = await hooks.look(client, targets(loaded.repositories))
        steps = plan(seen, loaded.webhook_url, write_secret=True)
        assert all([done.well async for done in hooks.apply(client, steps, loaded.webhook_url, SECRET)])


BROKEN: list[dict[str, Any]] = [
    {"active": False},
    {"events": ["push"]},
    {"content_type": "form"},
    {"secret": "another"},
    {"secret": None},
    {"url": "http://127.0.0.1:9/elsewhere"},
]


@pytest.mark.parametrize("broken", BROKEN, ids=str)
async def test_what_is_broken_is_said_repaired_and_well(
    github: FakeGitHub, clock: FakeClock, repository: Repository, broken: dict[str, Any]
) -> None:
    with LiveServer() as server:
        given = {"url": f"{server.url}/api/webhooks/github", "secret": SECRET, **broken}
        hook = repository.add_hook(**given)
        if "secret" in broken:
            github.emit(repository, "workflow_run", run_payload())  # nobody can see a wrong secret, only what it causes
        async with called(github, clock, public_url=server.url) as doctor:
            ill = await doctor.repository(NAME)
            assert ill.worst == "problem", ill.findings
            assert all("omnilens hooks sync" in (each.do or "") for each in ill.findings if each.level == "problem")
            await repair(github, clock, server.url)
            eventually(lambda: all(each.status_code for every in repository.hooks for each in every.deliveries))
            well = await doctor.repository(NAME)
            assert short(well, "problem") == [], well.findings
        github.emit(repository, "workflow_run", run_payload(id=2))
        eventually(lambda: [run for run in server.runs("octo-repo") if run["id"] == 2])
        assert hook is repository.hooks[0]


async def test_a_repository_that_is_well(github: FakeGitHub, clock: FakeClock, repository: Repository) -> None:
    repository.add_hook(f"{NOWHERE}/api/webhooks/github", SECRET)
    async with called(github, clock) as doctor:
        examined = await doctor.repository(NAME)
    assert short(examined, "ok", "note") == [
        f"Webhook {repository.hooks[0].id} of {NAME} is as it should be.",
        "Nothing was delivered within the last three days.",
        "Runs may be read.",
    ]
    assert {seen.method for seen in github.requests} == {"GET"}


async def test_the_organisations_webhook_and_its_log(
    github: FakeGitHub, clock: FakeClock, repository: Repository
) -> None:
    other = github.add_repository("octo-org/other")
    hook = other.add_hook(f"{NOWHERE}/api/webhooks/github", SECRET)
    github.state.organisation("octo-org").hooks.append(other.hooks.pop())
    github.emit(other, "workflow_run", run_payload(), lost=True)
    clock.passed += 60
    async with called(github, clock, repositories="octo-org/*") as doctor:
        quiet = await doctor.repository(NAME)
        assert quiet.worst == "note", quiet.findings
        github.emit(repository, "workflow_run", run_payload(), lost=True)
        ill = await doctor.repository(NAME)
        assert "1 sent, 0 received, 1 failed 17:01, not redelivered" in "".join(short(ill))
        whole = await doctor.organisation("octo-org")
        assert "2 sent, 0 received" in "".join(short(whole))
        assert f"Webhook {hook.id} of octo-org/*" in whole.findings[0].what


async def test_a_long_log_is_read_in_part(github: FakeGitHub, clock: FakeClock, repository: Repository) -> None:
    repository.add_hook(f"{NOWHERE}/api/webhooks/github", SECRET)
    for _ in range(5):
        github.emit(repository, "workflow_run", run_payload(), lost=True)
    loaded = settings(github)
    async with connect(loaded, observer=Noted(), clock=clock.clock()) as client:
        doctor = Doctor(client, loaded, now=clock.now, clock_ahead=lambda: None, deliveries=3, thorough=False)
        examined = await doctor.repository(NAME)
    assert any(each.startswith("Since 2026-11-22 17:00 UTC: 3 sent") for each in short(examined))


async def test_one_that_is_renamed_or_not_there(github: FakeGitHub, clock: FakeClock, repository: Repository) -> None:
    repository.rename("octo-org/new")
    async with called(github, clock) as doctor:
        moved = await doctor.repository(NAME)
        assert moved.findings[0].what == f"{NAME} is called octo-org/new now."
        (missing,) = (await doctor.repository("octo-org/nothing")).findings
        assert (missing.level, "GitHub finds nothing" in missing.what) == ("problem", True)


LIMITED: list[tuple[Account, list[str]]] = [
    (Account("fine", permissions={"actions": "read", "metadata": "read"}), ["repository_hooks=read"]),
    (Account("classic", scopes=frozenset({"workflow"})), ["admin:repo_hook", "read:repo_hook"]),
]


@pytest.mark.parametrize(("account", "expected"), LIMITED)
async def test_what_a_token_lacks_is_said_by_name(
    github: FakeGitHub, clock: FakeClock, repository: Repository, account: Account, expected: list[str]
) -> None:
    github.tokens["t"] = account
    async with called(github, clock, github_token="t") as doctor:
        examined = await doctor.repository(NAME)
        server = await doctor.server()
    assert examined.worst == "problem"
    assert all(name in str(examined.findings[0].do) for name in expected)
    lacks = [each for each in short(server) if "which lacks" in each]
    assert lacks == (
        ["GitHub is asked with a classic token of classic, which lacks admin:repo_hook."] * bool(account.scopes)
    )


async def test_the_server(github: FakeGitHub, clock: FakeClock, repository: Repository, tmp_path: Path) -> None:
    github.account.expires_at = clock.now() + timedelta(days=2)
    (tmp_path / "readonly.db").write_bytes(b"no database")
    url = f"sqlite:///{tmp_path}/readonly.db"
    async with called(
        github, clock, ahead=timedelta(minutes=10), database_url=url, webhook_secrets=("a", "b")
    ) as doctor:
        examined = await doctor.server()
    said = "\n".join(short(examined))
    for expected in (
        "fewer than 16 characters",
        "GITHUB_TOKEN expires on 2026-11-24 at 17:00 UTC",
        "The clock is 600 s ahead of GitHub's",
        "readonly.db",
    ):
        assert expected in said
    assert "4,999 of 5,000 calls are left" in "\n".join(short(examined, "ok"))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"database_url": "memory"}, "Everything stays in memory"),
        ({"database_url": "sqlite:////nowhere/omnilens.db"}, "yet; the first start makes it"),
        ({"redis_url": "redis://127.0.0.1:9/0"}, "Redis cannot be asked"),
        ({"database_url": "postgresql://nobody:hidden@127.0.0.1:9/nothing"}, "cannot be used"),
    ],
)
async def test_storage(github: FakeGitHub, clock: FakeClock, given: dict[str, Any], expected: str) -> None:
    async with called(github, clock, **given) as doctor:
        said = "\n".join(short(await doctor.server(), "ok", "note", "warning", "problem"))
    assert expected in said
    assert "hidden" not in said


async def test_nobody_is_asked_as_nobody(github: FakeGitHub, clock: FakeClock) -> None:
    async with called(github, clock, github_token=None) as doctor:
        assert (await doctor.repository(NAME)).findings == ()
        assert "GitHub is asked as nobody, who may not see webhooks." in short(await doctor.server(), "note")
    assert github.requests == []


async def test_an_app(github: FakeGitHub, clock: FakeClock, repository: Repository) -> None:
    github.add_installation("octo-org")
    repository.add_hook(f"{NOWHERE}/api/webhooks/github", SECRET)
    async with called(github, clock, **as_app(github)) as doctor:
        assert (await doctor.repository(NAME)).worst == "note"
        server = await doctor.server()
    said = short(server, "ok")
    assert "GitHub is asked as the app." in said
    assert any("calls are left to the installation-" in each for each in said)


async def test_when_github_has_enough_of_us_or_is_away(
    github: FakeGitHub, clock: FakeClock, repository: Repository
) -> None:
    async with called(github, clock) as doctor:
        await doctor.server()
        github.exhaust(3000)
        assert [each.about for each in (await doctor.repository(NAME)).findings] == ["limits"]
        limited = await doctor.server()
        assert any("GitHub is not called before" in each for each in short(limited))
    assert github.too_early == []


async def test_github_away(github: FakeGitHub, clock: FakeClock, repository: Repository) -> None:
    github.fail(*[Fault.html()] * 20)
    async with called(github, clock) as doctor:
        (finding,) = (await doctor.repository(NAME)).findings
    assert (finding.level, "could not be asked" in finding.what) == ("warning", True)


async def test_a_github_that_does_not_answer(github: FakeGitHub, clock: FakeClock, repository: Repository) -> None:
    github.fail(Fault.stalled(), Fault.stalled())
    async with called(github, clock, within=0.05) as doctor:
        (finding,) = (await doctor.repository(NAME)).findings
        assert finding.what == "GitHub did not answer within 0.05 s."
        assert finding in (await doctor.server()).findings


def test_times_in_headers() -> None:
    assert str(read("Sun, 22 Nov 2026 17:00:00 GMT")) == "2026-11-22 17:00:00+00:00"
    assert [read(each) for each in (None, "", "yesterday", "Sun, 22 Nov 2026 17:00:00 -0000")] == [None] * 4


def test_the_page_of_a_repository(github: FakeGitHub, clock: FakeClock, repository: Repository) -> None:
    """Over REST, for everybody the same for a minute."""
    asked = {"api_url": github.url, "github_token": github.token, "repositories": NAME, "public_url": NOWHERE}
    with LiveServer(**asked) as server:
        answer = server.get("/api/repos/octo-repo/doctor")
        assert (answer["level"], answer["repo"]["full_name"]) == ("problem", NAME)
        first = answer["findings"][0]
        assert first == {
            "about": "webhook",
            "level": "problem",
            "what": f"{NAME} has no webhook: there is none.",
            "do": "Call omnilens hooks sync.",
        }
        assert {each["about"] for each in answer["findings"]} >= {"webhook", "access", "limits", "clock", "storage"}
        assert server.get("/api/repos/octo-repo/doctor") == answer
        assert len(github.asked("/user")) == 1  # which nothing else asks for
        assert server.http.get("/api/repos/nothing/doctor").json()["code"] == "repository-not-found"


def test_a_page_without_a_token() -> None:
    with LiveServer(repositories=NAME) as server:
        answer = server.get("/api/repos/octo-repo/doctor")
        assert answer["level"] == "note"
