"""More connections than the process may open files: who is here is served, and the database is never without one."""

from __future__ import annotations

import resource
import socket
from contextlib import ExitStack
from pathlib import Path

import httpx2

from omnilens.demo.sender import PATH, body_of, headers_of
from support.payloads import run_payload
from support.process import free_port, served
from support.server import SECRET
from support.waiting import eventually

FILES = 150


def few_files() -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (FILES, FILES))


def test_who_is_here_is_served_and_others_come_when_there_is_room(tmp_path: Path) -> None:
    with served(free_port(), tmp_path, before=few_files, OMNILENS_REPOSITORIES="octo-org/octo-repo") as server:
        address = ("127.0.0.1", int(server.url.rpartition(":")[2]))
        with httpx2.Client(base_url=server.url, trust_env=False, timeout=10) as here, ExitStack() as crowd:
            assert here.get("/healthz").status_code == 200
            others = [crowd.enter_context(socket.create_connection(address, timeout=10)) for _ in range(2 * FILES)]
            refused = others[-1].makefile("rb").read()
            assert refused.startswith(b"HTTP/1.1 503 ")
            assert b"too-many-open" in refused
            for number in range(1, 30):
                body = body_of(run_payload(id=number))
                headers = headers_of("workflow_run", body, SECRET.encode())
                assert here.post(PATH, content=body, headers=headers).status_code == 200
            assert len(here.get("/api/repos/octo-repo/runs").json()["runs"]) == 29
            assert "too-many-open" in here.get("/metrics").text
        eventually(server.answers)
        log = server.log.read_text()
    assert "server.few_files" in log
    assert log.count("request.refused") <= 20
    assert "unavailable" not in log
    assert "Traceback" not in log
