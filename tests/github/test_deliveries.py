"""What the headers of a delivery say."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from omnilens.errors import InvalidHeader, MissingHeader
from omnilens.github.deliveries import Delivery, Request, identify

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def identified(headers: dict[bytes, bytes], body: bytes = b"{}") -> Delivery:
    return identify(Request(headers, body, NOW))


def test_the_event_and_the_id() -> None:
    delivery = identified({b"x-github-event": b"workflow_run", b"x-github-delivery": b"72d3162e-cc78-11e3"})
    assert (delivery.event, delivery.id, delivery.received_at) == ("workflow_run", "72d3162e-cc78-11e3", NOW)


@pytest.mark.parametrize("headers", [{}, {b"x-github-event": b""}])
def test_an_event_is_needed(headers: dict[bytes, bytes]) -> None:
    with pytest.raises(MissingHeader, match="X-GitHub-Event"):
        identified(headers)


@pytest.mark.parametrize("event", [b"Workflow Run", b"a" * 65, b"x\r\ny", "ü".encode(), b"../x"])
def test_an_event_has_a_name(event: bytes) -> None:
    with pytest.raises(InvalidHeader, match="X-GitHub-Event"):
        identified({b"x-github-event": event})


@pytest.mark.parametrize("delivery_id", [b"", b"a" * 101, b"a b", b"a\r\nb", b"\x1b[31m", "ü".encode()])
def test_an_id_is_one_short_word(delivery_id: bytes) -> None:
    with pytest.raises(InvalidHeader, match="X-GitHub-Delivery"):
        identified({b"x-github-event": b"ping", b"x-github-delivery": delivery_id})


def test_without_an_id_the_body_is_one() -> None:
    event = {b"x-github-event": b"ping"}
    assert identified(event, b"a").id == identified(event, b"a").id != identified(event, b"b").id
