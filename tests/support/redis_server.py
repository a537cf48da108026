"""A real Redis, started for the tests that need one and gone after them."""

from __future__ import annotations

import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import redis

from support.process import free_port
from support.waiting import eventually


class RedisServer:
    """A server of its own, on a port of its own, that keeps what it has over a restart."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}"
        self.client: redis.Redis = redis.Redis(port=self.port, socket_timeout=5)
        self.start()

    def start(self, **options: Any) -> None:
        """Start it, and wait until it answers."""
        program = shutil.which("redis-server")
        assert program, "redis-server is missing. Install it with: sudo apt-get install redis-server"
        given = {"port": self.port, "bind": "127.0.0.1", "dir": self._folder, "appendonly": "yes", "save": ""}
        words = [str(word) for name, value in (given | options).items() for word in (f"--{name}", value)]
        self._process = subprocess.Popen([program, *words], stdout=subprocess.DEVNULL)
        eventually(self._answers)

    @property
    def pid(self) -> int:
        return self._process.pid

    def kill(self) -> None:
        """As a crash would."""
        self._process.kill()
        self._process.wait()

    def pause(self) -> None:
        """Have it hang: connections stay, and nothing is answered."""
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Go on."""
        self._process.send_signal(signal.SIGCONT)

    def restore(self) -> None:
        """Bring it back, however it was left."""
        self.resume()
        if self._process.poll() is not None:
            self.start()
        self.client.config_set("maxmemory", "0")
        self.client.config_set("requirepass", "")

    def lose_everything(self) -> None:
        """Remove what it has on its disk."""
        shutil.rmtree(self._folder)
        self._folder.mkdir()

    def _answers(self) -> bool:
        try:
            return bool(self.client.ping())
        except redis.RedisError:
            return False


@contextmanager
def redis_running() -> Iterator[RedisServer]:
    """A Redis in a folder of its own; neither is there afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="omnilens-redis-"))
    server = RedisServer(folder)
    yield server
    server.client.close()
    server.kill()
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def redis_process() -> Iterator[RedisServer]:
    """A running Redis."""
    with redis_running() as server:
        yield server


@pytest.fixture
def redis_server(redis_process: RedisServer) -> RedisServer:
    """A running Redis with nothing in it."""
    redis_process.client.flushall()
    redis_process.client.script_flush()
    return redis_process
