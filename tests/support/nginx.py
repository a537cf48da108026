"""A real nginx with the configuration that we ship, in front of nodes of the tests."""

from __future__ import annotations

import os
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


@contextmanager
def nginx_with_tls(folder: Path, node: str, certificate: Path, key: Path) -> Iterator[int]:
    """nginx in front of one node, as nginx-one.conf has it; the port that it listens on with TLS."""
    folder.mkdir()
    port, without = free_port(), free_port()
    site = {
        "listen 80;": f"listen 127.0.0.1:{without};",
        "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
        "/etc/ssl/ci.example.com.pem": str(certificate),
        "/etc/ssl/ci.example.com.key": str(key),
        "127.0.0.1:8000": node,
    }
    configured = _within_main(folder, _write(folder / "site.conf", SHIPPED / "nginx-one.conf", site))
    with subprocess.Popen(command(folder, configured)) as process:
        try:
            eventually(lambda: _answers(port, "https"))
            yield port
        finally:
            process.terminate()


def configure(folder: Path, port: int, nodes: Mapping[str, str]) -> Path:
    """What we ship, but for folders and addresses: it listens on `port`, and who calls it speaks for a client."""
    folder.mkdir()
    instead = {"listen 80 ": f"listen 127.0.0.1:{port} ", **nodes}
    return _within_main(folder, _write(folder / "site.conf", SHIPPED / "nginx.conf", instead))


def _within_main(folder: Path, site: Path) -> Path:
    main = {
        "/run/nginx.pid": f"{folder}/pid",
        "/dev/stderr": f"{folder}/error.log",
        "http {": "http { " + TEMPORARY.format(folder=folder),
        "set_real_ip_from 172.30.91.1;": "set_real_ip_from 127.0.0.1;",
        "/etc/nginx/conf.d/*.conf": str(site),
    }
    return _write(folder / "nginx.conf", SHIPPED / "nginx-main.conf", main)


def command(folder: Path, configured: Path, *options: str) -> list[str]:
    """How nginx is called that stays in the foreground."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    assert program, "nginx is missing. Install it with: sudo apt-get install nginx-light"
    # What is too large for its memory goes into the folder of the test, which belongs to whoever runs it.
    also = "daemon off; user root;" if os.getuid() == 0 else "daemon off;"
    given = ["-p", folder, "-e", folder / "error.log", "-c", configured, "-g", also, *options]
    return [program, *map(str, given)]


def _write(path: Path, shipped: Path, instead: Mapping[str, str]) -> Path:
    text = shipped.read_text()
    for there, here in instead.items():
        assert there in text, there
        text = text.replace(there, here)
    path.write_text(text)
    return path


def _answers(port: int, scheme: str = "http") -> bool:
    try:
        url = f"{scheme}://127.0.0.1:{port}/readyz"
        return httpx2.get(url, trust_env=False, verify=False).status_code == 200
    except httpx2.TransportError:
        return False
