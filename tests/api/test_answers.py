"""Snapshots are encoded once for each version, and sent only to those who do not have it."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response

from omnilens.api import answers
from omnilens.api.answers import Answers
from omnilens.api.schemas import PartHealth
from support.payloads import run_payload
from support.server import LiveServer


def asked(**headers: str) -> Request:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "headers": raw})


class Kitchen:
    """Counts what is built."""

    def __init__(self) -> None:
        self.answers = Answers()
        self.built = 0

    async def _build(self) -> PartHealth:
        self.built += 1
        return PartHealth(name=f"built-{self.built}", status="ok", detail="")

    async def ask(self, question: str = "q", version: str = "1", **headers: str) -> Response:
        return await self.answers.respond(asked(**headers), question, version, self._build)


def body(answer: Response) -> Any:
    plain = gzip.decompress(answer.body) if answer.headers.get("content-encoding") == "gzip" else bytes(answer.body)
    return json.loads(plain)["name"]


@pytest.mark.anyio
async def test_a_version_is_built_once() -> None:
    kitchen = Kitchen()
    assert [body(await kitchen.ask()), body(await kitchen.ask()), body(await kitchen.ask(version="2"))] == [
        "built-1",
        "built-1",
        "built-2",
    ]
    assert body(await kitchen.ask("other")) == "built-3"
    assert kitchen.built == 3


@pytest.mark.anyio
async def test_with_and_without_compression() -> None:
    kitchen = Kitchen()
    packed, plain = await kitchen.ask(accept_encoding="gzip, br"), await kitchen.ask(accept_encoding="identity")
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert body(packed) == body(plain) == "built-1"


@pytest.mark.anyio
async def test_who_has_it_is_told_so() -> None:
    kitchen = Kitchen()
    tag = (await kitchen.ask()).headers["etag"]
    again = await kitchen.ask(if_none_match=tag)
    assert (again.status_code, again.body) == (304, b"")
    assert (await kitchen.ask(version="2", if_none_match=tag)).status_code == 200


@pytest.mark.anyio
async def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "CAPACITY", 2)
    kitchen = Kitchen()
    for question in "abcb":
        await kitchen.ask(question)
    assert kitchen.built == 3
    await kitchen.ask("a")
    assert kitchen.built == 4


def test_a_snapshot_is_never_older_than_its_board(server: LiveServer) -> None:
    path = "/api/repos/octo-repo/runs"
    server.post("workflow_run", run_payload("requested", id=1))
    first = server.http.get(path)
    assert server.http.get(path, headers={"if-none-match": first.headers["etag"]}).status_code == 304
    server.post("workflow_run", run_payload(id=1))
    second = server.http.get(path, headers={"if-none-match": first.headers["etag"]})
    assert (second.status_code, second.json()["seq"], second.json()["runs"][0]["status"]) == (200, 2, "completed")
    assert server.http.get(path, params={"date": "2001-01-01"}).json()["runs"] == []
    assert server.http.get(path, headers={"accept-encoding": "identity"}).json() == second.json()
