"""A real server in a thread of its own, on a free port."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Callable, Coroutine
from contextlib import ExitStack
from datetime import datetime
from types import TracebackType
from typing import Any, Self

import httpx2

from omnilens.app import OmniLens
from omnilens.demo.sender import PATH, body_of, headers_of
from omnilens.listening import listen
from omnilens.serve import Running, certificate_of
from omnilens.settings import load
from support.waiting import eventually

SECRET = "It's a Secret to Everybody"


class _Prompt(Running):
    """Ends when it is told to, and not up to a tenth of a second later: a thousand times, that is a minute."""

    async def main_loop(self) -> None:
        counter = 0
        while not await self.on_tick(counter):
            counter += 1
            await asyncio.sleep(0.01)


class LiveServer:
    """Starts on entering, answers over real HTTP, and is gone on leaving."""

    clock: Callable[[], datetime] | None = None
    """What time it is for the server, where a test says so: to be set before it is made."""

    def __init__(self, **settings: Any) -> None:
        defaults = {"webhook_secrets": (SECRET,), "repositories": "*/*", "port": 0, "database_url": "memory"}
        given: dict[str, Any] = {**defaults, **settings}
        self._socket, self.settings = listen(load(None, **given))
        self.port = self.settings.port
        certificate = certificate_of(self.settings)
        self.url = f"{'https' if certificate else 'http'}://127.0.0.1:{self.port}"
        self.omnilens = OmniLens(self.settings, self.clock)
        self._running = _Prompt(self.omnilens, self.settings, certificate=certificate)
        self._thread = threading.Thread(target=self._run, name="server")
        self.visits = ExitStack()
        """Closed before the server stops."""
        trusted = ssl.create_default_context(cafile=self.settings.ssl_certfile) if certificate else True
        client = httpx2.Client(base_url=self.url, timeout=10, trust_env=False, verify=trusted)
        self.http = self.visits.enter_context(client)

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=self._running.config.get_loop_factory()) as runner:
            self._loop = runner.get_loop()
            runner.run(self._running.serve(sockets=[self._socket]))

    def __enter__(self) -> Self:
        self._thread.start()
        eventually(lambda: self._running.started or not self._thread.is_alive())
        assert self._running.started
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.visits.close()
        self.stop()
        self._thread.join(timeout=15)
        assert not self._thread.is_alive(), "the server did not stop"

    @property
    def http_connections(self) -> set[Any]:
        """Those that are open and no sockets."""
        return self._running.server_state.connections

    def stop(self) -> None:
        """What a signal would do."""
        self._running.should_exit = True

    def cut_connections(self) -> None:
        """Break every socket connection, as a network would."""

        def cut() -> None:
            for connection in list(self.omnilens.sockets.connections):
                connection.link.cut("transport error")

        self.call(_call(cut))

    def call(self, coroutine: Coroutine[Any, Any, None]) -> None:
        """Run something in the server's own event loop, and wait for it."""
        asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(10)

    def post(self, event: str, payload: Any, delivery_id: str | None = None, **headers: str) -> httpx2.Response:
        """Sign and post a delivery; `headers` (with _ for -) are added or, when empty, left out."""
        body = payload if isinstance(payload, bytes) else body_of(payload)
        return self.post_raw(body, {**headers_of(event, body, SECRET.encode(), delivery_id), **_named(headers)})

    def post_raw(self, body: bytes, headers: dict[str, str]) -> httpx2.Response:
        """Post exactly this."""
        return self.http.post(PATH, content=body, headers={name: value for name, value in headers.items() if value})

    def get(self, path: str) -> Any:
        """The JSON at a path."""
        answer = self.http.get(path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def runs(self, slug: str, **query: str) -> list[dict[str, Any]]:
        """Today's runs of a repository."""
        answer = self.http.get(f"/api/repos/{slug}/runs", params=query)
        assert answer.status_code == 200, answer.text
        runs: list[dict[str, Any]] = answer.json()["runs"]
        return runs

    def count(self, sample: str, **labels: str) -> float:
        """A metric of this server."""
        return self.omnilens.metrics.registry.get_sample_value(sample, labels) or 0.0


async def _call(function: Callable[[], None]) -> None:
    function()


def _named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}
