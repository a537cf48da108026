"""Requests that nobody should look into: heads without an end, too large, too late, no HTTP, or for somebody else."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import time
from collections.abc import Iterator
from email.utils import formatdate
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from omnilens import front
from omnilens.errors import MisdirectedRequest
from omnilens.front import Hosts
from support.server import LiveServer
from support.waiting import eventually


@pytest.fixture(scope="module")
def server() -> Iterator[LiveServer]:
    with LiveServer() as live:
        yield live


def ask(server: LiveServer, *parts: bytes) -> tuple[int, dict[str, Any]]:
    """Send exactly this, and read the answer to its end: the connection has to be closed behind it."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as client:
        with contextlib.suppress(ConnectionError):  # it may have heard enough before we have said all
            for part in parts:
                client.sendall(part)
        heard = client.makefile("rb")
        status = int(heard.readline().split()[1])
        headers = http.client.parse_headers(heard)
        assert headers["connection"] == "close"
        body = heard.read(int(headers["content-length"]))
        assert heard.read() == b""
        return status, json.loads(body)


def refused(server: LiveServer, code: str) -> float:
    value = server.omnilens.metrics.registry.get_sample_value("omnilens_requests_refused_total", {"code": code})
    return value or 0.0


PATHS = ["/", "/api/repos", "/api/webhooks/github", "/socket.io/?EIO=4&transport=polling", "/nothing"]


@pytest.mark.parametrize("path", PATHS)
def test_too_many_headers(server: LiveServer, path: str) -> None:
    before = refused(server, "head-too-large")
    many = b"".join(b"X-%d: y\r\n" % number for number in range(300))
    status, body = ask(server, b"POST " + path.encode() + b" HTTP/1.1\r\nHost: localhost\r\n" + many + b"\r\n")
    assert (status, body["code"]) == (431, "head-too-large")
    assert refused(server, "head-too-large") == before + 1


@pytest.mark.parametrize("pieces", [1, 7, 64])
@pytest.mark.parametrize("path", PATHS[:3])
def test_headers_that_are_too_large(server: LiveServer, path: str, pieces: int) -> None:
    head = b"GET " + path.encode() + b" HTTP/1.1\r\nHost: localhost\r\nX: " + b"y" * 70_000 + b"\r\n\r\n"
    size = len(head) // pieces + 1
    status, body = ask(server, *(head[at : at + size] for at in range(0, len(head), size)))
    assert (status, body["code"]) == (431, "head-too-large")


def test_headers_without_an_end(server: LiveServer) -> None:
    status, _ = ask(server, b"GET / HTTP/1.1\r\n", *[b"X: " + b"y" * 1000 + b"\r\n"] * 500)
    assert status == 431


