"""Failed deliveries in a database: each is kept once, as it came, until it is taken."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from omnilens.errors import Draining, IncompletePayload, JournalUnavailable, MalformedPayload, StaleDelivery
from omnilens.github.deliveries import Delivery
from omnilens.operations.metrics import Metrics
from omnilens.pipeline import dead_letters, failure
from omnilens.pipeline.dead_letters import DeadLetters
from omnilens.pipeline.failure import MAX_ATTEMPTS
from omnilens.pipeline.receipt import Receipt
from support.changes import at
from support.journals import database_at
from support.places import url_of
from support.postgres import Postgres

pytestmark = pytest.mark.anyio

UNREADABLE = MalformedPayload("The body is not a JSON object.")


def delivery(number: int, body: bytes = b'{"a": \xff}', **about: str) -> Delivery:
    """One with marks of its own for each number."""
    made = Delivery(f"d{number}", "workflow_run", body, f"s{number}", at(number))
    return replace(made, **about)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return url_of(request, request.param, tmp_path)


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


@pytest.fixture
async def letters(url: str, metrics: Metrics) -> AsyncIterator[DeadLetters]:
    async with database_at(url) as database:
        yield DeadLetters(database, metrics)


class Stage:
    """Takes deliveries, or raises what it was told to."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.seen: list[Delivery] = []

    async def take(self, delivery: Delivery) -> Receipt:
        self.seen.append(delivery)
        if self.error:
            raise self.error
        return Receipt(delivery_id=delivery.id, event=delivery.event)


async def test_a_delivery_is_kept_as_it_came(letters: DeadLetters, url: str, metrics: Metrics) -> None:
    await letters.keep(delivery(1), UNREADABLE)
    async with database_at(url) as database:  # as another process has it
        (letter,) = await DeadLetters(database, Metrics()).all()
    assert (letter.delivery_id, letter.event, letter.signature) == ("d1", "workflow_run", "s1")
    assert (letter.code, letter.reason) == ("malformed-payload", "The body is not a JSON object.")
    assert (letter.attempts, letter.received_at, letter.next_attempt_at) == (1, at(1), at(61))
    assert await letters.find("d1") == (letter, b'{"a": \xff}')
    assert letter.size == 8
    assert await letters.find("d2") is None
    assert await letters.summary() == (1, at(1))
    assert metrics.value("omnilens_dead_letters") == 1


@pytest.mark.parametrize("again", [delivery(9, id="d1"), delivery(9, signature="s1")])
async def test_the_same_again_is_the_same_row(letters: DeadLetters, again: Delivery) -> None:
    await letters.keep(delivery(1), UNREADABLE)
    await letters.keep(again, RuntimeError("a bug"))
    (letter,) = await letters.all()
    assert (letter.delivery_id, letter.signature, letter.received_at) == ("d1", "s1", at(1))
    assert (letter.code, letter.reason, letter.attempts) == ("internal-error", "RuntimeError: a bug", 2)
    assert letter.next_attempt_at == at(9 + 120)


async def test_at_the_same_moment_it_is_one_row(letters: DeadLetters, url: str) -> None:
    async with database_at(url) as database:
        other = DeadLetters(database, Metrics())
        await asyncio.gather(*(each.keep(delivery(1), UNREADABLE) for each in [letters, other] * 10))
    (letter,) = await letters.all()
    assert letter.attempts == 20


