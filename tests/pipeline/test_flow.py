"""The way of an event, whole: what happens when a stage fails or is slow."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from omnilens.demo.sender import body_of
from omnilens.errors import JournalUnavailable, StaleDelivery, StorageUnavailable
from omnilens.github.deliveries import EVENT, SIGNATURE, Request
from omnilens.github.signature import sign
from omnilens.model import Repository, Update
from omnilens.operations.metrics import Metrics
from omnilens.pipeline import flow as flow_module
from omnilens.pipeline.flow import Flow, Look, Rules
from omnilens.pipeline.journal import Entry, MemoryJournal
from omnilens.pipeline.mapping import RepositoryMap
from omnilens.pipeline.receipt import Receipt
from omnilens.pipeline.store import Store
from omnilens.settings import RepositoryPattern
from support.payloads import ago, job_payload, run_payload

pytestmark = pytest.mark.anyio

SECRET = b"secret"


class Wired:
    """A flow with real parts, and what it delivered."""

    def __init__(
        self, capacity: int = 100, reject_stale: bool = True, owner: str = "*", look: Look | None = None
    ) -> None:
        self.delivered: list[Update] = []
        self.reading = asyncio.Event()
        self.reading.set()
        self.metrics = Metrics()
        self.store = Store()
        self.journal = MemoryJournal(capacity)
        self.store.reset(self.journal.epoch)
        rules = Rules([SECRET], "github.com", timedelta(minutes=30), reject_stale)
        self.repositories = RepositoryMap([RepositoryPattern(owner, "*")], "github.com")
        self.flow = Flow(rules, self.repositories, self.journal, self.store, self, self.metrics, look=look)

    async def accept(self, request: Request) -> Receipt:
        """Its receipt; what is not accepted is raised."""
        (outcome,) = await self.flow.accept([request])
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def deliver(self, update: Update) -> int:
        self.delivered.append(update)
        return 0

    async def ready(self) -> None:
        await self.reading.wait()


@asynccontextmanager
async def following(wired: Wired) -> AsyncIterator[None]:
    task = asyncio.create_task(wired.flow.follow())
    yield
    await wired.journal.close()
    await task


def request(payload: object, event: bytes = b"workflow_run") -> Request:
    body = body_of(payload)  # type: ignore[arg-type]
    return Request({EVENT: event, SIGNATURE: sign(body, SECRET)}, body, datetime.now(UTC))


async def test_whoever_looks_after_the_answer_finds_it() -> None:
    wired = Wired()
    async with following(wired):
        for number in range(1, 50):
            await wired.accept(request(run_payload(id=number)))
            assert wired.store.run("octo-repo", number) is not None
    assert [update.seq for update in wired.delivered] == list(range(1, 50))


async def test_while_those_who_watch_cannot_keep_up_the_journal_waits() -> None:
    wired = Wired()
    async with following(wired):
        wired.reading.clear()
        await wired.accept(request(run_payload(id=1)))
        receipt = await wired.accept(request(run_payload(id=2)))
        assert receipt.seq == 2  # GitHub gets its answer all the same
        assert [update.workflowId for update in wired.delivered] == [1]
        wired.reading.set()
        await wired.accept(request(run_payload(id=3)))
    assert [update.workflowId for update in wired.delivered] == [1, 2, 3]


async def test_a_board_that_is_slow_does_not_hold_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flow_module, "SHOWN_WITHIN", 0.01)
    wired = Wired()  # and nobody follows the journal
    receipt = await wired.accept(request(run_payload(id=1)))
    assert (receipt.seq, wired.store.run("octo-repo", 1)) == (1, None)
    async with following(wired):
        await wired.accept(request(run_payload(id=2)))
    assert [update.workflowId for update in wired.delivered] == [1, 2]


async def test_one_change_that_cannot_be_applied_does_not_stop_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    wired = Wired()
    apply = wired.store.apply

    def sometimes(entry: Entry) -> Update | None:
        if entry.seq == 1:
            raise RuntimeError("a bug")
        return apply(entry)

    monkeypatch.setattr(wired.store, "apply", sometimes)
    async with following(wired):
        await wired.accept(request(run_payload(id=1)))
        await wired.accept(request(run_payload(id=2)))
    assert [update.workflowId for update in wired.delivered] == [2]
    assert wired.metrics.value("omnilens_failed_changes_total") == 1


async def test_what_is_not_accepted_is_not_in_the_journal() -> None:
    wired = Wired(capacity=1)
    async with following(wired):
        with pytest.raises(StaleDelivery):
            await wired.accept(request(run_payload(id=1, updated_at=ago(3600))))
        await wired.accept(request(run_payload(id=2)))
        with pytest.raises(JournalUnavailable):
            await wired.accept(request(run_payload(id=3)))
    assert [update.workflowId for update in wired.delivered] == [2]


async def test_a_duplicate_is_not_delivered_again() -> None:
    wired = Wired()
    async with following(wired):
        first = await wired.accept(request(run_payload(id=1, updated_at=ago(5))))
        again = await wired.accept(request(run_payload(id=1, updated_at=ago(5))))
    assert (first.duplicate, again.duplicate, again.seq) == (False, True, first.seq)
    assert len(wired.delivered) == 1


async def test_jobs_take_the_same_way() -> None:
    wired = Wired()
    async with following(wired):
        receipt = await wired.accept(request(job_payload("in_progress", run_id=4), b"workflow_job"))
    assert (receipt.run_id, receipt.repo_slug) == (4, "octo-repo")
    assert [update.event for update in wired.delivered] == ["job-update"]


async def test_before_a_repository_is_not_on_the_board_it_is_looked_for_once_for_all_that_came_together() -> None:
    looks: list[int] = []

    async def look() -> None:
        looks.append(len(wired.journal._entries))
        wired.repositories.add(Repository(slug="tool", full_name="beta/tool"))

    wired = Wired(owner="octo-org", look=look)
    async with following(wired):
        assert (await wired.accept(request(run_payload(id=1)))).seq == 1
        assert looks == []  # what is known costs nothing
        about = [{**run_payload(id=number), "repository": {"full_name": f"beta/{name}"}} for number, name in THREE]
        outcomes = await wired.flow.accept([request(run_payload(id=2)), *map(request, about)])
    said = [(each.run_id, each.ignored or None) for each in outcomes if isinstance(each, Receipt)]
    assert said == [(2, None), (3, None), (4, "unmapped-repository"), (5, None)]
    assert looks == [2]  # and what is known was on its way already
    assert wired.metrics.value("omnilens_unmapped_deliveries_total") == 1


THREE = ((3, "tool"), (4, "other"), (5, "tool"))


async def test_what_cannot_be_looked_for_is_refused_rather_than_ignored() -> None:
    async def look() -> None:
        raise StorageUnavailable("gone")

    wired = Wired(owner="octo-org", look=look)
    async with following(wired):
        outcomes = await wired.flow.accept(
            [request(run_payload(id=1)), request({**run_payload(id=2), "repository": {"full_name": "beta/tool"}})]
        )
    assert isinstance(outcomes[0], Receipt)
    assert isinstance(outcomes[1], JournalUnavailable)
