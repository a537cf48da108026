"""A server that is stopped, for a while or for good, in the midst of everything."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

import pytest

from support import checker
from support.trial import Trial, trial
from support.waiting import eventually_async

pytestmark = pytest.mark.anyio

GIVEN_UP = 2
"""Rounds of attempts that each sender gives up while nobody answers."""
STOPS = 4


async def test_a_server_that_stood_still(tmp_path: Path) -> None:
    """Senders give up, some clients go away and come back; all that was still on its way is taken in later."""
    async with trial(tmp_path, patience=0.5) as board:
        watch(board)
        board.load.start()
        for _ in range(2):
            await board.sent(50)
            board.server.signal(signal.SIGSTOP)
            asked = unanswered(board)
            for _, witness in board.witnesses[::2]:
                witness.cut()
            await eventually_async(lambda asked=asked: unanswered(board) >= asked + 6 * GIVEN_UP)  # type: ignore[misc]
            board.server.signal(signal.SIGCONT)
        await board.sent(50)
        await board.load.finish()
        await board.check()


async def test_a_server_that_is_told_to_stop(tmp_path: Path) -> None:
    """It ends in order, under load; what it does not take any more is taken by the next one."""
    async with trial(tmp_path) as board:
        watch(board)
        board.load.start()
        for _ in range(STOPS):
            await board.sent(board.chance.randrange(20, 150))
            board.server.signal(signal.SIGTERM)
            async with asyncio.timeout(10):
                assert await asyncio.to_thread(board.server.ended) == 0
            board.start()
        await board.ready()
        await board.load.finish()
        await board.check()
        assert board.log.count('"server.stopped"') == STOPS


async def test_every_delivery_is_counted(tmp_path: Path) -> None:
    async with trial(tmp_path) as board:
        board.load.start()
        await board.sent(300)
        await board.load.finish()
        checker.nothing_wrong(checker.counters(await board.counted(), board.load.answers))
        await board.check()


def watch(board: Trial) -> None:
    for slug in board.slugs * 2:
        board.watch(slug)


def unanswered(board: Trial) -> int:
    return sum(answer.status is None for answer in board.load.answers)
