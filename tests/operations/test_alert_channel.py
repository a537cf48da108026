"""Alerts are posted to an address, as chat systems take them; its operators see them over REST."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from omnilens.operations.alerts import channel, watch
from support.payloads import run_payload
from support.server import LiveServer
from support.waiting import eventually


class Chat:
    """A chat system that fails as often as it is told to."""

    def __init__(self) -> None:
        self.failures = 0
        self.asked = 0
        self.messages: list[dict[str, Any]] = []


@contextmanager
def a_chat() -> Iterator[tuple[Chat, str]]:
    chat = Chat()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            chat.asked += 1
            chat.failures -= 1
            if chat.failures < 0:
                chat.messages.append(json.loads(body))
            self.send_response(200 if chat.failures < 0 else 503)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield chat, f"http://127.0.0.1:{server.server_port}/hooks/secret-path"
        server.shutdown()


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "EVERY", 0.02)
    monkeypatch.setattr(channel, "BETWEEN", 0.01)


def forge(server: LiveServer) -> None:
    """What GitHub would send with another secret."""
    wrong = "sha256=" + "0" * 64
    assert server.post("workflow_run", run_payload(), x_hub_signature_256=wrong).status_code == 401


@pytest.mark.parametrize("failures", [0, 2])
def test_it_is_posted_once_and_tried_again(failures: int, capfd: pytest.CaptureFixture[str]) -> None:
    with a_chat() as (chat, url):
        chat.failures = failures
        with LiveServer(alert_webhook=url) as server:
            forge(server)
            (message,) = eventually(lambda: chat.messages)
            assert (message["alert"], message["level"], message["state"]) == ("invalid-signatures", "critical", "fired")
            assert message["text"].startswith("CRITICAL: ")
            assert "GITHUB_WEBHOOK_SECRET" in message["text"]
            assert message["text"].endswith(f" {server.url}")
            assert message["runbook"] == f"{server.url}/manual/runbooks/alerts.md#invalid-signatures"
            assert message["runbook"] in message["text"]
            assert chat.asked == failures + 1
    said = capfd.readouterr()
    assert "secret-path" not in said.out + said.err


def test_operators_see_how_each_stands(server: LiveServer) -> None:
    forge(server)

    def standing() -> dict[str, str]:
        return {alert["name"]: alert["state"] for alert in server.get("/api/alerts")["alerts"]}

    assert eventually(lambda: standing()["invalid-signatures"] == "firing")
    alert = next(each for each in server.get("/api/alerts")["alerts"] if each["name"] == "invalid-signatures")
    assert (alert["threshold"], alert["wrong_is"], alert["level"]) == (0, "above", "critical")
    assert alert["value"] >= 1
    assert alert["to_do"]
    assert set(standing().values()) == {"quiet", "firing"}


def test_scanners_are_no_forgers(server: LiveServer) -> None:
    server.post("workflow_run", run_payload(), x_hub_signature_256="sha256=" + "0" * 64, user_agent="curl/8")
    assert server.count("omnilens_webhook_forged_total") == 0
    forge(server)
    assert server.count("omnilens_webhook_forged_total") == 1


def test_others_do_not_see_them() -> None:
    with LiveServer(auth="proxy", trusted_proxies="127.0.0.1", operators="alice") as server:
        assert server.http.get("/api/alerts", headers={"x-forwarded-user": "bob"}).json()["code"] == "operators-only"
        assert server.http.get("/api/alerts", headers={"x-forwarded-user": "alice"}).status_code == 200
