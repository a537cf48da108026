"""Traces as a collector gets them: a real one over HTTP, from a real server."""

from __future__ import annotations

import gzip
import itertools
import threading
import zlib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from omnilens import settings
from omnilens.oncall import measuring
from omnilens.settings import SettingsError, collector, load
from support.payloads import run_payload
from support.server import LiveServer
from support.waiting import eventually

GUID = "72d3162e-cc78-11e3-81ab-4c9367dc0958"


class Collector:
    """Takes what OTLP says, and remembers the spans."""

    def __init__(self) -> None:
        self.services: set[str] = set()
        self.spans: list[Any] = []
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                body = gzip.decompress(body) if self.headers.get("content-encoding") == "gzip" else body
                collector.take(self.path, ExportTraceServiceRequest.FromString(body))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def take(self, path: str, said: Any) -> None:
        assert path == "/v1/traces"
        for resource in said.resource_spans:
            named = {each.key: each.value.string_value for each in resource.resource.attributes}
            self.services.add(named["service.name"])
            for scope in resource.scope_spans:
                self.spans += scope.spans

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def collecting(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    monkeypatch.setattr(measuring, "EVERY", 0.02)
    monkeypatch.setattr(measuring, "LEFT_ALONE", 0.0)
    collector = Collector()
    yield collector
    collector.close()


def test_a_delivery_is_one_trace_under_its_own_id(collecting: Collector) -> None:
    with LiveServer(otel_endpoint=collecting.url, otel_sample="on") as server:
        server.post("workflow_run", run_payload(id=7), GUID)
        server.post("workflow_run", run_payload(id=7, name="Nightly"), GUID)
        eventually(lambda: server.count("omnilens_github_to_receipt_seconds_count"))
    eventually(lambda: len(collecting.spans) >= 9)
    assert collecting.services == {"omnilens"}
    assert {span.trace_id.hex() for span in collecting.spans} == {GUID.replace("-", "")}
    whole, again = (span for span in collecting.spans if span.name == "delivery")
    facts = {each.key: each.value for each in whole.attributes}
    assert (facts["omnilens.delivery"].string_value, facts["omnilens.seq"].int_value) == (GUID, 1)
    parts = [span for span in collecting.spans if span.parent_span_id == whole.span_id]
    assert [span.name for span in parts] == ["receive", "verify", "read", "journal", "merge", "broadcast"]
    for before, after in itertools.pairwise(parts):
        assert before.start_time_unix_nano <= before.end_time_unix_nano <= after.start_time_unix_nano
    assert whole.end_time_unix_nano == parts[-1].end_time_unix_nano
    assert {each.key: each.value for each in again.attributes}["omnilens.outcome"].string_value == "duplicate"


def test_a_share_is_always_of_the_same_deliveries(collecting: Collector) -> None:
    with LiveServer(otel_endpoint=collecting.url, otel_sample="50%") as server:
        for number in range(12):
            server.post("workflow_run", run_payload(id=number + 1), f"d-{number}")
        eventually(lambda: server.count("omnilens_github_to_receipt_seconds_count") == 12)
    found = {each.value.string_value for span in collecting.spans for each in span.attributes if "delivery" in each.key}
    assert found == {name for name in map("d-{}".format, range(12)) if zlib.crc32(name.encode()) % 10_000 < 5_000}
    assert 0 < len(found) < 12


def test_a_collector_that_does_not_answer_is_nobodys_problem() -> None:
    with LiveServer(otel_endpoint="http://127.0.0.1:9", otel_sample="on") as server:
        assert server.post("workflow_run", run_payload(id=7)).status_code == 200


def test_the_standard_variable_is_read_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318/")
    assert load(None, webhook_secrets=("secret",)).otel_endpoint == "http://collector:4318"
    monkeypatch.setenv("OMNILENS_OTEL_ENDPOINT", "http://ours:4318")
    assert load(None, webhook_secrets=("secret",)).otel_endpoint == "http://ours:4318"


def test_without_the_extra_a_start_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collector, "NEEDED", "opentelemetry_that_is_not_installed.exporter")
    with pytest.raises(SettingsError) as refused:
        load(None, webhook_secrets=("secret",), otel_endpoint="http://collector:4318")
    assert refused.value.problems == [
        "OMNILENS_OTEL_ENDPOINT takes the extra otel: pip install 'omnilens-dashboard[otel]', or leave it out"
    ]
    assert settings.load(None, webhook_secrets=("secret",)).otel_endpoint is None