async def test_the_oldest_go_when_there_are_too_many(
    letters: DeadLetters, metrics: Metrics, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(failure, "MAX_KEPT", 3)
    for number in (2, 1, 3, 4):
        await letters.keep(delivery(number), UNREADABLE)
    assert [letter.delivery_id for letter in await letters.all()] == ["d2", "d3", "d4"]
    assert metrics.value("omnilens_dead_letters_lost_total") == 1
    assert metrics.value("omnilens_dead_letters") == 3


async def test_the_oldest_go_when_they_are_too_large(letters: DeadLetters, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(failure, "MAX_BYTES", 100)
    for number in (1, 2, 3):
        await letters.keep(delivery(number, b"x" * 40), UNREADABLE)
    assert [letter.delivery_id for letter in await letters.all()] == ["d2", "d3"]
    await letters.keep(delivery(4, b"x" * 99), UNREADABLE)
    assert [letter.delivery_id for letter in await letters.all()] == ["d4"]


async def test_one_that_is_larger_than_all_may_be_costs_no_other(
    letters: DeadLetters, metrics: Metrics, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dead_letters, "MAX_BYTES", 100)
    await letters.keep(delivery(1), UNREADABLE)
    await letters.keep(delivery(2, b"x" * 101), UNREADABLE)
    assert [letter.delivery_id for letter in await letters.all()] == ["d1"]
    assert metrics.value("omnilens_dead_letters_lost_total") == 1


async def test_what_is_older_than_the_history_is_forgotten(letters: DeadLetters) -> None:
    for number in (1, 2, 3):
        await letters.keep(delivery(number), UNREADABLE)
    await letters.prune(at(3))
    assert [letter.delivery_id for letter in await letters.all()] == ["d3"]


async def test_what_is_taken_is_kept_no_longer(letters: DeadLetters, metrics: Metrics) -> None:
    await letters.keep(delivery(1), UNREADABLE)
    stage = Stage()
    assert await letters.retry("d1", stage.take, at(5)) == Receipt(delivery_id="d1", event="workflow_run")
    assert stage.seen == [delivery(1)]  # with its id, its bytes, and when it was received
    assert await letters.all() == []
    assert await letters.retry("d1", stage.take, at(5)) is None
    assert metrics.value("omnilens_dead_letters_retried_total") == 1


async def test_what_fails_again_waits_longer_each_time_and_in_the_end_for_somebody(letters: DeadLetters) -> None:
    await letters.keep(delivery(0), UNREADABLE)
    stage = Stage(IncompletePayload("action is missing."))
    now = at(0)
    for attempts in range(2, MAX_ATTEMPTS + 1):
        (letter,) = await letters.all()
        assert letter.next_attempt_at
        await letters.retry_due(stage.take, letter.next_attempt_at - timedelta(microseconds=1))
        assert len(stage.seen) == attempts - 2
        now = letter.next_attempt_at
        await letters.retry_due(stage.take, now)
        assert len(stage.seen) == attempts - 1
    (letter,) = await letters.all()
    assert (letter.attempts, letter.next_attempt_at) == (MAX_ATTEMPTS, None)
    assert (letter.code, letter.reason) == ("incomplete-payload", "action is missing.")
    await letters.retry_due(stage.take, now + timedelta(days=80))
    assert len(stage.seen) == MAX_ATTEMPTS - 1
    stage.error = None
    assert isinstance(await letters.retry("d0", stage.take, now), Receipt)


async def test_a_bug_and_what_is_refused_on_purpose_are_remembered(letters: DeadLetters) -> None:
    await letters.keep(delivery(0), UNREADABLE)
    for error, code in ((RuntimeError("a bug"), "internal-error"), (StaleDelivery("Too old."), "stale-delivery")):
        await letters.retry("d0", Stage(error).take, at(5))
        assert [letter.code for letter in await letters.all()] == [code]


@pytest.mark.parametrize("error", [Draining("Not now."), JournalUnavailable("Not now.")])
async def test_a_bad_time_is_no_attempt(letters: DeadLetters, error: Exception) -> None:
    for number in (1, 2):
        await letters.keep(delivery(number), UNREADABLE)
    before = await letters.all()
    stage = Stage(error)
    await letters.retry_due(stage.take, at(1000))
    assert len(stage.seen) == 1  # the others would fare no better
    assert await letters.all() == before


async def test_what_another_process_could_take_does_not_come_back(letters: DeadLetters, url: str) -> None:
    await letters.keep(delivery(1), UNREADABLE)

    async def too_late(_: Delivery) -> Receipt:
        async with database_at(url) as database:
            await DeadLetters(database, Metrics()).retry("d1", Stage().take, at(5))
        raise UNREADABLE

    await letters.retry("d1", too_late, at(5))
    assert await letters.all() == []


async def test_a_database_that_is_away_is_no_failure_of_its_own(postgres: Postgres, metrics: Metrics) -> None:
    async with database_at(postgres.database()) as database:
        letters = DeadLetters(database, metrics)
        await letters.keep(delivery(1), UNREADABLE)
        postgres.stop()
        try:
            await letters.keep(delivery(2), UNREADABLE)
            await letters.retry_due(Stage().take, at(1000))
        finally:
            postgres.start()
        assert [letter.delivery_id for letter in await letters.all()] == ["d1"]
    assert metrics.value("omnilens_dead_letters_lost_total") == 1


STEPS = st.lists(
    st.tuples(st.sampled_from(["keep", "keep", "drop", "prune"]), st.integers(0, 4), st.integers(0, 4)), max_size=20
)


@given(steps=STEPS)
@settings(max_examples=40)
def test_each_mark_is_kept_once(steps: list[tuple[str, int, int]], tmp_path_factory: Any) -> None:
    path = tmp_path_factory.mktemp("marks") / "db"

    async def run() -> None:
        model: dict[tuple[str, str], tuple[int, int]] = {}  # by the marks: when it came, and how often it failed
        async with database_at(f"sqlite:///{path}") as database:
            letters = DeadLetters(database, Metrics())
            for now, (step, one, other) in enumerate(steps):
                if step == "keep":
                    await letters.keep(delivery(now, id=f"d{one}", signature=f"s{other}"), UNREADABLE)
                    same = [marks for marks in model if f"d{one}" in marks or f"s{other}" in marks]
                    failures = max((model[marks][1] for marks in same), default=0) + 1
                    for marks in same or [(f"d{one}", f"s{other}")]:
                        model[marks] = (model[marks][0] if same else now, failures)
                elif step == "drop":
                    dropped = [marks for marks in model if f"d{one}" in marks]
                    assert await letters.drop(f"d{one}") == bool(dropped)
                    model = {marks: facts for marks, facts in model.items() if marks not in dropped}
                else:
                    await letters.prune(at(one))
                    model = {marks: facts for marks, facts in model.items() if facts[0] >= one}
            kept = {
                (each.delivery_id, each.signature): (each.received_at, each.attempts) for each in await letters.all()
            }
            assert kept == {marks: (at(received), failures) for marks, (received, failures) in model.items()}

    asyncio.run(run())
