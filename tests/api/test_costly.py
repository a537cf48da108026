"""What is dear is worked out once for everybody, and not all the time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from omnilens.api import costly
from omnilens.api.costly import REST, Costly

pytestmark = pytest.mark.anyio


class Work:
    """Takes `cost` seconds of a clock that nothing else moves."""

    def __init__(self) -> None:
        self.now = 0.0
        self.done = 0
        self.costly: Costly[int] = Costly(lambda: self.now)

    def build(self, cost: float, gate: asyncio.Event | None = None) -> Callable[[], Awaitable[int]]:
        async def work() -> int:
            self.done += 1
            if gate:
                await gate.wait()
            self.now += cost
            return self.done

        return work

    async def ask(self, version: str, cost: float = 1.0, question: str = "q") -> int:
        return (await self.costly.get(question, version, self.build(cost))).value


async def test_the_same_version_is_worked_out_once() -> None:
    work = Work()
    assert [await work.ask("1") for _ in range(3)] == [1, 1, 1]
    work.now += 1e6
    assert await work.ask("1") == 1


async def test_another_version_waits_as_long_as_the_last_one_was_dear() -> None:
    work = Work()
    assert await work.ask("1", cost=2.0) == 1
    work.now += 2 * REST - 0.1
    assert await work.ask("2") == 1
    work.now += 0.2
    assert await work.ask("2") == 2


async def test_what_costs_nothing_is_always_fresh() -> None:
    work = Work()
    assert [await work.ask(version, cost=0.0) for version in "123"] == [1, 2, 3]


async def test_all_who_ask_at_once_get_the_same_and_nobody_can_stop_it() -> None:
    work, gate = Work(), asyncio.Event()
    asking = [asyncio.create_task(work.costly.get("q", "1", work.build(1, gate))) for _ in range(5)]
    await asyncio.sleep(0)
    asking[0].cancel()
    gate.set()
    answers = await asyncio.gather(*asking, return_exceptions=True)
    assert isinstance(answers[0], asyncio.CancelledError)
    assert [each.value for each in answers[1:] if not isinstance(each, BaseException)] == [1] * 4
    assert work.done == 1


async def test_a_failure_is_told_to_who_asked_and_not_kept() -> None:
    work = Work()

    async def broken() -> int:
        raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        await work.costly.get("q", "1", broken)
    assert await work.ask("1") == 1


async def test_only_so_many_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(costly, "CAPACITY", 2)
    work = Work()
    for question in ("a", "b", "a", "c"):
        await work.ask("1", question=question)
    assert work.done == 3
    await work.ask("1", question="a")
    assert work.done == 3
    await work.ask("1", question="b")
    assert work.done == 4
