"""Payloads of every release of GitHub that is described or of which there are examples, Enterprise Servers too."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from omnilens.github.payloads import OtherPayload, PingPayload, WorkflowJobPayload, WorkflowRunPayload, read
from omnilens.model import Conclusion, Status
from support.github.description import read as read_description
from support.github.schemas import Schemas
from support.payloads import examples

pytestmark = pytest.mark.node

KINDS: dict[str, type[object]] = {
    "workflow_run": WorkflowRunPayload,
    "workflow_job": WorkflowJobPayload,
    "ping": PingPayload,
}
RELEASES = ("api.github.com", "ghes-3.19")
SERVERS = ("ghes-31", "ghes-32", "ghes-33", "ghes-34", "ghes-35")


@pytest.mark.parametrize("release", SERVERS)
def test_examples_of_enterprise_servers(release: str) -> None:
    found = examples(release)
    for event, each in found.items():
        for example in each:
            payload = read(event, json.dumps(example).encode())
            assert isinstance(payload, KINDS.get(event, OtherPayload))
            if event in {"workflow_run", "workflow_job"}:
                assert getattr(payload, event).id == example[event]["id"]
    assert "workflow_run" in found


@cache
def described(release: str) -> dict[str, Any]:
    """From npm's ``@octokit/openapi-webhooks``."""
    found: dict[str, Any] = read_description(f"webhooks-{release}.json")
    return found


def webhooks(release: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each event that we read, with the schema of its body."""
    for webhook in described(release)["webhooks"].values():
        operation = webhook["post"]
        event = operation["operationId"].partition("/")[0].replace("-", "_")
        if event in KINDS:
            yield event, operation["requestBody"]["content"]["application/json"]["schema"]


@pytest.mark.parametrize("release", RELEASES)
def test_the_least_that_is_described_can_be_read(release: str) -> None:
    """Nothing in it but what must be there, and null wherever that may be."""
    schemas = Schemas(described(release))
    seen = set()
    for event, schema in webhooks(release):
        payload = schemas.sample(schema)
        assert schemas.validator(schema).is_valid(payload), (event, payload.get("action"))
        assert isinstance(read(event, json.dumps(payload).encode()), KINDS[event])
        seen.add((event, payload.get("action")))
    assert {event for event, _ in seen} == set(KINDS)
    assert {action for event, action in seen if event == "workflow_job"} == WorkflowJobPayload.ACTIONS
    assert {action for event, action in seen if event == "workflow_run"} == WorkflowRunPayload.ACTIONS


@pytest.mark.parametrize("release", RELEASES)
def test_every_status_and_conclusion_that_is_described_has_a_name_of_ours(release: str) -> None:
    words: dict[str, set[str]] = {"status": set(), "conclusion": set()}
    for event, schema in webhooks(release):
        if event != "ping":
            _collect(Schemas(described(release)).resolved(schema)["properties"][event], words)
    assert words["status"] <= set(Status)
    assert words["conclusion"] <= set(Conclusion)
    assert {"waiting", "pending", "requested"} <= words["status"]
    assert "startup_failure" in words["conclusion"]


def _collect(node: Any, words: dict[str, set[str]]) -> None:
    for each in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        _collect(each, words)
    for name, found in words.items() if isinstance(node, dict) else ():
        if isinstance(field := node.get(name), dict):
            found |= {word for word in field.get("enum", ()) if word is not None}
