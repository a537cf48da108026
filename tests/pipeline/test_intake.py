"""The endpoint over real HTTP: every refusal has its status and code, and changes nothing."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from omnilens.demo.sender import PATH, body_of, headers_of
from omnilens.github.signature import sign
from omnilens.pipeline import exchange, flow
from support.changes import at
from support.payloads import REPOSITORY, ago, examples, job_payload, run_payload
from support.server import SECRET, LiveServer
from support.waiting import eventually


@pytest.fixture(scope="module")
def shared() -> Iterator[LiveServer]:
    """One server for tests that only look at answers, or at runs of their own."""
    with LiveServer(webhook_rate_limit="100000/minute") as live:
        yield live


def code(answer: Any) -> tuple[int, str]:
    body = answer.json()
    assert set(body) == {"error", "code"}
    assert body["error"].endswith(".") or body["error"].endswith("?")
    return answer.status_code, body["code"]


def test_an_accepted_delivery_is_answered_as_the_contract_says(server: LiveServer) -> None:
    payload = run_payload(id=7, name="Build")
    assert server.post("workflow_run", payload, "72d3162e-cc78-11e3-81ab-4c9367dc0958").json() == {
        "success": True,
        "deliveryId": "72d3162e-cc78-11e3-81ab-4c9367dc0958",
        "duplicate": False,
        "event": "workflow_run",
        "workflowName": "Build",
        "htmlUrl": "https://github.com/octo-org/octo-repo/actions/runs/7",
        "repoSlug": "octo-repo",
        "runId": 7,
        "seq": 1,
    }


def test_the_same_delivery_or_the_same_body_again_has_no_effect(server: LiveServer) -> None:
    payload = run_payload()
    assert server.post("workflow_run", payload, "one").json()["duplicate"] is False
    for delivery_id in ("one", "two"):
        again = server.post("workflow_run", payload, delivery_id)
        assert (again.status_code, again.json()["duplicate"], again.json()["seq"]) == (200, True, 1)
    assert server.count("omnilens_webhook_deliveries_total", event="workflow_run", result="duplicate") == 2


def test_the_payload_that_the_requirement_gives_for_injection(server: LiveServer) -> None:
    malicious = {
        "action": "completed",
        "workflow_run": {
            "id": 123,
            "name": '<script>alert("xss")</script>',
            "status": "completed",
            "html_url": 'javascript:alert("xss")',
        },
    }
    answer = server.post("workflow_run", malicious, x_github_delivery="")
    assert answer.status_code == 200
    assert answer.json()["workflowName"] == 'alert("xss")'
    assert answer.json()["htmlUrl"] is None
    assert answer.json()["ignored"] == "unmapped-repository"

    mapped = server.post("workflow_run", {**malicious, "repository": {"full_name": "owner/repo1"}})
    assert mapped.json()["repoSlug"] == "repo1"
    (run,) = eventually(lambda: server.runs("repo1"))
    assert (run["name"], run["html_url"]) == ('alert("xss")', None)


def test_the_requirements_smallest_delivery(shared: LiveServer) -> None:
    payload = {"action": "completed", "workflow_run": {"id": 123, "name": "CI Pipeline"}}
    assert shared.post("workflow_run", payload, x_github_delivery="").status_code == 200


def test_without_a_signature(shared: LiveServer) -> None:
    answer = shared.post("workflow_run", run_payload(id=100), x_hub_signature_256="")
    assert code(answer) == (401, "missing-signature")
    assert code(shared.post_raw(b"{}", {"content-type": "application/json"})) == (401, "missing-signature")


@pytest.mark.parametrize("signature", ["invalid-signature", "sha256=" + "0" * 64, "sha1=" + "0" * 40, "\xe9" * 71])
def test_a_wrong_signature(shared: LiveServer, signature: str) -> None:
    body = body_of(run_payload(id=100))
    headers = {**headers_of("workflow_run", body, b"x"), "x-hub-signature-256": signature}
    raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    assert code(shared.http.post(PATH, content=body, headers=raw)) == (401, "invalid-signature")


def test_an_altered_body(shared: LiveServer) -> None:
    body = body_of(run_payload(id=100))
    headers = headers_of("workflow_run", body, SECRET.encode())
    assert code(shared.post_raw(body.replace(b"CI", b"XX"), headers)) == (401, "invalid-signature")
    reserialised = json.dumps(json.loads(body), indent=1).encode()
    assert code(shared.post_raw(reserialised, headers)) == (401, "invalid-signature")


def test_any_of_several_secrets(shared: LiveServer) -> None:
    with LiveServer(webhook_secrets="new,old") as server:
        body = body_of(run_payload())
        for secret, status in ((b"old", 200), (b"new", 200), (b"older", 401)):
            assert server.post_raw(body, headers_of("workflow_run", body, secret)).status_code == status


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"{", "malformed-payload"),
        (b"", "malformed-payload"),
        (b"[]", "malformed-payload"),
        (b"[" * 100_000, "malformed-payload"),
        (b'{"action":"completed"}', "incomplete-payload"),
        (b'{"action":"completed","workflow_run":{"id":123}}', "incomplete-payload"),
        (body_of(run_payload(id="x")), "incomplete-payload"),
        (body_of({**run_payload(), "repository": None}), "incomplete-payload"),
        (body_of(run_payload(updated_at="yesterday")), "incomplete-payload"),
    ],
)
def test_signed_but_not_what_it_should_be(shared: LiveServer, body: bytes, expected: str) -> None:
    assert code(shared.post("workflow_run", body)) == (400, expected)


def test_headers_that_are_missing_or_strange(shared: LiveServer) -> None:
    payload = run_payload(id=100)
    assert code(shared.post("workflow_run", payload, x_github_event="")) == (400, "missing-header")
    assert code(shared.post("Workflow Run!", payload)) == (400, "invalid-header")
    assert code(shared.post("workflow_run", payload, "x" * 101)) == (400, "invalid-header")
    body = body_of(payload)
    twice = [*headers_of("workflow_run", body, SECRET.encode()).items(), ("x-github-event", "ping")]
    assert code(shared.http.post(PATH, content=body, headers=twice)) == (400, "invalid-header")


@pytest.mark.parametrize("content_type", ["", "text/plain", "application/x-www-form-urlencoded", "application/jsonx"])
def test_another_content_type(shared: LiveServer, content_type: str) -> None:
    answer = shared.post("workflow_run", run_payload(id=100), content_type=content_type)
    assert code(answer) == (415, "unsupported-content-type")


def test_the_content_type_may_have_parameters(shared: LiveServer) -> None:
    answer = shared.post("workflow_run", run_payload(id=101), content_type="Application/JSON ; charset=utf-8")
    assert answer.status_code == 200


def test_a_compressed_body_is_never_inflated(shared: LiveServer) -> None:
    answer = shared.post("workflow_run", run_payload(id=100), content_encoding="gzip")
    assert code(answer) == (415, "unsupported-content-type")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_another_method(shared: LiveServer, method: str) -> None:
    answer = shared.http.request(method, PATH)
    assert code(answer) == (405, "method-not-allowed")
    assert answer.headers["allow"] == "POST"


def test_an_announced_size_over_the_limit_is_refused_before_the_body() -> None:
    with LiveServer(max_body=1000) as server, socket.create_connection(("127.0.0.1", server.port), timeout=5) as client:
        head = (
            f"POST {PATH} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nX-Hub-Signature-256: x\r\n"
        )
        client.sendall(f"{head}Content-Length: 1001\r\n\r\n".encode())  # and not one byte of it
        answer = client.makefile("rb").read()  # to the end: the connection is closed
        assert answer.startswith(b"HTTP/1.1 413 ")
        assert b'"code":"body-too-large"' in answer


def test_a_body_that_grows_past_the_limit_is_refused() -> None:
    def growing() -> Iterator[bytes]:
        for _ in range(100):
            yield b" " * 1000

    with LiveServer(max_body=5000) as server:
        headers = {"content-type": "application/json", "x-hub-signature-256": "x"}
        assert code(server.http.post(PATH, content=growing(), headers=headers)) == (413, "body-too-large")


def test_stale_deliveries_are_refused_or_taken_into_history(shared: LiveServer) -> None:
    old = run_payload(id=200, run_started_at=ago(4000), updated_at=ago(3000))
    assert code(shared.post("workflow_run", old)) == (400, "stale-delivery")
    with LiveServer(stale_deliveries="history") as server:
        assert server.post("workflow_run", old).status_code == 200
        eventually(lambda: server.runs("octo-repo") or server.omnilens.store.run("octo-repo", 200))
        assert server.omnilens.store.seq("octo-repo") == 0


@pytest.mark.parametrize(
    ("event", "payload", "ignored"),
    [
        ("ping", {"zen": "Design for failure.", "hook_id": 1}, "ping"),
        ("star", {"action": "created"}, "unknown-event"),
        ("workflow_run", run_payload(action="exploded"), "unknown-action"),
        ("workflow_job", job_payload(action="exploded"), "unknown-action"),
    ],
)
def test_what_says_nothing_to_us_is_accepted_and_counted(
    shared: LiveServer, event: str, payload: Any, ignored: str
) -> None:
    label = "other" if event == "star" else event
    before = shared.count("omnilens_webhook_deliveries_total", event=label, result=ignored)
    answer = shared.post(event, payload)
    assert (answer.status_code, answer.json()["ignored"]) == (200, ignored)
    assert shared.count("omnilens_webhook_deliveries_total", event=label, result=ignored) == before + 1


def test_repositories_that_are_not_on_the_board_are_counted() -> None:
    with LiveServer(repositories="acme/api") as server:
        assert server.post("workflow_run", run_payload()).json()["ignored"] == "unmapped-repository"
        assert server.count("omnilens_unmapped_deliveries_total") == 1
        assert server.get("/api/repos")["repos"][0]["full_name"] == "acme/api"


def test_a_renamed_repository_is_followed_by_its_id() -> None:
    with LiveServer(repositories="octo-org/octo-repo=board") as server:
        server.post("workflow_run", run_payload(id=1))
        renamed = {**run_payload(id=2), "repository": {**REPOSITORY, "full_name": "new-org/new-name"}}
        assert server.post("workflow_run", renamed).json()["repoSlug"] == "board"
        assert server.get("/api/repos")["repos"][0]["full_name"] == "new-org/new-name"


def test_callers_without_a_valid_signature_are_limited_and_signed_ones_are_not() -> None:
    with LiveServer(webhook_rate_limit="3/minute") as server:
        unsigned = [server.post("workflow_run", run_payload(), x_hub_signature_256="") for _ in range(5)]
        assert [answer.status_code for answer in unsigned] == [401, 401, 401, 429, 429]
        assert code(unsigned[-1]) == (429, "too-many-requests")
        assert 0 < int(unsigned[-1].headers["retry-after"]) <= 20
        wrong = server.post("workflow_run", run_payload(), x_hub_signature_256="sha256=" + "0" * 64)
        assert code(wrong) == (429, "too-many-requests")
        signed = [server.post("workflow_run", run_payload(id=number)) for number in range(100)]
        assert {answer.status_code for answer in signed} == {200}


def test_a_forged_address_does_not_get_around_the_limit() -> None:
    with LiveServer(webhook_rate_limit="1/minute") as server:
        for number, expected in enumerate((401, 429, 429)):
            headers = {"x_hub_signature_256": "", "x_forwarded_for": f"192.0.2.{number}"}
            assert server.post("workflow_run", run_payload(), **headers).status_code == expected


def test_behind_a_trusted_proxy_each_address_has_its_own_limit() -> None:
    with LiveServer(webhook_rate_limit="1/minute", trusted_proxies="127.0.0.0/8") as server:
        for address, expected in (("192.0.2.1", 401), ("192.0.2.2", 401), ("192.0.2.1", 429)):
            headers = {"x_hub_signature_256": "", "x_forwarded_for": f"203.0.113.1, {address}"}
            assert server.post("workflow_run", run_payload(), **headers).status_code == expected


def test_a_refused_delivery_changes_nothing(server: LiveServer) -> None:
    body = body_of(run_payload())
    server.post("workflow_run", body, x_hub_signature_256="sha256=" + "0" * 64)
    server.post("workflow_run", body[:-5])
    server.post("workflow_run", run_payload(updated_at=ago(4000)))
    assert server.get("/api/repos")["repos"] == []
    assert server.post("workflow_run", body).json() | {"deliveryId": ""} == {
        "success": True,
        "deliveryId": "",
        "duplicate": False,
        "event": "workflow_run",
        "workflowName": "CI",
        "htmlUrl": "https://github.com/octo-org/octo-repo/actions/runs/1",
        "repoSlug": "octo-repo",
        "runId": 1,
        "seq": 1,
    }


def test_a_hundred_at_once_without_a_drop(server: LiveServer) -> None:
    """The requirement's flood: every second one completed, all of one repository."""
    import httpx2

    async def flood() -> list[int]:
        async with httpx2.AsyncClient(base_url=server.url, timeout=30, trust_env=False) as client:
            bodies = [
                body_of(
                    {
                        "repository": {"full_name": "owner/repo1"},
                        "workflow_run": {
                            "id": 2000 + number,
                            "name": f"Load Test Workflow {number}",
                            "status": "in_progress" if number % 2 else "completed",
                            "conclusion": None if number % 2 else "success",
                        },
                    }
                )
                for number in range(100)
            ]
            posts = [
                client.post(PATH, content=b, headers=headers_of("workflow_run", b, SECRET.encode())) for b in bodies
            ]
            return [answer.status_code for answer in await asyncio.gather(*posts)]

    assert asyncio.run(flood()) == [200] * 100
    eventually(lambda: len(server.runs("repo1")) == 100)


