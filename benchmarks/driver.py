"""The load: drives the C program that connects clients and sends requests. See `load/load.c` for its commands."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

from catalogue import HERE, compile_c
from servers import Cores, Running, on


class LoadError(Exception):
    """An update was lost, a connection refused or closed, or the server was too slow to measure."""


class Load:
    """Clients and senders of one server. Every command returns what it measured."""

    def __init__(self, server: Running, cores: Cores) -> None:
        self._server = server
        program = compile_c(HERE / "load" / "load.c")
        command = [str(program), str(server.port), server.peer.protocol, server.peer.path]
        command.append("own-core" if cores.load != cores.server else "shared-core")
        with on(cores.load):
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
            )

    def __enter__(self) -> Load:
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        self._process.kill()
        self._process.wait()

    def connect(self, clients: int) -> dict[str, float]:
        return self.measure(f"connect {clients}")

    def prepare(self, requests: Path, senders: int) -> None:
        """Have these requests and so many connections for them at hand."""
        self.command(f"requests {requests}")
        self.command(f"senders {senders}")

    def measure(self, command: str) -> dict[str, float]:
        """What the load saw, and the CPU time of the server meanwhile as `cpu`."""
        before = self._server.cpu()
        answer = self.command(command)
        return {**answer, "cpu": self._server.cpu() - before}

    def command(self, text: str) -> dict[str, float]:
        assert self._process.stdin and self._process.stdout
        try:
            self._process.stdin.write(text + "\n")
            line = self._process.stdout.readline()
        except BrokenPipeError:
            line = ""
        answer: Mapping[str, float | str] = json.loads(line) if line else {"error": "the load program ended"}
        if "error" in answer:
            raise LoadError(str(answer["error"]))
        return {name: float(value) for name, value in answer.items()}
