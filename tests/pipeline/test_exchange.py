"""The endpoint byte by byte: what a stock HTTP client never does, and another client may."""

from __future__ import annotations

import gc
import http.client
import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from email.message import Message
from typing import Any, BinaryIO

import pytest
from websockets.sync.client import connect

from omnilens.demo.sender import PATH, body_of, headers_of
from omnilens.pipeline import exchange
from omnilens.pipeline.exchange import DeliveryProtocol
from support.payloads import run_payload
from support.server import SECRET, LiveServer
from support.waiting import eventually


@pytest.fixture(scope="module")
def server() -> Iterator[LiveServer]:
    with LiveServer(webhook_rate_limit="100000/minute", max_body=600_000) as live:
        yield live


class Line:
    """A connection, and what comes back on it."""

    def __init__(self, client: socket.socket) -> None:
        self._client = client
        self.heard: BinaryIO = client.makefile("rb")

    def say(self, *parts: bytes) -> None:
        for part in parts:
            self._client.sendall(part)

    def answer(self, *, without_body: bool = False) -> tuple[int, dict[str, Any], Message]:
        """Status, body and headers of the next answer."""
        status = int(self.heard.readline().split()[1])
        headers = http.client.parse_headers(self.heard)
        body = b"" if without_body else self.heard.read(int(headers["content-length"]))
        return status, json.loads(body) if body else {}, headers

    @property
    def closed(self) -> bool:
        return self.heard.read() == b""


@contextmanager
def line(server: LiveServer) -> Iterator[Line]:
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as client:
        yield Line(client)


