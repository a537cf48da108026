"""A hundred deliveries at once, then a thousand, to one repository that a thousand clients watch."""

from __future__ import annotations

import asyncio
import json
from functools import cache
from pathlib import Path

import pytest

from omnilens.serve import open_files
from support.trial import Trial, trial
from support.waiting import eventually_async

pytestmark = pytest.mark.anyio

CLIENTS = 1000
FEW, MANY = 100, 1000
GITHUB_WAITS = 10.0
"""Seconds until GitHub gives a delivery up, and does not send it again by itself."""


@pytest.fixture(autouse=True)
def enough_files() -> None:
    assert open_files() > CLIENTS + 2 * MANY + 100


async def watched_by_a_thousand(board: Trial) -> str:
    slug = board.slugs[0]
    decode = cache(json.loads)  # all hear the same, which need not be read a thousand times
    watching = [board.watch(slug, decode=decode, pause=(0.3, 1.0)) for _ in range(CLIENTS)]
    await eventually_async(lambda: all(witness.live for witness in watching), 30)
    return slug


async def test_a_flood_is_neither_lost_nor_repeated(tmp_path: Path) -> None:
    async with trial(tmp_path, patience=GITHUB_WAITS) as board:
        slug = await watched_by_a_thousand(board)
        for count in (FEW, MANY):
            flood = board.load.some(count, slug)
            await board.load.all_of(flood, senders=count)
            assert [len(one.answers) for one in flood] == [1] * count
        await board.check()
        counted = await board.counted()
        assert counted == {"accepted": FEW + MANY}


async def test_not_even_when_the_server_is_killed_in_its_midst(tmp_path: Path) -> None:
    async with trial(tmp_path) as board:
        slug = await watched_by_a_thousand(board)
        posting = asyncio.create_task(board.load.all_of(board.load.some(MANY, slug), senders=FEW))
        await board.sent(MANY // 3)
        board.server.kill()
        board.start()
        await posting
        await board.check()
