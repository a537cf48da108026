"""A successor takes over on one machine: the same socket, the same data, nobody is refused, nobody misses anything."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.crowd import Watcher, keep_sending
from support.process import DEFAULTS
from support.waiting import PATIENCE, eventually_async

pytestmark = pytest.mark.anyio

CLIENTS = 100


HAND_OVER = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ |= {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "1"}
os.execv(sys.executable, [sys.executable, "-m", "omnilens", "serve"])
"""


class Supervisor:
    """Does what systemd does: holds the socket, hands it over, and is told when a process is ready."""

    def __init__(self, folder: Path, host: str = "127.0.0.1") -> None:
        self.folder = folder
        self.listening = socket.create_server((host, 0), backlog=1000)
        self.port: int = self.listening.getsockname()[1]
        self.told = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.told.bind("")  # an abstract address of the kernel's choice
        self.told.settimeout(PATIENCE)
        self._processes: list[subprocess.Popen[bytes]] = []

    def start(self, **environment: str) -> subprocess.Popen[bytes]:
        """Start a process."""
        fd = self.listening.fileno()
        with (self.folder / "log").open("a") as log:
            process = subprocess.Popen(
                [sys.executable, "-c", HAND_OVER, str(fd)],
                pass_fds=[fd],
                env={
                    **os.environ,
                    **DEFAULTS,
                    "OMNILENS_REPOSITORIES": "octo-org/octo-repo",
                    "OMNILENS_DATA_DIR": str(self.folder),
                    "NOTIFY_SOCKET": "@" + self.told.getsockname()[1:].decode(),
                    **environment,
                },
                cwd=self.folder,
                stderr=log,
            )
        self._processes.append(process)
        return process

    def hears(self) -> str:
        """What a process says next of itself."""
        return self.told.recv(100).decode()

    def close(self) -> None:
        for process in self._processes:
            process.kill()
            process.wait()
        self.listening.close()
        self.told.close()


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    supervisor = Supervisor(tmp_path)
    yield supervisor
    supervisor.close()


async def test_two_successors_in_a_row_take_over_under_load(supervisor: Supervisor) -> None:
    running = supervisor.start()
    assert await asyncio.to_thread(supervisor.hears) == "READY=1"
    watchers = [Watcher(supervisor.port, "octo-repo") for _ in range(CLIENTS)]
    for watcher in watchers:
        watcher.stay()
    await asyncio.gather(*(watcher.connect() for watcher in watchers))
    await eventually_async(lambda: all(watcher.live for watcher in watchers))

    replaced = asyncio.Event()
    senders = [asyncio.create_task(keep_sending(supervisor.port, lane, replaced)) for lane in range(8)]
    await eventually_async(lambda: all(watcher.seqs for watcher in watchers))
    for _ in range(2):
        successor = await asyncio.to_thread(supervisor.start)
        assert await asyncio.to_thread(supervisor.hears) == "READY=1"
        running.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(supervisor.hears) == "STOPPING=1"
        assert await asyncio.to_thread(running.wait, 10) == 0
        running = successor
    replaced.set()
    sent = sum(await asyncio.gather(*senders))

    await eventually_async(lambda: all(watcher.seqs[-1] == sent for watcher in watchers), patience=20)
    assert sent > 50
    assert {tuple(watcher.seqs) for watcher in watchers} == {tuple(range(1, sent + 1))}
    assert not any(watcher.fresh for watcher in watchers)
    assert max(watcher.away for watcher in watchers) < 5
    for watcher in watchers:
        watcher.close()


async def test_while_there_is_no_process_those_who_connect_wait(supervisor: Supervisor) -> None:
    first = supervisor.start()
    await asyncio.to_thread(supervisor.hears)
    first.send_signal(signal.SIGTERM)
    assert await asyncio.to_thread(first.wait, 10) == 0
    assert await asyncio.to_thread(supervisor.hears) == "STOPPING=1"
    with socket.create_connection(("127.0.0.1", supervisor.port), timeout=PATIENCE) as waiting:
        waiting.sendall(b"GET /healthz HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n")
        supervisor.start()
        assert (await asyncio.to_thread(waiting.recv, 100)).startswith(b"HTTP/1.1 200")


async def test_a_socket_that_others_can_reach_is_refused_without_a_login(tmp_path: Path) -> None:
    supervisor = Supervisor(tmp_path, host="0.0.0.0")  # noqa: S104
    process = supervisor.start()
    assert await asyncio.to_thread(process.wait, 10) == 3
    assert "0.0.0.0, which others can reach" in (tmp_path / "log").read_text()
    supervisor.close()
