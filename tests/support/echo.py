"""The example server of the Socket.IO package, in a process of its own."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from support.process import free_port
from support.waiting import eventually

EXAMPLE = Path(__file__).parents[2] / "examples" / "echo.py"


@dataclass
class Echo:
    """An echo server that listens."""

    port: int
    path: str

    def answers(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port)).close()
        except ConnectionRefusedError:
            return False
        return True


@contextmanager
def echo(kind: str, path: str) -> Iterator[Echo]:
    server = Echo(free_port(), path)
    process = subprocess.Popen([sys.executable, str(EXAMPLE), str(server.port), kind])
    try:
        eventually(server.answers)
        yield server
    finally:
        process.terminate()
        assert process.wait(5) in {0, -15}


@pytest.fixture(scope="module")
def engine_echo() -> Iterator[Echo]:
    with echo("--engine", "/engine.io/") as server:
        yield server


@pytest.fixture(scope="module")
def socket_echo() -> Iterator[Echo]:
    with echo("--socket", "/socket.io/") as server:
        yield server
