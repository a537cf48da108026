"""The HTTP edge of the GitHub that tests have: a real server on a free port, in a thread of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from support.waiting import eventually


@dataclass(frozen=True)
class Received:
    """A request."""

    method: str
    target: str
    headers: Mapping[str, str]
    """By lower-case name."""
    body: bytes


@dataclass
class Answered:
    """What to answer, and what is to go wrong with that."""

    status: int
    headers: dict[str, str]
    body: bytes
    fault: str = "answer"
    after: list[Coroutine[Any, Any, None]] = field(default_factory=list)
    """What is to be done once the answer is out."""


class Edge:
    """Serves whatever `answer` says."""

    def __init__(self, answer: Callable[[Received], Answered]) -> None:
        self._answer = answer
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="github")
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.port = 0

    def start(self) -> None:
        self._thread.start()
        eventually(lambda: self.port or not self._thread.is_alive())
        assert self.port, "the server did not start"

    def stop(self) -> None:
        assert self._loop
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join(timeout=15)
        assert not self._thread.is_alive(), "the server did not stop"

    def call(self, coroutine: Coroutine[Any, Any, None]) -> None:
        """Run something in the server's loop, and wait for it."""
        assert self._loop
        asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(20)

    async def _serve(self) -> None:
        self._stopping = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        runner = web.ServerRunner(web.Server(self._handle, access_log=None), shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.port = int(runner.addresses[0][1])
        await self._stopping.wait()
        await runner.cleanup()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        headers = {name.lower(): value for name, value in request.headers.items()}
        target = request.raw_path
        answered = self._answer(Received(request.method, target, headers, await request.read()))
        for coroutine in answered.after:
            task = asyncio.create_task(coroutine)
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        if answered.fault == "answer":
            return web.Response(status=answered.status, headers=answered.headers, body=answered.body)
        response = web.StreamResponse(status=answered.status, headers=answered.headers)
        if answered.fault == "stalled":
            await self._stopping.wait()
        elif answered.fault == "truncated":
            response.content_length = len(answered.body)
            await response.prepare(request)
            await response.write(answered.body[: len(answered.body) // 2])
        elif answered.fault == "trickle":
            await response.prepare(request)
            with suppress(ConnectionError):
                while not self._stopping.is_set():
                    await response.write(b" " * 65536)
        if request.transport is not None:
            request.transport.close()
        return response
