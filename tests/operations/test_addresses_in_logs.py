"""No address of anybody is in a log, whatever they do."""

from __future__ import annotations

import re
from pathlib import Path

import httpx2
import pytest

from support.payloads import run_payload
from support.process import free_port, served

CLIENTS = ("203.0.113.97", "2001:db8:1234:5678:9abc:def0:1234:5678")
SOURCES = Path(__file__).parents[2] / "src/omnilens"


@pytest.mark.timeout(60)
def test_a_server_that_refuses_all_sorts_of_things_names_nobody(tmp_path: Path) -> None:
    settings = {
        "OMNILENS_TRUSTED_PROXIES": "127.0.0.1",
        "OMNILENS_LOG_LEVEL": "debug",
        "OMNILENS_HANDSHAKE_RATE": "5/minute",
        "OMNILENS_WEBHOOK_RATE_LIMIT": "2/minute",
        "OMNILENS_WEBHOOK_SOURCES": "127.0.0.1",
    }
    with served(free_port(), tmp_path, **settings) as server:
        with httpx2.Client(base_url=server.url, trust_env=False) as http:
            for client in CLIENTS:
                headers = {"x-forwarded-for": client, "content-type": "application/json"}
                for _ in range(8):
                    answer = http.post("/api/webhooks/github", json=run_payload(), headers=headers)
                    assert client not in answer.text
                    http.get("/socket.io/?EIO=4&transport=polling", headers=headers)
                    http.get("/socket.io/?EIO=9&transport=pigeon", headers=headers)
                    http.get("/api/repos/nothing/runs", headers=headers)
                    http.get("/api/repos", headers={**headers, "origin": "https://evil.example"})
        assert server.stop() == 0
        log = server.log.read_text()
    assert "delivery.refused" in log
    assert "203.0.113.0/24" in log
    assert [client for client in CLIENTS if client in log] == []


def test_what_is_logged_of_a_client_goes_through_the_one_place_that_shortens_it() -> None:
    logged = re.compile(r"log\.\w+\([^)]*\b(client|peer|address)\b", re.DOTALL)
    found = [str(path) for path in SOURCES.rglob("*.py") if logged.search(path.read_text(encoding="utf-8"))]
    assert found == []
