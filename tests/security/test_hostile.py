"""What nobody means well by: strange ways to the endpoint, payloads made to hurt, names made to lead elsewhere."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from omnilens.demo.sender import headers_of
from omnilens.pipeline.change import Change, decode, encode
from support.changes import job_reported, run_reported
from support.payloads import run_payload
from support.server import SECRET, LiveServer
from support.sites import HANDSHAKE, Client, connected, masked, raw
from support.waiting import eventually_async

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def server() -> Iterator[LiveServer]:
    with LiveServer(repositories="octo-org/octo-repo", webhook_rate_limit="1000000/minute") as live:
        yield live


def client(server: LiveServer) -> contextlib.AbstractAsyncContextManager[Client]:
    return connected(server, origin=server.settings.origin)


async def call(client: Client, *said: Any) -> Any:
    """Emit an event and wait for its acknowledgement; what else comes meanwhile is passed over."""
    await client.send("421" + json.dumps(said))
    while True:
        packet = await client.receive()
        if packet.startswith("431"):
            return json.loads(packet[3:])[0]


@pytest.mark.parametrize(
    "path",
    ["/api/webhooks/github/", "//api/webhooks/github", "/api/webhooks/%67ithub",
     "/API/webhooks/github", "/api/webhooks/github%2f", "/api/webhooks/github;a=b", "/x/%2e%2e/api/webhooks/github"],
)  # fmt: skip
def test_other_spellings_of_the_endpoint_take_nothing(server: LiveServer, path: str) -> None:
    body = json.dumps(run_payload(id=4_000)).encode()
    before = server.omnilens.journal.last_seq
    answer = server.http.send(
        server.http.build_request("POST", path, content=body, headers=headers_of("workflow_run", body, SECRET.encode()))
    )
    assert answer.status_code in {404, 405}
    assert answer.json()["code"] in {"not-found", "method-not-allowed"}
    assert server.omnilens.journal.last_seq == before


MALFORMED = {
    "cut off": b'{"action":"completed"',
    "a comma too many": b'{"action":"completed",}',
    "two documents": b"{}{}",
    "NaN": b'{"action":NaN}',
    "single quotes": b"{'action':'completed'}",
    "UTF-16": '{"action":"completed"}'.encode("utf-16"),
    "a byte order mark": b"\xef\xbb\xbf{}",
    "a list": b"[]",
    "a text": b'"x"',
    "a number": b"1",
    "null": b"null",
    "nothing": b"",
    "a hundred thousand brackets": b"[" * 100_000,
    "a hundred thousand objects": b'{"a":' * 100_000,
    "a hundred thousand brackets in the run": b'{"workflow_run":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
}


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED.keys())
def test_signed_nonsense_is_malformed(server: LiveServer, body: bytes) -> None:
    answer = server.post("workflow_run", body)
    assert answer.status_code == 400
    assert answer.json()["code"] in {"malformed-payload", "incomplete-payload"}


def test_of_two_keys_the_last_counts_everywhere(server: LiveServer) -> None:
    body = (
        json.dumps(run_payload(id=4_001, name="CI"))
        .encode()
        .replace(b'"name": "CI"', b'"name":"first","name":"last"', 1)
    )
    assert server.post("workflow_run", body).json()["workflowName"] == "last"


def test_half_a_surrogate_pair_is_no_text_that_leaves_again(server: LiveServer) -> None:
    body = json.dumps(run_payload(id=4_002, name="NAME")).replace("NAME", "\\ud800!").encode()
    answer = server.post("workflow_run", body)
    assert answer.status_code in {200, 400}
    assert server.runs("octo-repo") is not None
    assert "\ud800" not in server.http.get("/api/repos/octo-repo/runs").text


TIMES = ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-01-01T00:00:00+14:00", "2026-01-01T00:00:00.123456789Z"]


@pytest.mark.parametrize("value", TIMES)
def test_times_at_the_ends_of_the_calendar(server: LiveServer, value: str) -> None:
    answer = server.post(
        "workflow_run", run_payload(id=4_003, updated_at=value, run_started_at=value, created_at=value)
    )
    assert answer.status_code in {200, 400}
    if answer.status_code == 400:
        assert answer.json()["code"] in {"stale-delivery", "incomplete-payload"}


def test_a_thousand_fields_that_nobody_knows_are_not_kept(server: LiveServer) -> None:
    payload = {**run_payload(id=4_004), **{f"extra_{number}": "secret" * 10 for number in range(1_000)}}
    assert server.post("workflow_run", payload).status_code == 200
    assert "extra_1" not in server.http.get("/api/repos/octo-repo/runs").text


def test_the_largest_payload_is_taken_and_holds_nobody_up(server: LiveServer) -> None:
    payload = run_payload(id=4_005) | {"padding": "x" * 24_000_000}
    body = json.dumps(payload).encode()
    began = time.monotonic()
    assert server.post("workflow_run", body).status_code == 200
    assert time.monotonic() - began < 10  # what GitHub waits


def test_a_run_of_a_thousand_jobs_with_a_thousand_steps_is_bounded(server: LiveServer) -> None:
    steps = [{"name": f"step {number}" * 20, "status": "queued", "conclusion": None, "number": number}
             for number in range(1_000)]  # fmt: skip
    for number in range(20):
        job = {
            "action": "queued",
            "workflow_job": {
                "id": 50_000 + number, "run_id": 4_006, "name": "x" * 10_000, "workflow_name": "CI", "status": "queued",
                "conclusion": None, "run_attempt": 1, "head_branch": "main", "head_sha": "a" * 40, "steps": steps,
                "html_url": "https://github.com/octo-org/octo-repo/actions/runs/4006/job/1", "labels": ["x"] * 1_000,
                "created_at": run_payload()["workflow_run"]["updated_at"], "started_at": None, "completed_at": None,
            },
            "repository": run_payload()["repository"],
        }  # fmt: skip
        assert server.post("workflow_job", job).status_code == 200
    run = server.http.get("/api/repos/octo-repo/runs/4006")
    assert len(run.content) < 20 * 1_000 * 400


def test_no_token_is_read_from_an_address() -> None:
    with LiveServer(auth="proxy", trusted_proxies="127.0.0.1/32", public_url="https://ci.example") as server:
        for query in ("access_token", "token", "auth", "key"):
            assert server.http.get(f"/api/repos?{query}=ol_{'a' * 40}").status_code == 401


INTERNAL = ["waiting:octo-repo", "repo:octo-repo", "repository:octo-repo", "*", "octo-repo\u200b", "octo\u2010repo",
            "ОCTO-REPO", "../octo-repo", "octo-repo/", "", "x" * 10_000]  # fmt: skip


async def test_no_name_of_a_room_is_taken_from_a_client(server: LiveServer) -> None:
    async with client(server) as other, client(server) as watching:
        sid = next(iter(server.omnilens.sockets.connections)).sid
        for name in [*INTERNAL, sid, ["octo-repo"], {"slug": ["octo-repo"]}, None, 7, True]:
            answer = await call(other, "subscribe-repo", name)
            assert answer["ok"] is False, name
            assert answer["code"] in {"repository-not-found", "invalid-parameter"}
        assert not any(
            name
            for connection in server.omnilens.sockets.connections
            for name in connection.room_names
            if "octo" in name
        )
        assert (await call(watching, "subscribe-repo", "octo-repo"))["ok"]


async def test_what_a_client_says_in_the_servers_words_reaches_nobody(server: LiveServer) -> None:
    async with client(server) as forging, client(server) as watching:
        await call(watching, "subscribe-repo", "octo-repo")
        for event in ("workflow-update", "job-update", "claim-changed", "notification", "server-draining", "connect"):
            await forging.send("42" + json.dumps([event, {"repoSlug": "octo-repo", "forged": True}]))
        answer = await asyncio.to_thread(server.post, "workflow_run", run_payload(id=4_007))
        assert answer.status_code == 200
        heard = await watching.receive()
        while "workflow-update" not in heard:
            heard = await watching.receive()
        assert "forged" not in heard


async def test_coming_and_going_a_thousand_times_leaves_one_place(server: LiveServer) -> None:
    async with client(server) as restless:
        for _ in range(40):
            await call(restless, "subscribe-repo", "octo-repo")
            await call(restless, "subscribe-repo", "octo-repo")
            await restless.send('42["unsubscribe-repo","octo-repo"]', '42["unsubscribe-repo","never-there"]')
            await asyncio.sleep(0)
        await call(restless, "subscribe-repo", "octo-repo")
        assert server.omnilens.sockets.room_size("repo:octo-repo") == 1


async def test_who_hammers_is_closed_and_keeps_nothing(server: LiveServer) -> None:
    pair = masked(b'42["subscribe-repo","octo-repo"]') + masked(b'42["unsubscribe-repo","octo-repo"]')
    async with raw(server, HANDSHAKE + b"\r\n" + masked(b"40")) as (reader, writer):
        writer.write(pair * 12_000)
        heard = await asyncio.wait_for(reader.read(), 10)
    assert b"too many messages" in heard
    await eventually_async(lambda: server.omnilens.sockets.room_size("repo:octo-repo") == 0)


async def test_what_clients_make_up_is_no_label_of_a_metric(server: LiveServer) -> None:
    server.http.get("/metrics")
    before = len(server.http.get("/metrics").text.splitlines())
    for number in range(200):
        server.post(f"event_{number}", {"zen": "x"})
        server.http.get(f"/api/repos/made-up-{number}/runs")
        server.http.get(f"/made-up-{number}")
    async with client(server) as inventive:
        for number in range(50):
            await inventive.send(f'42["made-up-{number}"]')
            await call(inventive, "subscribe-repo", f"made-up-{number}")
    text = server.http.get("/metrics").text
    assert "made-up" not in text
    assert "event_1" not in text
    assert len(text.splitlines()) - before < 40  # codes that were not met before


@pytest.mark.parametrize("change", [run_reported(), job_reported()])
def test_what_a_newer_version_writes_can_be_read(change: Change) -> None:
    """Of two servers that are replaced one after the other, the older one reads what the newer one has written."""
    written = json.loads(encode(change))
    newer = {**written, "new": {"a": [1]}, "run": {**written["run"], "new": True}}
    assert decode(json.dumps(newer).encode()) == change
