"""From a signed POST to the clients people really use."""

from __future__ import annotations

import json
import os
import queue
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from omnilens.demo.sender import PATH, body_of, headers_of
from support.payloads import run_payload
from support.server import SECRET, LiveServer
from support.waiting import PATIENCE, eventually

pytestmark = pytest.mark.node

CLIENT = Path(__file__).with_name("stock_client.mjs")


class StockClient:
    """The JavaScript client in a process of its own, and what it says."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._said: queue.Queue[dict[str, Any]] = queue.Queue()
        self._reader = threading.Thread(target=self._read, args=(process,), daemon=True)
        self._reader.start()

    def _read(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            self._said.put(json.loads(line))

    def hears(self, what: str) -> dict[str, Any]:
        """The next thing of that kind, passing over others."""
        while True:
            said = self._said.get(timeout=PATIENCE)
            if said["what"] == what:
                return said


@contextmanager
def stock_client(url: str, subscription: Any) -> Iterator[StockClient]:
    process = subprocess.Popen(
        ["node", str(CLIENT), url, json.dumps(subscription)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield StockClient(process)
        finally:
            process.kill()


def test_the_stock_client_hears_of_a_run_at_once() -> None:
    with (
        LiveServer(repositories="octo-org/octo-repo") as server,
        stock_client(server.url, "octo-repo") as first,
        stock_client(server.url, {"slug": "octo-repo"}) as second,
    ):
        assert first.hears("subscribed")["data"]["ok"] is True
        assert second.hears("subscribed")["data"]["ok"] is True
        posted = time.time() * 1000
        server.post("workflow_run", run_payload(id=123, name="CI Pipeline"))
        for client in (first, second):
            update = client.hears("workflow-update")
            assert update["data"]["workflowId"] == 123
            assert update["data"]["workflowName"] == "CI Pipeline"
            assert update["data"]["runData"]["html_url"].endswith("/runs/123")
            # Not a benchmark, but what no run of this test may ever exceed.
            assert update["at"] - posted < 2000


@contextmanager
def served(port: int, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The real command in a process of its own, to be killed."""
    environment = {**os.environ, "GITHUB_WEBHOOK_SECRET": SECRET, "OMNILENS_REPOSITORIES": "octo-org/octo-repo"}
    process = subprocess.Popen(
        [sys.executable, "-m", "omnilens", "serve", "--port", str(port)],
        env=environment,
        cwd=tmp_path,
        stderr=subprocess.DEVNULL,
    )
    try:
        eventually(lambda: _answers(port))
        yield process
    finally:
        process.kill()
        process.wait()


def _answers(port: int) -> bool:
    try:
        return httpx2.get(f"http://127.0.0.1:{port}/readyz", trust_env=False).status_code == 200
    except httpx2.TransportError:
        return False


def _post(port: int, payload: Any) -> None:
    body = body_of(payload)
    url = f"http://127.0.0.1:{port}{PATH}"
    headers = headers_of("workflow_run", body, SECRET.encode())
    assert httpx2.post(url, content=body, headers=headers, trust_env=False).status_code == 200


def test_a_server_that_is_killed_and_started_again_is_found_again(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    with served(port, tmp_path) as process, stock_client(url, "octo-repo") as client:
        epoch = client.hears("subscribed")["data"]["epoch"]
        _post(port, run_payload(id=1))
        assert client.hears("workflow-update")["data"]["seq"] == 1
        process.kill()
        assert client.hears("disconnect")["data"] == "transport close"
        with served(port, tmp_path):
            again = client.hears("subscribed")["data"]
            # A board in memory is another history after a restart, and says so rather than leaving a hole.
            assert again["reset"] is True
            assert again["epoch"] != epoch
            _post(port, run_payload(id=2))
            assert client.hears("workflow-update")["data"]["workflowId"] == 2


def test_a_client_that_lost_its_connection_hears_what_it_missed() -> None:
    with LiveServer(repositories="octo-org/octo-repo") as server, stock_client(server.url, "octo-repo") as client:
        client.hears("subscribed")
        server.post("workflow_run", run_payload("requested", id=1))
        assert client.hears("workflow-update")["data"]["seq"] == 1
        server.cut_connections()
        server.post("workflow_run", run_payload("in_progress", id=1))
        server.post("workflow_run", run_payload("completed", id=1))
        again = client.hears("subscribed")["data"]
        assert [update["status"] for update in again["updates"]] == ["in_progress", "completed"]
        server.post("workflow_run", run_payload(id=2))
        assert client.hears("workflow-update")["data"]["prev"] == again["seq"] == 3