@pytest.mark.node
@pytest.mark.parametrize("event", ["workflow_run", "workflow_job", "ping"])
def test_every_example_that_github_publishes(event: str) -> None:
    with LiveServer(stale_deliveries="history") as server:
        for example in examples()[event]:
            answer = server.post(event, example)
            assert answer.status_code == 200, answer.text
            assert answer.json().get("ignored") == ("ping" if event == "ping" else None)
        named = {each[event].get("run_id", each[event]["id"]) for each in examples()[event] if event != "ping"}
        assert _runs_on_board(server) == named


def _runs_on_board(server: LiveServer) -> set[int]:
    """Of whatever day."""
    store, slugs = server.omnilens.store, [repository.slug for repository in server.omnilens.repositories.all()]
    return {view.run.id for slug in slugs for view in store.runs(slug, at(-1e9), at(1e9))}


def test_who_hangs_up_before_its_body_is_complete_is_only_counted(server: LiveServer) -> None:
    body = body_of(run_payload())
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as client:
        headers = {**headers_of("workflow_run", body, SECRET.encode()), "content-length": str(len(body)), "host": "x"}
        head = f"POST {PATH} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in headers.items()) + "\r\n"
        client.sendall(head.encode() + body[:100])
    eventually(lambda: server.count("omnilens_webhook_deliveries_total", event="workflow_run", result="client-gone"))
    assert server.get("/api/repos")["repos"] == []


