"""From a signed POST to the clients people really use."""

from __future__ import annotations

import socket
import time
from pathlib import Path

import pytest

from support.payloads import run_payload
from support.process import free_port, served
from support.server import LiveServer
from support.stock_client import stock_client

pytestmark = pytest.mark.node


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
