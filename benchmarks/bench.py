"""What every measurement needs: a server in a process of its own, its CPU time, subscribers and deliveries."""

from __future__ import annotations

import asyncio
import base64
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2

from omnilens.demo import github
from omnilens.demo.sender import PATH, body_of, headers_of

SECRET = "a secret for measuring"
HERE = Path(__file__).parent
COMMANDS = {
    "OmniLens": ["-m", "omnilens", "serve", "--port"],
    "FastAPI + python-socketio": ["-m", "uvicorn", "peer:app", "--log-level", "warning", "--port"],
}


@dataclass(frozen=True)
class Target:
    """A server that is being measured."""

    name: str
    port: int
    pid: int

    def cpu_seconds(self) -> float:
        """The CPU time it has used so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def running(name: str) -> Iterator[Target]:
    """A freshly started server."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = {
        **os.environ,
        "GITHUB_WEBHOOK_SECRET": SECRET,
        "OMNILENS_REPOSITORIES": "octo-org/octo-repo",
        "OMNILENS_LOG_FORMAT": "json",
    }
    command = [sys.executable, *COMMANDS[name], str(port)]
    process = subprocess.Popen(command, cwd=HERE, env=environment, stderr=subprocess.DEVNULL)
    try:
        _wait_until_ready(port)
        yield Target(name, port, process.pid)
    finally:
        process.kill()
        process.wait()


def _wait_until_ready(port: int) -> None:
    for _ in range(200):
        try:
            if httpx2.get(f"http://127.0.0.1:{port}/readyz", trust_env=False).status_code == 200:
                return
        except httpx2.TransportError:
            pass
        time.sleep(0.05)
    raise RuntimeError("the server did not start")


class Subscriber(asyncio.Protocol):
    """A Socket.IO client reduced to counting updates, so that it measures the server and not itself."""

    def __init__(self, heard: asyncio.Queue[float] | None = None) -> None:
        self.updates = 0
        self.subscribed = asyncio.get_running_loop().create_future()
        self._heard = heard

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        key = base64.b64encode(os.urandom(16)).decode()
        transport.write(
            b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
            b"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " + key.encode() + b"\r\n\r\n"
        )

    def data_received(self, data: bytes) -> None:
        if b"pingInterval" in data:
            self.transport.write(_masked(b"40"))
        if b"40{" in data:
            self.transport.write(_masked(b'421["subscribe-repo","octo-repo"]'))
        if b"431[" in data:
            self.subscribed.set_result(None)
        if b"\x81\x012" in data:
            self.transport.write(_masked(b"3"))
        if updates := data.count(b'["workflow-update"'):
            self.updates += updates
            if self._heard is not None:
                self._heard.put_nowait(time.perf_counter())


def _masked(text: bytes) -> bytes:
    return b"\x81" + bytes([0x80 | len(text)]) + b"\0\0\0\0" + text


async def subscribers(target: Target, count: int, heard: asyncio.Queue[float] | None = None) -> list[Subscriber]:
    """`count` clients that watch the repository; the first one reports when it hears something."""
    loop = asyncio.get_running_loop()
    clients = []
    for number in range(count):
        _, client = await loop.create_connection(
            lambda first=number == 0: Subscriber(heard if first else None),  # type: ignore[misc]
            "127.0.0.1",
            target.port,
        )
        clients.append(client)
    await asyncio.gather(*(client.subscribed for client in clients))
    return clients


class Deliveries:
    """Signed ``workflow_run`` deliveries of GitHub's size, each of another run."""

    def __init__(self, target: Target) -> None:
        self._client = httpx2.AsyncClient(base_url=f"http://127.0.0.1:{target.port}", timeout=30, trust_env=False)
        self._last_id = 0

    async def post(self) -> float:
        """Post the next one. Returns the moment before it was posted."""
        self._last_id += 1
        body = body_of(_payload(self._last_id))
        headers = headers_of("workflow_run", body, SECRET.encode())
        posted = time.perf_counter()
        answer = await self._client.post(PATH, content=body, headers=headers)
        assert answer.status_code == 200, answer.text
        return posted


def _payload(run_id: int) -> dict[str, Any]:
    now = datetime.now(UTC)
    facts = github.RunFacts(run_id, "octo-org/octo-repo", "CI", "ci.yml", run_id, "push", "main", "Try", "ada", now)
    payload = github.workflow_run(facts, "completed", "completed", "success", 1, now, now)
    # GitHub's carry about 20 KB, most of it addresses that nobody reads.
    payload["repository"]["addresses"] = {f"{name}_url": f"https://api.github.com/x/{name}" for name in range(455)}
    return payload


def show(title: str, unit: str, measured: dict[str, float]) -> None:
    """One line for each server, and how they compare."""
    print(f"\n{title}")
    for name, value in measured.items():
        print(f"  {name:28} {value:10.2f} {unit}")
    ours, theirs = measured.values()
    print(f"  {'ratio':28} {theirs / ours:10.1f} times")
