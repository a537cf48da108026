"""From a signed POST to the clients people really use."""

from __future__ import annotations

import json
import queue
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from support.payloads import run_payload
from support.process import free_port, served
from support.server import LiveServer
from support.waiting import PATIENCE

pytestmark = pytest.mark.node

WEBSOCKET_ONLY = {"transports": ["websocket"]}
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
def stock_client(url: str, subscription: Any, options: Any = WEBSOCKET_ONLY) -> Iterator[StockClient]:
    process = subprocess.Popen(
        ["node", str(CLIENT), url, json.dumps(subscription), json.dumps(options)],
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


def test_the_stock_client_with_its_default_options() -> None:
    """Long-polling first, then a WebSocket."""
    with (
        LiveServer(repositories="octo-org/octo-repo") as server,
        stock_client(server.url, "octo-repo", {}) as client,
        stock_client(server.url, "octo-repo", {"transports": ["polling"]}) as polling,
    ):
        assert client.hears("subscribed")["data"]["ok"] is True
        assert polling.hears("subscribed")["data"]["ok"] is True
        for number in range(1, 20):
            server.post("workflow_run", run_payload(id=number))
        for each in (client, polling):
            assert [each.hears("workflow-update")["data"]["seq"] for _ in range(19)] == list(range(1, 20))


def test_a_server_that_is_killed_and_started_again_is_found_again(tmp_path: Path) -> None:
    port, board = free_port(), {"OMNILENS_REPOSITORIES": "octo-org/octo-repo"}
    with served(port, tmp_path, **board) as server, stock_client(server.url, "octo-repo") as client:
        epoch = client.hears("subscribed")["data"]["epoch"]
        server.post("workflow_run", run_payload(id=1))
        assert client.hears("workflow-update")["data"]["seq"] == 1
        server.kill()
        assert client.hears("disconnect")["data"] == "transport close"
        with served(port, tmp_path, **board) as successor:
            again = client.hears("subscribed")["data"]
            assert (again["epoch"], again["seq"], again["updates"]) == (epoch, 1, [])
            successor.post("workflow_run", run_payload(id=2))
            update = client.hears("workflow-update")["data"]
            assert (update["workflowId"], update["seq"], update["prev"]) == (2, 2, 1)


def test_a_board_in_memory_is_another_one_after_a_restart_and_says_so(tmp_path: Path) -> None:
    port, board = free_port(), {"OMNILENS_REPOSITORIES": "octo-org/octo-repo", "OMNILENS_DATABASE_URL": "memory"}
    with served(port, tmp_path, **board) as server, stock_client(server.url, "octo-repo") as client:
        epoch = client.hears("subscribed")["data"]["epoch"]
        server.post("workflow_run", run_payload(id=1))
        assert client.hears("workflow-update")["data"]["seq"] == 1
        server.kill()
        with served(port, tmp_path, **board):
            again = client.hears("subscribed")["data"]
            assert again["reset"] is True
            assert again["epoch"] != epoch


def test_pages_of_others_get_no_socket() -> None:
    with LiveServer() as server:
        for origin, status in (("https://evil.example", 403), (f"http://localhost:{server.port}", 101)):
            handshake = {
                "origin": origin,
                "connection": "Upgrade",
                "upgrade": "websocket",
                "sec-websocket-version": "13",
                "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
            }
            assert _status(server.port, handshake) == status


def _status(port: int, headers: dict[str, str]) -> int:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as client:
        lines = [f"{name}: {value}" for name, value in {"host": f"127.0.0.1:{port}", **headers}.items()]
        head = "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\n" + "\r\n".join(lines)
        client.sendall(head.encode() + b"\r\n\r\n")
        return int(client.recv(100).split()[1])


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
