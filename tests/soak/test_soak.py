"""Long runs that have to end where they began: memory, files, rooms, labels. Minutes each: ``make soak``."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import itertools
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import ANY

import httpx2
import pytest

from omnilens.demo.sender import PATH, body_of, headers_of
from omnilens.serve import open_files
from support.fast_forward import FastForwardLoop
from support.payloads import run_payload
from support.process import Served, free_port, served
from support.sender import Sender
from support.server import SECRET
from support.sites import HANDSHAKE, make_server, masked, serve
from support.waiting import eventually

pytestmark = [pytest.mark.soak, pytest.mark.timeout(1800), pytest.mark.anyio]

SHARE = float(os.environ.get("OMNILENS_SOAK", "1"))
"""How much of it to do: a hundredth shows that the tests work."""
AT_ONCE = 50
FIRST = 10_000
PING = b"\x81\x012"
GROWTH = 1.1
"""How much more memory may be in use than when everything had happened a first time."""
UNLIMITED = {
    "OMNILENS_REPOSITORIES": "octo-org/octo-repo",
    "OMNILENS_DATABASE_URL": "memory",
    "OMNILENS_LOG_LEVEL": "error",
    "OMNILENS_WEBHOOK_RATE_LIMIT": "100000000/minute",
}


def some(count: int) -> int:
    return max(int(count * SHARE), AT_ONCE)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Served]:
    open_files()
    with served(free_port(), tmp_path, **UNLIMITED, OMNILENS_EVENT_RETENTION="20s") as server:
        yield server


class Use:
    """What a process takes."""

    def __init__(self, server: Served) -> None:
        pid = server.process.pid
        status = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
        self.kilobytes = int(status["VmRSS"].split()[0])
        self.files = len(list(Path(f"/proc/{pid}/fd").iterdir()))
        self.threads = int(status["Threads"])
        text = httpx2.get(f"{server.url}/metrics", trust_env=False).text
        self.metrics = len(text.splitlines())
        values = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
        self.connections = float(values["omnilens_connections"])

    def is_no_more_than(self, first: Use) -> bool:
        return (
            self.kilobytes <= first.kilobytes * GROWTH
            and self.files <= first.files + 5
            and self.connections == 0
            and self.threads <= first.threads + 4
        )

    def __repr__(self) -> str:
        return f"{vars(self)}"


async def many(count: int, one: Callable[[int], Awaitable[object]]) -> None:
    """So many, a few at a time."""
    numbers = iter(range(count))

    async def work() -> None:
        for number in numbers:
            await one(number)

    await asyncio.gather(*(work() for _ in range(AT_ONCE)))


async def compare(server: Served, count: int, one: Callable[[int], Awaitable[object]]) -> None:
    """Some first, for everything that is made once, and until caches are full; then all of it must add nothing."""
    await many(FIRST, one)
    await settled(server)
    first = Use(server)
    await many(some(count), one)
    await settled(server)
    last = Use(server)
    print(f"{some(count):,}: {first} -> {last}")
    assert last.is_no_more_than(first), (first, last)


async def settled(server: Served) -> None:
    await asyncio.to_thread(lambda: eventually(lambda: Use(server).connections == 0, 60))


@contextlib.asynccontextmanager
async def line(server: Served) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", int(server.url.rpartition(":")[2]))
    try:
        yield reader, writer
    finally:
        writer.transport.abort()


async def test_a_hundred_thousand_clients_leave_nothing_behind(server: Served) -> None:
    async def come_and_go(number: int) -> None:
        async with line(server) as (reader, writer):
            if number % 5 == 0:  # in the midst of the handshake
                writer.write(HANDSHAKE[: number % len(HANDSHAKE)])
                await writer.drain()
                return
            writer.write(HANDSHAKE + b"\r\n")
            await reader.readuntil(b"maxPayload")
            if number % 5 == 1:  # before it says who it is
                return
            writer.write(masked(b"40") + masked(b'421["subscribe-repo","octo-repo"]'))
            await reader.readuntil(b'"ok":true')
            if number % 5 == 2:  # in order
                writer.write(masked(b"41") + masked((1000).to_bytes(2, "big"), head=0x88))
                await reader.read()
            if number % 5 == 3:
                writer.write(masked(b'4511-["attachments that never come",{"_placeholder":true,"num":0}]'))

    await compare(server, 100_000, come_and_go)


async def test_a_million_runs_are_bounded(server: Served) -> None:
    """Each a run and a delivery of its own; the board keeps ten thousand, the journal twenty seconds."""
    senders = [Sender(int(server.url.rpartition(":")[2]), patience=60) for _ in range(AT_ONCE)]
    began = datetime.now(UTC)

    async def deliver(count: int) -> None:
        numbers = iter(range(count))

        async def work(sender: Sender) -> None:
            for _ in numbers:
                body, delivery = run.replace(b"12345", b"%d" % next(ids)), f"{next(ids)}"
                while (answer := await sender.post("workflow_run", body, delivery)) != (200, ANY):
                    assert answer is not None
                    assert answer[1]["code"] == "journal-unavailable", answer  # it is full until it has forgotten some
                    await asyncio.sleep(0.2)

        await asyncio.gather(*map(work, senders))

    ids = itertools.count(10**9)
    run = body_of(run_payload("in_progress", id=12345, updated_at=None))
    try:
        await deliver(250_000)  # by then the board and the journal are full
        first = Use(server)
        await deliver(some(1_000_000))
        last = Use(server)
    finally:
        for sender in senders:
            sender.close()
    print(f"{some(1_000_000):,} in {datetime.now(UTC) - began}: {first} -> {last}")
    assert last.kilobytes <= first.kilobytes * 1.25  # in twenty seconds there are more deliveries at times


async def test_a_hundred_thousand_made_up_names_are_not_remembered(server: Served) -> None:
    asking = httpx2.AsyncClient(base_url=server.url, trust_env=False, timeout=60)

    async def make_up(number: int) -> None:
        body = b"{}"
        await asking.post(PATH, content=body, headers=headers_of(f"event_{number}", body, SECRET.encode()))
        assert (await asking.get(f"/api/repos/made-up-{number}/runs")).status_code == 404
        async with line(server) as (reader, writer):
            writer.write(HANDSHAKE + b"\r\n")
            await reader.readuntil(b"maxPayload")
            writer.write(masked(b"40") + masked(f'42["made-up-{number}"]'.encode()))
            writer.write(masked(f'421["subscribe-repo","made-up-{number}"]'.encode()))
            await reader.readuntil(b'"ok":false')

    async with asking:
        await compare(server, 100_000, make_up)
    assert "made-up" not in httpx2.get(f"{server.url}/metrics", trust_env=False).text


def test_a_day_of_idle_clients_costs_nothing() -> None:
    """Heartbeats of a day, in fast-forward: nobody is lost, and nothing is kept of them."""
    clients, hours = 100, max(24 * SHARE, 1.0)

    async def day() -> None:
        server = make_server()
        async with serve(server) as site, contextlib.AsyncExitStack() as opened:
            answering = await opened.enter_async_context(asyncio.TaskGroup())
            opened.callback(lambda: [task.cancel() for task in tasks])
            tasks = [answering.create_task(_answer(site.port)) for _ in range(clients)]
            loop = asyncio.get_running_loop()
            await asyncio.sleep(600)
            gc.collect()
            first, began = len(gc.get_objects()), loop.time()
            await asyncio.sleep(hours * 3600)
            gc.collect()
            assert loop.time() - began >= hours * 3600
            assert len(server.connections) == clients
            assert len(gc.get_objects()) <= first * 1.01
            assert len(asyncio.all_tasks()) <= clients + 5
            assert len(server.wheel) <= clients

    with asyncio.Runner(loop_factory=FastForwardLoop) as runner:
        runner.run(day())


async def _answer(port: int) -> None:
    """A client that only answers pings."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    with contextlib.closing(writer):
        writer.write(HANDSHAKE + b"\r\n" + masked(b"40") + masked(b'42["enter","room"]'))
        await reader.readuntil(b'40{"sid"')
        while True:
            await reader.readuntil(PING)
            writer.write(masked(b"3"))
