"""Examinations that many look at."""

from __future__ import annotations

import asyncio

import pytest

from omnilens.sync.checkups import FRESH, MOST, Checkups
from omnilens.sync.findings import Examination, Finding
from support.attempts import NOW

pytestmark = pytest.mark.anyio


async def test_checkups_are_shared_and_do_not_outlive_a_minute() -> None:
    now, begun, go = [0.0], list[str](), asyncio.Event()
    checkups = Checkups(lambda: now[0])
    finding = Finding(about="clock", level="ok", what="It ticks.")

    async def examine() -> Examination:
        begun.append("x")
        await go.wait()
        if len(begun) == 3:
            raise RuntimeError("a bug")
        return Examination(at=NOW, findings=(finding,))

    hasty, patient = (asyncio.create_task(checkups.of("a", examine)) for _ in range(2))
    await asyncio.sleep(0)
    hasty.cancel()
    go.set()
    assert (await patient).worst == "ok"
    assert (await checkups.of("a", examine), len(begun)) == (await patient, 1)
    now[0] = FRESH
    await checkups.of("a", examine)
    assert len(begun) == 2
    with pytest.raises(RuntimeError):
        await checkups.of("b", examine)
    assert (await checkups.of("b", examine)).worst == "ok"


async def test_only_so_many_are_kept() -> None:
    checkups, begun = Checkups(lambda: 0.0), list[str]()

    async def examine() -> Examination:
        begun.append("x")
        return Examination(at=NOW, findings=())

    for number in range(MOST + 1):
        await checkups.of(str(number), examine)
    await checkups.of("0", examine)
    await checkups.of(str(MOST), examine)
    assert len(begun) == MOST + 2