def test_who_hangs_up_after_its_body_has_been_heard(server: LiveServer) -> None:
    body = body_of(run_payload())
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as client:
        headers = {**headers_of("workflow_run", body, SECRET.encode()), "content-length": str(len(body)), "host": "x"}
        head = f"POST {PATH} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in headers.items()) + "\r\n"
        client.sendall(head.encode() + body)
    eventually(lambda: server.get("/api/repos")["repos"] and server.runs("octo-repo"))


def test_a_body_that_does_not_arrive_is_given_up(server: LiveServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange, "BODY_TIMEOUT", 0.05)
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as client:
        head = f"POST {PATH} HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{{"
        client.sendall(head.encode())
        answer = client.makefile("rb").read()
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b'"code":"body-timeout"' in answer


def test_a_bug_of_ours_is_answered_without_its_details(server: LiveServer, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("the secret details")

    monkeypatch.setattr(flow, "normalise", broken)
    answer = server.post("workflow_run", run_payload())
    assert code(answer) == (500, "internal-error")
    assert "secret" not in answer.text
    assert server.count("omnilens_webhook_deliveries_total", event="workflow_run", result="internal-error") == 1
    monkeypatch.undo()
    assert server.post("workflow_run", run_payload()).status_code == 200  # it was not taken, so it is no duplicate


def test_a_large_body_is_fine_as_long_as_it_is_under_the_limit(server: LiveServer) -> None:
    payload = {**run_payload(), "ballast": "x" * 3_000_000}
    assert server.post("workflow_run", payload).status_code == 200


def test_signing_is_what_github_does() -> None:
    assert sign(b"Hello, World!", SECRET.encode()).endswith(b"043e17")


def test_a_delivery_from_elsewhere_is_refused_before_its_body_and_its_signature() -> None:
    with LiveServer(webhook_sources="192.0.2.0/24", trusted_proxies="127.0.0.0/8") as server:
        refused = server.post("workflow_run", run_payload(), x_forwarded_for="198.51.100.7")
        assert code(refused) == (403, "forbidden-source")
        assert code(server.post("workflow_run", run_payload())) == (403, "forbidden-source")
        assert server.post("workflow_run", run_payload(), x_forwarded_for="192.0.2.9").status_code == 200
        labels = {"event": "workflow_run", "result": "forbidden-source"}
        assert server.count("omnilens_webhook_deliveries_total", **labels) == 2
