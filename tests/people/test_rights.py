"""What GitHub says about rights, and how long its word counts."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from omnilens.errors import StorageUnavailable
from omnilens.github.rest import GitHubError, GitHubUnavailable, Unauthorized
from omnilens.model import Repository
from omnilens.people.rights import ASKED_AGAIN_AFTER, GRACE, Rights
from omnilens.people.viewer import Viewer
from support.clock import FakeClock

pytestmark = pytest.mark.anyio

HELLO = Repository(slug="hello", full_name="octo-org/hello", id=1)
OTHER = Repository(slug="other", full_name="octo-org/other")
ALICE = Viewer(key="user:7", login="alice", user=7)
BOB = Viewer(key="user:8", login="bob", user=8)


class Said:
    """A GitHub that says what it is told to, and counts how often it is asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, str]] = []
        self.allowed: set[tuple[int, str]] = {(7, "hello"), (7, "other")}
        self.error: Exception | None = None
        self.may_answer = asyncio.Event()
        self.may_answer.set()
        self.withdrawn: list[int] = []
        self.clock = FakeClock()
        self.rights = Rights(self.ask, timedelta(minutes=5), self.refused, self.clock.monotonic)

    async def ask(self, user_id: int, repository: Repository) -> bool:
        self.asked.append((user_id, repository.slug))
        await self.may_answer.wait()
        if self.error:
            raise self.error
        return (user_id, repository.slug) in self.allowed

    async def refused(self, user_id: int) -> None:
        self.withdrawn.append(user_id)

    def later(self, seconds: float) -> None:
        self.clock.passed += seconds


@pytest.fixture
def said() -> Said:
    return Said()


async def test_an_answer_counts_for_its_time_and_no_longer(said: Said) -> None:
    assert said.rights.known(ALICE, HELLO) is None
    assert await said.rights.may_read(ALICE, HELLO)
    assert said.rights.known(ALICE, HELLO) is True
    said.allowed.clear()
    said.later(299)
    assert await said.rights.may_read(ALICE, HELLO)
    said.later(1)
    assert said.rights.known(ALICE, HELLO) is None
    assert not await said.rights.may_read(ALICE, HELLO)
    assert said.rights.known(ALICE, HELLO) is False
    assert len(said.asked) == 2


async def test_whoever_wants_a_younger_answer_gets_one(said: Said) -> None:
    await said.rights.may_read(ALICE, HELLO)
    said.allowed.clear()
    said.later(149)
    assert await said.rights.may_read(ALICE, HELLO, at_most=0.5)
    said.later(1)
    assert not await said.rights.may_read(ALICE, HELLO, at_most=0.5)


async def test_many_who_want_to_know_ask_once_and_nobody_can_take_the_answer_along(said: Said) -> None:
    said.may_answer.clear()
    tasks = [asyncio.create_task(said.rights.may_read(ALICE, HELLO)) for _ in range(10)]
    await asyncio.sleep(0)
    tasks[0].cancel()
    said.may_answer.set()
    rest = await asyncio.gather(*tasks[1:])
    assert rest == [True] * 9
    assert len(said.asked) == 1


async def test_each_user_and_repository_is_a_question_of_its_own(said: Said) -> None:
    assert await said.rights.may_read(ALICE, HELLO)
    assert not await said.rights.may_read(BOB, HELLO)
    assert await said.rights.may_read(ALICE, OTHER)
    assert said.rights.known(BOB, OTHER) is None


async def test_a_renamed_repository_keeps_its_rights(said: Said) -> None:
    await said.rights.may_read(ALICE, HELLO)
    assert said.rights.known(ALICE, Repository(slug="hello", full_name="new-org/renamed", id=1)) is True


@pytest.mark.parametrize("error", [GitHubUnavailable("down"), StorageUnavailable("away")])
async def test_an_outage_changes_nothing_for_a_while_and_lets_nobody_in(said: Said, error: GitHubError) -> None:
    assert await said.rights.may_read(ALICE, HELLO)
    said.error = error
    said.later(300)
    assert await said.rights.may_read(ALICE, HELLO)
    assert said.rights.problem(7)
    assert not await said.rights.may_read(BOB, HELLO)
    asked = len(said.asked)
    assert await said.rights.may_read(ALICE, HELLO)
    assert len(said.asked) == asked  # it is left alone for a moment
    said.later(ASKED_AGAIN_AFTER)
    assert await said.rights.may_read(ALICE, HELLO)
    assert len(said.asked) == asked + 1
    said.later(GRACE)
    assert not await said.rights.may_read(ALICE, HELLO)
    said.error = None
    said.later(ASKED_AGAIN_AFTER)
    assert await said.rights.may_read(ALICE, HELLO)
    assert said.rights.problem(7) is None


async def test_a_token_that_github_refuses_is_reported_and_shows_nothing(said: Said) -> None:
    said.error = Unauthorized("revoked")
    assert not await said.rights.may_read(ALICE, HELLO)
    assert said.withdrawn == [7]


async def test_an_access_token_sees_what_its_maker_sees_and_what_it_is_for(said: Said) -> None:
    token = Viewer(key="token:ab", login="wall", user=7, scope=frozenset({"hello"}))
    assert await said.rights.may_read(token, HELLO)
    assert not await said.rights.may_read(token, OTHER)
    assert said.asked == [(7, "hello")]
    operators = Viewer(key="token:cd", login="wall", scope=frozenset({"other"}))
    assert await said.rights.may_read(operators, OTHER)
    assert not await said.rights.may_read(operators, HELLO)
    assert len(said.asked) == 1


async def test_another_login_counts_anew(said: Said) -> None:
    await said.rights.may_read(ALICE, HELLO)
    said.allowed.clear()
    said.rights.forget(7)
    assert not await said.rights.may_read(ALICE, HELLO)
