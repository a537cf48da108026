"""Two servers with one Redis and one PostgreSQL: any takes deliveries, each serves everybody, and all count alike."""

from __future__ import annotations

import httpx2
import pytest

from support.nodes import Nodes
from support.payloads import run_payload
from support.postgres import Postgres
from support.process import Served
from support.redis_server import RedisServer
from support.stock_client import StockClient, stock_client
from support.waiting import eventually

pytestmark = pytest.mark.node


def health(server: Served) -> dict[str, str]:
    parts = httpx2.get(f"{server.url}/api/health", trust_env=False).json()["parts"]
    return {part["name"]: part["status"] for part in parts}


def snapshot(server: Served) -> tuple[str, int, list[int]]:
    said = httpx2.get(f"{server.url}/api/repos/octo-repo/runs", trust_env=False).json()
    return said["epoch"], said["seq"], [run["id"] for run in said["runs"]]


def test_any_takes_deliveries_and_each_serves_everybody(nodes: Nodes) -> None:
    with (
        nodes.node(0) as one,
        nodes.node(1) as other,
        stock_client(one.url, "octo-repo") as first,
        stock_client(other.url, "octo-repo") as second,
    ):
        epochs = [client.hears("subscribed")["data"]["epoch"] for client in (first, second)]
        assert epochs[0] == epochs[1]
        for number, server in enumerate((one, other, other, one), 1):
            server.post("workflow_run", run_payload(id=number))
        for client in (first, second):
            updates = [client.hears("workflow-update")["data"] for _ in range(4)]
            assert [update["workflowId"] for update in updates] == [1, 2, 3, 4]
            assert [(update["prev"], update["seq"]) for update in updates] == [(0, 1), (1, 2), (2, 3), (3, 4)]
        assert snapshot(one) == snapshot(other)


def test_a_client_that_moves_to_another_node_misses_nothing(nodes: Nodes) -> None:
    with nodes.node(0) as one:
        one.post("workflow_run", run_payload(id=1))
        with stock_client(one.url, "octo-repo") as client:
            place = client.hears("subscribed")["data"]
        one.post("workflow_run", run_payload(id=2))
        one.post("workflow_run", run_payload(id=3))
    resume = {"slug": "octo-repo", "since": place["seq"], "epoch": place["epoch"]}
    with nodes.node(1) as other, stock_client(other.url, resume) as client:
        missed = client.hears("subscribed")["data"]["updates"]
        assert [(update["workflowId"], update["prev"]) for update in missed] == [(2, 1), (3, 2)]


def test_an_emptied_redis_resets_everybody_and_loses_no_run(nodes: Nodes, redis_server: RedisServer) -> None:
    with nodes.node(0) as one, nodes.node(1) as other, stock_client(other.url, "octo-repo") as client:
        epoch = client.hears("subscribed")["data"]["epoch"]
        one.post("workflow_run", run_payload(id=1))
        assert client.hears("workflow-update")["data"]["workflowId"] == 1
        redis_server.client.flushall()
        assert reset(client)["epoch"] != epoch
        one.post("workflow_run", run_payload(id=2))
        assert client.hears("workflow-update")["data"]["seq"] == 1
        eventually(lambda: snapshot(one) == snapshot(other))
        assert snapshot(one)[2] == [2, 1]
    with nodes.node(0) as fresh:
        assert snapshot(fresh)[2] == [2, 1]


def test_without_redis_the_board_stays_and_deliveries_are_refused(nodes: Nodes, redis_server: RedisServer) -> None:
    with nodes.node(0) as one, stock_client(one.url, "octo-repo") as client:
        client.hears("subscribed")
        one.post("workflow_run", run_payload(id=1))
        assert client.hears("workflow-update")["data"]["seq"] == 1
        redis_server.kill()
        assert one.offer("workflow_run", run_payload(id=2)) == (503, "journal-unavailable")
        assert health(one)["journal"] == "degraded"
        assert snapshot(one)[2] == [1]
        redis_server.start()
        assert reset(client)["ok"] is True  # a Redis that was restarted may have forgotten something
        one.post("workflow_run", run_payload(id=2))
        assert client.hears("workflow-update")["data"]["workflowId"] == 2
        eventually(lambda: health(one)["journal"] == "ok")
        assert snapshot(one)[2] == [2, 1]


def test_without_postgresql_live_goes_on(nodes: Nodes, postgres: Postgres) -> None:
    with nodes.node(0) as one, stock_client(one.url, "octo-repo") as client:
        client.hears("subscribed")
        postgres.stop()
        try:
            one.post("workflow_run", run_payload(id=1))
            assert client.hears("workflow-update")["data"]["workflowId"] == 1
        finally:
            postgres.start()
        one.post("workflow_run", run_payload(id=2))
        assert client.hears("workflow-update")["data"]["workflowId"] == 2


def reset(client: StockClient) -> dict[str, object]:
    """What a client is told that has to forget what it knew."""
    while True:
        told: dict[str, object] = client.hears("subscribed")["data"]
        if told.get("reset"):
            return told
