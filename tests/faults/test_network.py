"""A bad network between GitHub and the server, and between the server and those who watch."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from support.load import Load
from support.proxy import PIECE, Proxy, proxy
from support.trial import REPOSITORIES, Trial, trial

pytestmark = pytest.mark.anyio

AT_ONCE = 40
"""Deliveries between two troubles."""


class Line(NamedTuple):
    """A board that is reached over a bad network only."""

    board: Trial
    senders: Proxy
    clients: Proxy
    load: Load


@asynccontextmanager
async def bad_network(folder: Path) -> AsyncIterator[Line]:
    async with trial(folder) as board, proxy(board.port) as senders, proxy(board.port) as clients:
        load = Load(senders.port, board.chance, REPOSITORIES, patience=1.0)
        board.load = load
        for slug in board.slugs * 2:
            board.watch(slug, clients.port)
        board.watch(board.slugs[0])  # one with a good network
        load.start()
        yield Line(board, senders, clients, load)


@pytest.mark.parametrize("trouble", [Proxy.cut, Proxy.reset])
async def test_connections_that_break(tmp_path: Path, trouble: Callable[[Proxy], None]) -> None:
    async with bad_network(tmp_path) as line:
        for _ in range(8):
            await line.board.sent(line.board.chance.randrange(AT_ONCE))
            trouble(line.senders)
            await line.board.sent(line.board.chance.randrange(AT_ONCE))
            trouble(line.clients)
        await line.load.finish()
        await line.board.check()


async def test_answers_that_break_off_in_their_midst(tmp_path: Path) -> None:
    async with bad_network(tmp_path) as line:
        for bytes_before in (1, 40, 130, 300, 1000, 5000):
            line.senders.cut_after = bytes_before + 600  # of several answers: no sender can be cut off for ever
            line.clients.cut_after = bytes_before
            line.senders.reset()
            line.clients.reset()
            await line.board.sent(AT_ONCE)
        line.senders.cut_after = line.clients.cut_after = None
        await line.load.finish()
        await line.board.check()


async def test_everything_in_single_bytes(tmp_path: Path) -> None:
    async with bad_network(tmp_path) as line:
        await line.board.sent(1)
        line.senders.slice = 1
        await line.board.sent(6)
        line.senders.slice, line.clients.slice = PIECE, 1
        line.clients.reset()
        await line.board.sent(AT_ONCE)
        line.clients.slice = PIECE
        await line.load.finish()
        await line.board.check()


async def test_a_slow_network_that_breaks(tmp_path: Path) -> None:
    async with bad_network(tmp_path) as line:
        line.senders.delay = line.clients.delay = 0.1
        for _ in range(3):
            await line.board.sent(AT_ONCE // 2)
            line.clients.reset()
        # Slower than the senders have patience: each attempt is taken, and no answer comes.
        line.senders.delay = 0.6
        before = sum((await line.board.counted()).values())
        while sum((await line.board.counted()).values()) < before + 8:
            line.load.unhindered()
        line.senders.delay = 0
        await line.load.finish()
        await line.board.check()
