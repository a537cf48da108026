"""From which addresses deliveries are taken."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnilens.addresses import shortened
from omnilens.errors import ForbiddenSource
from omnilens.pipeline.sources import Gate, networks
from omnilens.settings import Settings, SettingsError, Sources, as_text, load

GITHUB = ["192.30.252.0/22", "185.199.108.0/22", "2a0a:a440::/29"]


def sources(written: str) -> Sources:
    return settings(written).webhook_sources


def settings(written: str) -> Settings:
    return load(None, webhook_secrets=("s",), webhook_sources=written)


def admits(gate: Gate, client: str) -> bool:
    try:
        gate.check(client)
    except ForbiddenSource as error:
        assert (error.status, error.code) == (403, "forbidden-source")
        assert shortened(client) in error.message
        return False
    return True


@pytest.mark.parametrize(
    ("written", "client", "expected"),
    [
        ("any", "203.0.113.9", True),
        ("any", "unknown", True),
        ("github", "192.30.252.7", True),
        ("github", "::ffff:192.30.252.7", True),
        ("github", "2a0a:a440::7", True),
        ("github", "203.0.113.9", False),
        ("github", "127.0.0.1", False),
        ("github", "unknown", False),
        ("github", "", False),
        ("github,127.0.0.1", "127.0.0.1", True),
        ("github,127.0.0.1", "192.30.252.7", True),
        ("10.0.0.0/8,fd00::/8", "10.9.9.9", True),
        ("10.0.0.0/8,fd00::/8", "fd00::1", True),
        ("10.0.0.0/8", "192.30.252.7", False),
    ],
)
def test_who_may_deliver(written: str, client: str, expected: bool) -> None:
    gate = Gate(sources(written))
    if gate.asks_github:
        assert gate.learn(GITHUB)
    assert admits(gate, client) is expected


def test_what_was_never_known_refuses_nobody() -> None:
    gate = Gate(sources("github,10.0.0.0/8"))
    assert admits(gate, "203.0.113.9")
    assert not gate.learn([])
    assert not gate.learn(["0.0.0.0/0", "::/0", "nonsense", ""])
    assert (gate.allowed, admits(gate, "203.0.113.9")) == ((), True)


def test_what_was_known_last_stays() -> None:
    gate = Gate(sources("github"))
    assert gate.learn(GITHUB)
    assert not gate.learn([])
    assert not admits(gate, "203.0.113.9")
    assert gate.learn(["203.0.113.0/24"])
    assert (admits(gate, "203.0.113.9"), admits(gate, "192.30.252.7")) == (True, False)


@pytest.mark.parametrize("written", ["any", "github", "github,127.0.0.1", "10.0.0.0/8,fd00::/8"])
def test_how_it_is_written(written: str) -> None:
    assert as_text(sources(written)) == written


def test_nothing_is_everywhere() -> None:
    assert sources("") == sources("any") == sources("ANY") == Sources()


@pytest.mark.parametrize(
    ("written", "expected"), [("any,github", "besides"), ("gihtub", "10.0.0.0/8"), ("10.0.0.1/8", "should")]
)
def test_what_cannot_be_meant(written: str, expected: str) -> None:
    with pytest.raises(SettingsError, match=f"OMNILENS_WEBHOOK_SOURCES .*{expected}"):
        sources(written)


@given(st.lists(st.text() | st.ip_addresses().map(str) | st.just("10.0.0.0/8")))
def test_whatever_github_says(written: list[str]) -> None:
    found = networks(written)
    assert all(network.prefixlen for network in found)
    addresses = [each for each in written if "/" not in each and _is_address(each)]
    assert all(any(ipaddress.ip_address(each) in network for network in found) for each in addresses)


def _is_address(written: str) -> bool:
    try:
        ipaddress.ip_address(written)
    except ValueError:
        return False
    return True
