"""Several servers make notices of one journal: each is made once, and each server tells its own."""

from __future__ import annotations

import httpx2
import pytest

from support.nodes import Nodes
from support.notice_client import notice_client
from support.payloads import run_payload
from support.process import Served

pytestmark = [pytest.mark.node, pytest.mark.timeout(120)]


def outages(servers: list[Served], numbers: range) -> None:
    """Workflows that break and are fixed, told to whichever server has its turn."""
    for number in numbers:
        about = {"workflow_id": number, "name": f"W{number}"}
        for offset, conclusion in enumerate(("failure", "success")):
            payload = run_payload("completed", id=2 * number + offset, conclusion=conclusion, **about)
            servers[(number + offset) % len(servers)].post("workflow_run", payload)


def test_everybody_gets_each_notice_once_wherever_they_are(nodes: Nodes) -> None:
    with (
        nodes.node(0) as one,
        nodes.node(1) as other,
        notice_client(one.url) as here,
        notice_client(other.url) as there,
    ):
        for client in (here, there):
            client.watching()
        outages([one, other], range(1, 11))
        for client in (here, there):
            client.told_of_all(["broke", "fixed"] * 10)
            assert client.twice() == []
        newest = max(notice["id"] for notice in there.everything("notification"))
        answer = httpx2.post(
            f"{other.url}/api/notifications/read",
            json={"through": newest},
            headers={"origin": other.url},
            trust_env=False,
        )
        assert answer.json() == {"unread": 0}
        for client in (here, there):
            assert client.some("notifications-read")[-1]["unread"] == 0


def test_one_that_is_killed_leaves_its_work_to_the_other(nodes: Nodes) -> None:
    with nodes.node(1) as other, notice_client(other.url) as client:
        client.watching()
        with nodes.node(0) as one:
            outages([one], range(1, 4))
            one.kill()
        client.told_of_all(["broke", "fixed"] * 3)
        outages([other], range(4, 6))
        client.told_of_all(["broke", "fixed"] * 5)
        assert client.twice() == []
