"""A real Caddy with the configuration that we ship."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx2

from support.process import free_port
from support.waiting import eventually

SHIPPED = Path(__file__).parents[2] / "deploy/Caddyfile"


@contextmanager
def caddy(folder: Path, nodes: Sequence[str], *, ready: bool = True) -> Iterator[int]:
    """Caddy in front of the nodes at these addresses, or of none yet; the port that it listens on, without TLS."""
    program = shutil.which("caddy")
    assert program, "caddy is missing. Install it with: sudo apt-get install caddy"
    folder.mkdir()
    port = free_port()
    # Only the part that no two of them can share on a machine: where it is told what to do.
    configured = folder / "Caddyfile"
    configured.write_text("{\n\tadmin off\n}\n" + SHIPPED.read_text(encoding="utf-8"), encoding="utf-8")
    given = {"OMNILENS_PUBLIC_URL": f"http://127.0.0.1:{port}", "OMNILENS_NODES": " ".join(nodes)}
    home = {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    run = [program, "run", "--adapter", "caddyfile", "--config", str(configured)]
    with (
        (folder / "log").open("w") as log,
        subprocess.Popen(run, env={**os.environ, **home, **given}, stderr=log, stdout=log) as process,
    ):
        try:
            eventually(lambda: _answers(port) if ready else _listens(port))
            yield port
        finally:
            process.terminate()


def _answers(port: int) -> bool:
    try:
        return httpx2.get(f"http://127.0.0.1:{port}/readyz", trust_env=False).status_code == 200
    except httpx2.TransportError:
        return False


def _listens(port: int) -> bool:
    with socket.socket() as trying:
        return trying.connect_ex(("127.0.0.1", port)) == 0
