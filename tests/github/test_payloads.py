"""Reading GitHub's payloads: tolerant of what occurs, clear about what cannot be."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnilens.errors import DeliveryError, IncompletePayload, MalformedPayload
from omnilens.github.payloads import OtherPayload, PingPayload, WorkflowJobPayload, WorkflowRunPayload, read
from support.payloads import REPOSITORY, examples, job_payload, run_payload


def as_bytes(payload: Any) -> bytes:
    return json.dumps(payload).encode()


def with_run(**changes: Any) -> bytes:
    return as_bytes(run_payload(**changes))


@pytest.mark.node
@pytest.mark.parametrize(
    ("event", "kind"), [("workflow_run", WorkflowRunPayload), ("workflow_job", WorkflowJobPayload)]
)
def test_githubs_examples(event: str, kind: type) -> None:
    for example in examples()[event]:
        payload = read(event, as_bytes(example))
        assert isinstance(payload, kind)
        assert getattr(payload, event).id == example[event]["id"]


@pytest.mark.node
def test_githubs_pings() -> None:
    assert [type(read("ping", as_bytes(example))) for example in examples()["ping"]] == [PingPayload] * 4


@pytest.mark.node
def test_events_that_we_do_not_read() -> None:
    for event, each in examples().items():
        if event not in {"workflow_run", "workflow_job", "ping"}:
            assert read(event, as_bytes(each[0])) == OtherPayload()


NO_OBJECTS = [
    *(b"", b"{", as_bytes(run_payload()) + b"{}", b"{'a': 1}", b'{"a":1,}', b"[]", b'"x"', b"1", b"null"),
    *(b"\xef\xbb\xbf{}", b"\xff\xfe{\0}\0", b'{"workflow_run":{"id":1,"name":"\\ud800"}}'),
    *(b"[" * 100_000, b'{"workflow_run":' * 100_000),
]


@pytest.mark.parametrize("body", NO_OBJECTS)
@pytest.mark.parametrize("event", ["workflow_run", "star"])
def test_what_is_no_json_object_is_malformed(event: str, body: bytes) -> None:
    with pytest.raises(MalformedPayload):
        read(event, body)


WRONG_IDS: list[Any] = ["1", 1.5, -1, 2**63, True, None, [], {}]


@pytest.mark.parametrize(
    ("body", "where"),
    [
        (as_bytes({"action": "completed"}), "workflow_run"),
        (as_bytes({"action": "completed", "workflow_run": None}), "workflow_run"),
        (as_bytes({"action": "completed", "workflow_run": {"id": 123}}), "workflow_run.name"),
        (as_bytes({**run_payload(), "repository": None}), "repository"),
        (as_bytes({**run_payload(repository=REPOSITORY), "repository": None}), "repository"),
        (as_bytes({**run_payload(), "repository": {"full_name": "../../etc"}}), "repository.full_name"),
        *((with_run(id=wrong), "workflow_run.id") for wrong in WRONG_IDS),
        (b'{"workflow_run":{"id":1e400,"name":"CI"}}', "workflow_run.id"),
        (with_run(updated_at="garbage"), "workflow_run.updated_at"),
        (with_run(run_attempt=0), "workflow_run.run_attempt"),
        (with_run(name=5), "workflow_run.name"),
    ],
)
def test_what_is_missing_or_wrong_is_named(body: bytes, where: str) -> None:
    with pytest.raises(IncompletePayload, match=where):
        read("workflow_run", body)


def test_a_real_delivery_without_its_repository_is_incomplete() -> None:
    payload = run_payload(repository=REPOSITORY)
    del payload["repository"]
    with pytest.raises(IncompletePayload, match="repository"):
        read("workflow_run", as_bytes(payload))
    job = job_payload()
    del job["repository"]
    with pytest.raises(IncompletePayload, match="repository"):
        read("workflow_job", as_bytes(job))


def test_what_github_leaves_empty_is_fine() -> None:
    nothing = dict.fromkeys(("conclusion", "name", "head_branch", "actor", "pull_requests", "run_attempt", "path"))
    payload = read("workflow_run", with_run(**nothing))
    assert isinstance(payload, WorkflowRunPayload)
    assert payload.workflow_run.name is None


def test_bytes_that_are_no_text_are_malformed_where_they_are_read() -> None:
    with pytest.raises(MalformedPayload):
        read("workflow_run", b'{"workflow_run":{"id":1,"name":"\xff"}}')
    assert read("star", b'{"name":"\xff"}') == OtherPayload()


def test_names_of_python_and_javascript_are_plain_data() -> None:
    payload = {**run_payload(), "__proto__": {"a": 1}, "constructor": 1, "__class__": "x"}
    assert read("workflow_run", as_bytes(payload)) == read("workflow_run", as_bytes(run_payload()))


@given(st.sampled_from(["workflow_run", "workflow_job", "ping", "star"]), st.binary(max_size=300))
def test_bytes_never_crash_it(event: str, body: bytes) -> None:
    try:
        read(event, body)
    except DeliveryError as error:
        assert error.status == 400


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=10,
)


@given(st.dictionaries(st.sampled_from(sorted(run_payload()["workflow_run"])), JSON))
def test_no_value_in_any_field_crashes_it(changes: dict[str, Any]) -> None:
    try:
        read("workflow_run", json.dumps(run_payload(**changes)).encode())
    except DeliveryError as error:
        assert error.status == 400
