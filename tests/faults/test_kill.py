"""kill -9, again and again, under load: at any moment of taking in, writing, starting and archiving.

A failure names its seed; OMNILENS_TEST_SEED repeats it, as far as moments can be repeated.
"""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from support.heard import Heard, Subscribed, Updated
from support.process import IMPATIENT
from support.stock_client import StockClient, stock_client
from support.trial import REPOSITORIES, Trial, trial
from support.waiting import eventually_async

pytestmark = pytest.mark.anyio

SLUG = REPOSITORIES[0].partition("/")[2]
ROUNDS = 26
START = 1.0
"""Seconds in which a server starts, more or less."""
RETENTION = 8
"""Seconds that entries stay in the journal where archiving is to be met; a redelivery comes sooner."""


@pytest.mark.node
async def test_no_kill_loses_or_repeats_anything(tmp_path: Path) -> None:
    async with trial(tmp_path) as board:
        with stock_client(board.server.url, {"slug": SLUG}) as stock:
            first = await asyncio.to_thread(stock.hears, "subscribed")
            await killed_again_and_again(board, away_after=ROUNDS - 2)
            told = await everything(first, stock, board)
        assert sum(witness.resets for _, witness in board.witnesses) == 0
        await board.check((SLUG, told))


async def test_neither_does_one_while_the_journal_is_moved_into_the_history(tmp_path: Path) -> None:
    async with trial(tmp_path, program=IMPATIENT, OMNILENS_EVENT_RETENTION=f"{RETENTION}s") as board:
        await killed_again_and_again(board, away_after=2)
        assert folded(board.database) > 0
        await board.check()
        assert sum(witness.resets for _, witness in board.witnesses) > 0


def folded(database: Path) -> int:
    """How far the history goes."""
    with closing(sqlite3.connect(database)) as connection:
        (seq,) = connection.execute("SELECT folded FROM history_state").fetchone()
    return int(seq)


async def killed_again_and_again(board: Trial, away_after: int) -> None:
    """One of the clients goes away for good after some rounds, and comes back when all is over."""
    for slug in board.slugs * 2:
        board.watch(slug)
    away = board.watch(SLUG)
    board.load.start()
    for number in range(ROUNDS):
        if number == away_after:
            await away.stop()
        # While it starts, at its first answer, or after some hundred; at each of these, others are on their way.
        wanted = board.chance.choice((0, 1, board.chance.randrange(300), board.chance.randrange(300)))
        await board.sent(wanted)
        await asyncio.sleep(board.chance.uniform(0, 0.03 if wanted else START))
        board.server.kill()
        board.start()
    await board.ready()
    away.start()
    await board.load.finish()


async def everything(first: dict[str, Any], stock: StockClient, board: Trial) -> list[Heard]:
    """What the stock client heard, once it has heard the last update."""
    listed = await board.listed(SLUG)
    assert listed is not None
    told: list[Heard] = [Subscribed(first["data"], fresh=True)]

    def arrived() -> bool:
        for said in stock.heard():
            data = said["data"]
            if said["what"] == "subscribed":
                told.append(Subscribed(data, fresh=False))
            elif said["what"] in {"workflow-update", "job-update"}:
                told.append(Updated(data))
        return bool(told[-1].said["seq"] == listed["seq"])

    await eventually_async(arrived)
    return told