def request(body: bytes, *, method: str = "POST", version: str = "1.1", **headers: str | None) -> tuple[bytes, bytes]:
    """Head and body; a header that is nothing is left out."""
    all_headers: dict[str, str | None] = {
        "host": "localhost",
        **headers_of("workflow_run", body, SECRET.encode()),
        "content-length": str(len(body)),
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    lines = [f"{name}: {value}\r\n" for name, value in all_headers.items() if value is not None]
    return f"{method} {PATH} HTTP/{version}\r\n{''.join(lines)}\r\n".encode(), body


def delivery(number: int) -> bytes:
    return body_of(run_payload(id=number))


def test_a_connection_serves_one_delivery_after_another_and_all_else_between(server: LiveServer) -> None:
    with line(server) as connection:
        for number in range(1, 4):
            connection.say(*request(delivery(number)))
            status, answer, _ = connection.answer()
            assert (status, answer["runId"]) == (200, number)
            connection.say(b"GET /api/repos HTTP/1.1\r\nHost: localhost\r\n\r\n")
            status, answer, _ = connection.answer()
            assert (status, answer["repos"][0]["slug"]) == (200, "octo-repo")


def test_a_body_that_comes_byte_by_byte(server: LiveServer) -> None:
    head, body = request(delivery(10))
    with line(server) as connection:
        connection.say(head[:20], head[20:], *(body[place : place + 97] for place in range(0, len(body), 97)))
        assert connection.answer()[1]["runId"] == 10


def test_a_body_in_chunks(server: LiveServer) -> None:
    body = delivery(11)
    head, _ = request(body, content_length=None, transfer_encoding="chunked")
    with line(server) as connection:
        for piece in (body[:100], body[100:]):
            connection.say(head, b"%x\r\n" % len(piece), piece, b"\r\n")
            head = b""
        connection.say(b"0\r\n\r\n")
        assert connection.answer()[1]["runId"] == 11


def test_a_query_does_not_lead_elsewhere(server: LiveServer) -> None:
    head, body = request(delivery(12))
    with line(server) as connection:
        connection.say(head.replace(PATH.encode(), PATH.encode() + b"?from=github"), body)
        assert connection.answer()[1]["runId"] == 12


def test_who_waits_to_be_told_to_continue_is_told(server: LiveServer) -> None:
    head, body = request(delivery(13), expect="100-continue")
    with line(server) as connection:
        connection.say(head)
        assert connection.heard.readline() == b"HTTP/1.1 100 Continue\r\n"
        assert connection.heard.readline() == b"\r\n"
        connection.say(body)
        assert connection.answer()[1]["runId"] == 13


def test_who_waits_to_be_told_to_continue_may_be_refused(server: LiveServer) -> None:
    head, _ = request(delivery(13), expect="100-continue", content_type="text/plain")
    with line(server) as connection:
        connection.say(head)
        assert connection.answer()[0] == 415


def test_an_old_client_is_answered_and_let_go(server: LiveServer) -> None:
    with line(server) as connection:
        connection.say(*request(delivery(14), version="1.0", connection="keep-alive"))
        status, _, headers = connection.answer()
        assert (status, headers["connection"]) == (200, "close")
        assert connection.closed


def test_who_asks_to_close_is_let_go(server: LiveServer) -> None:
    with line(server) as connection:
        connection.say(*request(delivery(15), connection="close"))
        assert connection.answer()[2]["connection"] == "close"
        assert connection.closed


def test_an_answer_to_head_has_no_body(server: LiveServer) -> None:
    with line(server) as connection:
        connection.say(request(b"", method="HEAD")[0])
        status, answer, headers = connection.answer(without_body=True)
        assert (status, answer, headers["allow"]) == (405, {}, "POST")
        connection.say(*request(delivery(16)))
        assert connection.answer()[0] == 200


def test_after_a_refusal_the_rest_of_the_body_is_not_taken_for_the_next_request(server: LiveServer) -> None:
    head, body = request(delivery(17), content_type="text/plain")
    with line(server) as connection:
        connection.say(head)
        assert connection.answer()[0] == 415
        connection.say(body)
        connection.say(*request(delivery(18)))
        assert connection.answer()[1]["runId"] == 18


def test_of_two_at_once_the_second_is_not_taken_and_the_sender_knows(server: LiveServer) -> None:
    with line(server) as connection:
        connection.say(b"".join([*request(delivery(20)), *request(delivery(21)), *request(delivery(22))]))
        status, answer, _ = connection.answer()
        assert (status, answer["runId"]) == (200, 20)
        assert connection.closed
    assert server.omnilens.store.run("octo-repo", 21) is None


def test_a_delivery_behind_another_request_is_not_taken_either(server: LiveServer) -> None:
    with line(server) as connection:
        connection.say(b"GET /api/repos HTTP/1.1\r\nHost: localhost\r\n\r\n" + b"".join(request(delivery(23))))
        assert connection.answer()[0] == 200
        assert connection.closed
    assert server.omnilens.store.run("octo-repo", 23) is None


def test_another_request_behind_a_delivery_is_answered_after_it(server: LiveServer) -> None:
    with line(server) as connection:
        connection.say(b"".join(request(delivery(24))) + b"GET /api/repos HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert connection.answer()[1]["runId"] == 24
        assert connection.answer()[0] == 200


def test_a_refused_body_that_does_not_end_is_given_up(server: LiveServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange, "BODY_TIMEOUT", 0.05)
    head, body = request(delivery(25), content_type="text/plain")
    with line(server) as connection:
        connection.say(head, body[:10])
        assert connection.answer()[0] == 415
        assert connection.closed


def test_a_large_body_is_taken_as_well(server: LiveServer) -> None:
    body = body_of({**run_payload(id=26), "ballast": "x" * 550_000})
    with line(server) as connection:
        connection.say(*request(body))
        assert connection.answer()[1]["runId"] == 26


def test_one_that_cannot_be_taken_does_not_take_others_with_it(server: LiveServer) -> None:
    before = server.count("omnilens_webhook_seconds_count")
    bodies = [delivery(30), delivery(31)[:-1], delivery(32)]
    with line(server) as one, line(server) as two, line(server) as three:
        lines = (one, two, three)
        for connection, body in zip(lines, bodies, strict=True):
            connection.say(*request(body))
        assert [connection.answer()[0] for connection in lines] == [200, 400, 200]
    assert server.count("omnilens_webhook_seconds_count") == before + 3


def test_a_delivery_under_way_is_answered_when_the_server_stops() -> None:
    head, body = request(delivery(1))
    with LiveServer() as server, line(server) as connection:
        connection.say(head, body[:50])
        eventually(lambda: any(isinstance(each.cycle, exchange.Exchange) for each in _connections(server)))
        server.stop()
        eventually(lambda: not server.omnilens.api.state.board.ready())
        connection.say(body[50:])
        status, answer, _ = connection.answer()
        assert (status, answer["code"]) == (503, "draining")
        assert connection.closed


def _connections(server: LiveServer) -> list[Any]:
    return [each for each in server._running.server_state.connections if isinstance(each, exchange.DeliveryProtocol)]


def test_what_read_a_handshake_is_gone_with_it_and_not_when_the_collector_comes(server: LiveServer) -> None:
    """It comes seldom: what waited for it was most of what a thousand connections took."""
    gc.collect()
    gc.disable()
    try:
        with ExitStack() as clients:
            for _ in range(5):
                address = f"{server.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket"
                clients.enter_context(connect(address)).recv()
            readers = [each for each in gc.get_objects() if isinstance(each, DeliveryProtocol)]
            assert [reader for reader in readers if reader not in reader.connections] == []
    finally:
        gc.enable()
