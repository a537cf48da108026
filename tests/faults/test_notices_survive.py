"""kill -9 between an event and the delivery of its notice: nobody is told less, and nobody twice."""

from __future__ import annotations

import random
import time
from pathlib import Path
from typing import Any

import httpx2
import pytest

from support.named import HEADER
from support.notice_client import notice_client
from support.payloads import run_payload
from support.process import Served, free_port, served

pytestmark = [pytest.mark.node, pytest.mark.timeout(180)]

BOARD = {
    "OMNILENS_REPOSITORIES": "octo-org/octo-repo",
    "OMNILENS_AUTH": "proxy",
    "OMNILENS_TRUSTED_PROXIES": "127.0.0.1",
}
ROUNDS = 6


def outage(server: Served, number: int) -> None:
    """A workflow breaks and is fixed."""
    about: dict[str, Any] = {"workflow_id": number, "name": f"W{number}"}
    server.post("workflow_run", run_payload(id=2 * number, conclusion="failure", **about))
    server.post("workflow_run", run_payload(id=2 * number + 1, **about))


def test_every_user_gets_every_notice_exactly_once(tmp_path: Path) -> None:
    """Two are there all the time, one only at the end."""
    port, chance = free_port(), random.Random(7)
    url = f"http://127.0.0.1:{port}"
    with served(port, tmp_path, **BOARD):
        for name in ("ada", "bob", "cyd"):  # who comes in later gets what happens then
            httpx2.get(f"{url}/api/notifications", headers={HEADER: name}, trust_env=False).raise_for_status()
    wanted = sorted(["broke", "fixed"] * ROUNDS)
    with notice_client(url, "ada") as ada, notice_client(url, "bob") as bob:
        for number in range(1, ROUNDS + 1):
            with served(port, tmp_path, **BOARD) as server:
                if number % 2:
                    ada.watching(len(ada.everything("watching")) or 1)
                outage(server, number)
                time.sleep(chance.choice((0, 0, 0.002, 0.01, 0.05)))  # at whatever it is doing then
                server.kill()
        with served(port, tmp_path, **BOARD), notice_client(url, "cyd") as cyd:
            for client in (ada, bob, cyd):
                client.told_of_all(wanted)
                assert client.twice() == []
