"""A real nginx with the configuration that we ship, in front of nodes of the tests."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx2

from support.process import free_port
from support.waiting import eventually

SHIPPED = Path(__file__).parents[2] / "deploy"
TEMPORARY = "".join(
    f"{each}_temp_path {{folder}}/{each}; " for each in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
)


@contextmanager
def nginx(folder: Path, nodes: Sequence[str]) -> Iterator[int]:
    """nginx in front of the nodes at these addresses; the port that it listens on itself."""
    port = free_port()
    configured = configure(folder, port, {f"node-{number}:8000": node for number, node in enumerate(nodes, 1)})
    with subprocess.Popen(command(folder, configured)) as process:
        try:
            eventually(lambda: _answers(port))
            yield port
        finally:
            process.terminate()


def configure(folder: Path, port: int, nodes: Mapping[str, str]) -> Path:
    """What we ship, but for folders and addresses: it listens on `port`, and who calls it speaks for a client."""
    folder.mkdir()
    main = {
        "/run/nginx.pid": f"{folder}/pid",
        "/dev/stderr": f"{folder}/error.log",
        "http {": "http { " + TEMPORARY.format(folder=folder),
        "set_real_ip_from 172.30.91.1;": "set_real_ip_from 127.0.0.1;",
        "/etc/nginx/conf.d/*.conf": f"{folder}/site.conf",
    }
    _write(folder / "site.conf", SHIPPED / "nginx.conf", {"listen 80 ": f"listen 127.0.0.1:{port} ", **nodes})
    return _write(folder / "nginx.conf", SHIPPED / "nginx-main.conf", main)


def command(folder: Path, configured: Path, *options: str) -> list[str]:
    """How nginx is called that stays in the foreground."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    assert program, "nginx is missing. Install it with: sudo apt-get install nginx-light"
    given = ["-p", folder, "-e", folder / "error.log", "-c", configured, "-g", "daemon off;", *options]
    return [program, *map(str, given)]


def _write(path: Path, shipped: Path, instead: Mapping[str, str]) -> Path:
    text = shipped.read_text()
    for there, here in instead.items():
        assert there in text, there
        text = text.replace(there, here)
    path.write_text(text)
    return path


def _answers(port: int) -> bool:
    try:
        return httpx2.get(f"http://127.0.0.1:{port}/readyz", trust_env=False).status_code == 200
    except httpx2.TransportError:
        return False
