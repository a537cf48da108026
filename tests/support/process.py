"""The real command in a process of its own, to be killed and started again."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx2

from omnilens.demo.sender import PATH, body_of, headers_of
from support.server import SECRET
from support.waiting import eventually

OMNILENS = ("-m", "omnilens")
"""What Python runs."""
IMPATIENT = (str(Path(__file__).with_name("impatient.py")),)
"""The same, but it moves what is old from the journal into the history all the time."""
DEFAULTS = {
    "GITHUB_WEBHOOK_SECRET": SECRET,
    "OMNILENS_LOG_FORMAT": "json",
    # To compile every library again would be most of what a start takes.
    "PYTHONDONTWRITEBYTECODE": "",
}


def free_port() -> int:
    """A port nobody listens on, and that the system gives to nobody who connects meanwhile."""
    while True:
        port = 20_000 + secrets.randbelow(12_768)
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


def omnilens(*args: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command with these arguments, until it ends, with no settings but those given."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("OMNILENS_", "GITHUB_"))}
    return subprocess.run(
        [sys.executable, "-m", "omnilens", *args],
        capture_output=True,
        text=True,
        timeout=30,
        env={**clean, "COLUMNS": "200", **environment},
        check=False,
    )


class Served:
    """A running ``omnilens serve``."""

    def __init__(
        self,
        port: int,
        log: Path,
        *,
        host: str = "127.0.0.1",
        program: Sequence[str] = OMNILENS,
        before: Callable[[], object] | None = None,
        **environment: str,
    ) -> None:
        """`before` is called in the new process, before it becomes the server."""
        self.url = f"http://{host}:{port}"
        self.log = log
        with log.open("a") as stderr:
            self.process = subprocess.Popen(
                [sys.executable, *program, "serve", "--host", host, "--port", str(port)],
                env={**os.environ, **DEFAULTS, "OMNILENS_DATA_DIR": str(log.parent), **environment},
                cwd=log.parent,
                stderr=stderr,
                preexec_fn=before,  # noqa: PLW1509 - nothing here forks while it holds a lock
            )

    def answers(self) -> bool:
        try:
            return httpx2.get(f"{self.url}/readyz", trust_env=False).status_code == 200
        except httpx2.TransportError:
            return False

    def post(self, event: str, payload: Any, delivery_id: str | None = None) -> None:
        """Post a signed delivery that must be accepted."""
        answer = self.offer(event, payload, delivery_id)
        assert answer == (200, None), answer

    def offer(self, event: str, payload: Any, delivery_id: str | None = None) -> tuple[int, str | None]:
        """Post a signed delivery. Returns the status, and the code of the error if it is one."""
        answer = self.post_body(event, body_of(payload), delivery_id)
        return answer.status_code, answer.json().get("code")

    def stop(self) -> int:
        """As an operator would. Returns its exit code."""
        self.process.terminate()
        return self.process.wait(timeout=10)

    def post_body(self, event: str, body: bytes, delivery_id: str | None = None) -> httpx2.Response:
        """Sign and post these very bytes."""
        headers = headers_of(event, body, SECRET.encode(), delivery_id)
        return httpx2.post(self.url + PATH, content=body, headers=headers, trust_env=False, timeout=30)

    def get(self, path: str) -> Any:
        """The JSON at a path, whatever the status."""
        return httpx2.get(self.url + path, trust_env=False).json()

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def ended(self) -> int:
        """Its exit code, once it has ended by itself."""
        return self.process.wait(15)

    def kill(self) -> None:
        """As power loss would."""
        self.process.kill()
        self.process.wait()


@contextmanager
def served(port: int, folder: Path, **options: Any) -> Iterator[Served]:
    """A server that answers; killed on leaving if it was not before."""
    server = Served(port, folder / "log", **options)
    try:
        eventually(server.answers)
        yield server
    finally:
        server.kill()