def test_an_address_that_is_too_long(server: LiveServer) -> None:
    status, body = ask(server, b"GET /" + b"a" * 9_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert (status, body["code"]) == (414, "target-too-long")


SMUGGLED = {
    "a length and chunks": b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
    "two lengths": b"Content-Length: 5\r\nContent-Length: 6\r\n",
    "a length with a sign": b"Content-Length: +5\r\n",
    "a negative length": b"Content-Length: -1\r\n",
    "a length in hex": b"Content-Length: 0x10\r\n",
    "a name with a space": b"Content-Length : 5\r\n",
    "a NUL": b"X: a\x00b\r\n",
}


@pytest.mark.parametrize("headers", SMUGGLED.values(), ids=SMUGGLED.keys())
@pytest.mark.parametrize("path", PATHS[:3])
def test_what_two_readers_could_read_in_two_ways(server: LiveServer, path: str, headers: bytes) -> None:
    head = b"POST " + path.encode() + b" HTTP/1.1\r\nHost: localhost\r\n" + headers + b"\r\n"
    status, body = ask(server, head + b"0\r\n\r\nGET /api/repos HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert (status, body["code"]) == (400, "malformed-request")


@pytest.mark.parametrize("path", ["/api/webhooks/github", "/api/repos"])
def test_a_body_whose_chunks_are_none_is_refused_at_once(server: LiveServer, path: str) -> None:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nX-GitHub-Event: ping\r\n"
        f"X-Hub-Signature-256: sha256={'0' * 64}\r\nOrigin: {server.settings.origin}\r\n"
        "Transfer-Encoding: chunked\r\n\r\n"
    )
    began = time.monotonic()
    with capture_logs() as said:
        status, body = ask(server, head.encode() + b"5\r\nhello\r\n", b"no length\r\n")
        assert (status, body["code"]) == (400, "malformed-request")
        assert server.http.get("/healthz").status_code == 200
    assert time.monotonic() - began < 5  # and not when the body is given up
    assert not [each for each in said if each["log_level"] == "error"]


OTHER_PROTOCOLS = {
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "TLS": bytes.fromhex("1603010200010001fc0303") + bytes(500),
    "SSH": b"SSH-2.0-OpenSSH_9.2\r\n",
    "nothing known": bytes(range(256)) * 4,
}


@pytest.mark.parametrize("said", OTHER_PROTOCOLS.values(), ids=OTHER_PROTOCOLS.keys())
def test_what_is_no_http(server: LiveServer, said: bytes) -> None:
    status, body = ask(server, said)
    assert (status, body["code"]) == (400, "malformed-request")
    assert server.http.get("/healthz").status_code == 200


def test_an_old_client_is_answered(server: LiveServer) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as client:
        client.sendall(b"GET /healthz HTTP/1.0\r\n\r\n")
        assert client.makefile("rb").readline().startswith(b"HTTP/1.1 200")


def test_five_hundred_that_send_their_headers_ever_so_slowly(
    server: LiveServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(front, "HEAD_TIMEOUT", 1.0)
    before = refused(server, "head-timeout")
    with contextlib.ExitStack() as opened:
        slow = [opened.enter_context(socket.create_connection(("127.0.0.1", server.port), 10)) for _ in range(500)]
        for number, client in enumerate(slow):
            if number % 5:
                client.sendall(b"GET / HTTP/1.1\r\nX-")
        assert server.http.get("/api/repos").status_code == 200  # the others are served
        answers = [client.makefile("rb").read() for client in slow]
    # Who has said nothing at all hears nothing.
    assert {answer[:12] for number, answer in enumerate(answers) if number % 5} == {b"HTTP/1.1 408"}
    assert {answer for number, answer in enumerate(answers) if not number % 5} == {b""}
    assert refused(server, "head-timeout") == before + 400
    eventually(lambda: len(server.http_connections) <= 1)


def test_a_second_request_without_an_end_waits_no_longer_than_the_first(
    server: LiveServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(front, "HEAD_TIMEOUT", 0.5)
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as client:
        client.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\nGET /healthz HTTP/1.1\r\nX-")
        heard = client.makefile("rb").read()
    assert heard.startswith(b"HTTP/1.1 200")
    assert heard.count(b"HTTP/1.1 ") <= 2


STRANGERS = [
    b"evil.example",
    b"evil.example:8000",
    b"127.0.0.1.evil.example",
    b"localhost.evil.example",
    b"",
    b"[evil]",
    b"\xff",
]


@pytest.mark.parametrize("host", STRANGERS)
@pytest.mark.parametrize("path", ["/", "/api/repos", "/socket.io/?EIO=4&transport=polling"])
def test_a_name_that_was_made_to_lead_here_reads_nothing(server: LiveServer, path: str, host: bytes) -> None:
    status, body = ask(server, b"GET " + path.encode() + b" HTTP/1.1\r\nHost: " + host + b"\r\n\r\n")
    assert (status, body["code"]) == (421, "misdirected-request")
    assert "OMNILENS_PUBLIC_URL" in body["error"]


def test_deliveries_are_signed_and_come_under_any_name(server: LiveServer) -> None:
    assert server.post("ping", {"zen": "x"}, Host="tunnel.example").status_code == 200


def test_a_handshake_under_another_name_is_none(server: LiveServer) -> None:
    status, _ = ask(
        server,
        b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: evil.example\r\nUpgrade: websocket\r\n"
        b"Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
    )
    assert status == 421


def test_where_people_log_in_any_name_will_do() -> None:
    # Cookies go to the one name only; what is behind a proxy is often asked for by another.
    with LiveServer(auth="proxy", trusted_proxies="127.0.0.1/32", public_url="https://ci.example") as server:
        answer = server.http.get("/healthz", headers={"host": "omnilens"})
        assert answer.status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        b"localhost",
        b"LOCALHOST:1",
        b"board.localhost",
        b"127.0.0.1",
        b"10.0.0.7:80",
        b"[::1]:8000",
        b"::1",
        b"ci.example",
        b"CI.example:443",
    ],
)
def test_names_of_ours(host: bytes) -> None:
    hosts = Hosts("https://ci.example")
    hosts.check([(b"host", host)])
    hosts.check([(b"host", host)])  # known by now


@given(st.binary(max_size=60))
def test_no_name_breaks_it(host: bytes) -> None:
    with contextlib.suppress(MisdirectedRequest):
        Hosts("https://ci.example").check([(b"host", host)])


def test_of_two_names_each_has_to_be_ours() -> None:
    with pytest.raises(MisdirectedRequest):
        Hosts("https://ci.example").check([(b"host", b"ci.example"), (b"host", b"evil.example")])


def test_every_answer_has_the_second_it_was_made_in(server: LiveServer) -> None:
    """A page learns the server's time from it, to the second: one that is a second late makes the server seem slow."""

    def dates(path: str) -> set[str]:
        before, answer, after = int(time.time()), server.http.get(path), int(time.time())
        made_in = [formatdate(second, usegmt=True) for second in range(before, after + 1)]
        assert answer.headers.get_list("date") in [[each] for each in made_in]
        return set(made_in)

    seen: set[str] = set()
    while len(seen) < 3:
        for path in ("/healthz", "/api/webhooks/github", "/?" + "x" * 9000):  # each has its own way out
            seen |= dates(path)
