"""A real nginx with the configuration that we ship, in front of nodes of the tests."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx2

from support.process import free_port
from support.waiting import eventually

SHIPPED = Path(__file__).parents[2] / "deploy/nginx.conf"
AROUND = """
daemon off;
pid {folder}/pid;
error_log {folder}/error.log;
worker_rlimit_nofile 20000;
events {{ worker_connections 8000; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""


@contextmanager
def nginx(folder: Path, nodes: Sequence[int]) -> Iterator[int]:
    """nginx in front of the nodes on these ports; the port that it listens on itself."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    assert program, "nginx is missing. Install it with: sudo apt-get install nginx-light"
    port = free_port()
    site = SHIPPED.read_text().replace("listen 80 ", f"listen 127.0.0.1:{port} ")
    for number, node in enumerate(nodes, 1):
        assert f"node-{number}:8000" in site
        site = site.replace(f"node-{number}:8000", f"127.0.0.1:{node}")
    folder.mkdir()
    (folder / "site.conf").write_text(site)
    (folder / "nginx.conf").write_text(AROUND.format(folder=folder))
    with subprocess.Popen([program, "-p", folder, "-e", folder / "error.log", "-c", folder / "nginx.conf"]) as process:
        try:
            eventually(lambda: _answers(port))
            yield port
        finally:
            process.terminate()


def _answers(port: int) -> bool:
    try:
        return httpx2.get(f"http://127.0.0.1:{port}/readyz", trust_env=False).status_code == 200
    except httpx2.TransportError:
        return False
