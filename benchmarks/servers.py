"""A server in a process of its own on a core of its own, its CPU time and its memory."""

from __future__ import annotations

import http.client
import os
import resource
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from catalogue import WORK, Peer, environment

START_WITHIN = 20.0


class StartError(Exception):
    """A server ended before it was ready, or did not become it."""


@dataclass(frozen=True, slots=True)
class Cores:
    """Where the server runs and where everything else does; the same if there is but one."""

    server: int
    load: int

    @classmethod
    def choose(cls) -> Cores:
        available = sorted(os.sched_getaffinity(0))
        return cls(available[0], available[1] if len(available) > 1 else available[0])


@contextmanager
def on(core: int) -> Iterator[None]:
    """What is started here runs on this core, with all its threads."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def raise_file_limit() -> int:
    """As many open files as this user may have; children inherit it."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


@dataclass(frozen=True, slots=True)
class Process:
    """Something that runs. What it uses is summed over its processes and their threads."""

    pid: int

    def cpu(self) -> float:
        """Seconds on a CPU so far, as the scheduler counts them, to the nanosecond."""
        total = 0
        for pid in self._processes():
            for thread in Path(f"/proc/{pid}/task").iterdir():
                total += int((thread / "schedstat").read_text().split()[0])
        return total / 1e9

    def memory(self) -> int:
        """Resident bytes."""
        pages = sum(int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in self._processes())
        return pages * resource.getpagesize()

    def _processes(self) -> Iterator[int]:
        waiting = [self.pid]
        while waiting:
            pid = waiting.pop()
            yield pid
            waiting += map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())


@dataclass(frozen=True, slots=True)
class Running(Process):
    """A started server."""

    peer: Peer
    port: int


class Peak:
    """The most memory a server had while this was open."""

    def __init__(self, server: Running, every: float = 0.05) -> None:
        self.bytes = server.memory()
        self._server = server
        self._every = every
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def _look(self) -> None:
        while not self._stop.wait(self._every):
            self.bytes = max(self.bytes, self._server.memory())

    def __enter__(self) -> Peak:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        self.bytes = max(self.bytes, self._server.memory())


@contextmanager
def running(peer: Peer, core: int) -> Iterator[Running]:
    """A freshly started server, ready to serve. What it prints goes to /dev/null, as a log that nobody reads."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    WORK.mkdir(parents=True, exist_ok=True)
    with on(core):
        process = subprocess.Popen(
            peer.command(port), cwd=WORK, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
    try:
        _wait_until_ready(peer, port, process)
        yield Running(process.pid, peer, port)
    finally:
        process.terminate()
        try:
            process.wait(2)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def cannot_start(peer: Peer, core: int) -> str | None:
    """Why it cannot be measured although it is installed, or nothing."""
    try:
        with running(peer, core):
            return None
    except (StartError, OSError, subprocess.CalledProcessError) as error:
        return str(error)


def _wait_until_ready(peer: Peer, port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_WITHIN
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise StartError(f"{peer.name} ended at once, exit code {process.returncode}")
        if _is_ready(peer, port):
            return
        time.sleep(0.05)
    raise StartError(f"{peer.name} did not become ready within {START_WITHIN:g} s")


def _is_ready(peer: Peer, port: int) -> bool:
    try:
        if peer.ready is None:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return True
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
        connection.request("GET", peer.ready)
        status = connection.getresponse().status
        connection.close()
    except OSError:
        return False
    else:
        return status == 200
