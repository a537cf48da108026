"""Traces of deliveries for a collector, by OpenTelemetry: the extra ``otel``, imported only where one is set.

They are made afterwards, of the same times that ``omnilens trace`` prints. The id of a trace is the delivery's own,
where that is a GUID as GitHub's are, so one finds the other.
"""

from __future__ import annotations

import asyncio
import random
import threading
import zlib
from collections.abc import Iterator
from hashlib import sha256
from uuid import UUID

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.id_generator import IdGenerator
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace import SpanKind, set_span_in_context

from omnilens import __version__
from omnilens.pipeline.times import Shown, Taken, Times
from omnilens.pipeline.trace import journaled_at
from omnilens.settings import Share

PATIENCE = 2.0
"""Seconds for what waits to be sent when the server stops."""
UNNAMED = "unknown_service"
NANOSECONDS = 1_000_000_000

Part = tuple[str, float, float]


class Tracing:
    """Sends the traces of a share of all deliveries."""

    def __init__(self, endpoint: str, sample: Share) -> None:
        self._sample = sample.per_ten_thousand
        self._ids = _Ids()
        # What OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES say comes first.
        resource = Resource.create({"service.version": __version__})
        if str(resource.attributes.get("service.name", UNNAMED)).startswith(UNNAMED):
            resource = resource.merge(Resource({"service.name": "omnilens"}))
        self._provider = TracerProvider(
            sampler=ALWAYS_ON, resource=resource, id_generator=self._ids, shutdown_on_exit=False
        )
        self._provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=f"{endpoint}/v1/traces")))
        self._tracer = self._provider.get_tracer("omnilens", __version__)

    def send(self, taken: Taken, times: Times) -> None:
        if zlib.crc32(taken.delivery.encode()) % 10_000 >= self._sample:
            return
        shown = times.shown(taken.seq) if taken.seq and taken.outcome == "accepted" else None
        parts = list(_parts(taken, shown))
        offset = times.clock_offset
        self._ids.trace = trace_id(taken.delivery)
        about: dict[str, str | int] = {
            "omnilens.delivery": taken.delivery,
            "omnilens.outcome": taken.outcome,
            "omnilens.seq": taken.seq,
        }
        if shown is not None:
            about |= {"omnilens.subscribers": max(0, shown.subscribers), "omnilens.confirmed": shown.confirmed}
        whole = self._tracer.start_span(
            "delivery", kind=SpanKind.SERVER, attributes=about, start_time=_nanoseconds(taken.began + offset)
        )
        inside = set_span_in_context(whole)
        for name, began, ended in parts:
            part = self._tracer.start_span(name, context=inside, start_time=_nanoseconds(began + offset))
            part.end(_nanoseconds(ended + offset))
        whole.end(_nanoseconds(max(ended for _, _, ended in parts) + offset))

    async def close(self) -> None:
        # A collector that does not answer must not keep the server from ending.
        ending = threading.Thread(target=self._provider.shutdown, name="send the last traces", daemon=True)
        ending.start()
        await asyncio.to_thread(ending.join, PATIENCE)


class _Ids(IdGenerator):
    """The trace that is made next has the id that is set here."""

    def __init__(self) -> None:
        self.trace = 0
        self._random = random.SystemRandom()

    def generate_trace_id(self) -> int:
        return self.trace

    def generate_span_id(self) -> int:
        return self._random.getrandbits(64) or 1


def trace_id(delivery: str) -> int:
    """128 bits, and never none."""
    try:
        return UUID(delivery).int or 1
    except ValueError:
        return int.from_bytes(sha256(delivery.encode()).digest()[:16], "big") or 1


def _parts(taken: Taken, shown: Shown | None) -> Iterator[Part]:
    yield "receive", taken.began, taken.whole
    yield "verify", taken.whole, taken.verified
    if not taken.seq:
        yield "answer", taken.verified, taken.answered
        return
    yield "read", taken.verified, taken.offered
    yield "journal", taken.offered, max(taken.offered, journaled_at(taken, shown))
    if shown is None:
        return
    yield "merge", shown.began, shown.merged
    yield "broadcast", shown.merged, shown.delivered
    if shown.confirmed:
        yield "show", shown.delivered, shown.last


def _nanoseconds(seconds: float) -> int:
    return int(seconds * NANOSECONDS)
