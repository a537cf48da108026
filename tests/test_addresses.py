"""Whose request it is."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnilens.addresses import ClientAddresses, group_of, is_this_machine, shortened

PROXIES = [ipaddress.ip_network("127.0.0.1"), ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_network("fd00::/8")]


def client(peer: str, *forwarded: str, trusted: list[ipaddress.IPv4Network | ipaddress.IPv6Network] = PROXIES) -> str:
    return ClientAddresses(trusted).of(peer, {"x-forwarded-for": forwarded} if forwarded else {})


@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        ("192.0.2.1", [], "192.0.2.1"),
        ("127.0.0.1", [], "127.0.0.1"),
        ("127.0.0.1", ["192.0.2.7"], "192.0.2.7"),
        ("127.0.0.1", ["203.0.113.9, 192.0.2.7"], "192.0.2.7"),  # whatever the client itself wrote stands before
        ("127.0.0.1", ["192.0.2.7, 10.1.2.3"], "192.0.2.7"),
        ("127.0.0.1", ["192.0.2.7", "10.1.2.3"], "192.0.2.7"),
        ("127.0.0.1", ["10.9.9.9, 10.1.2.3"], "10.9.9.9"),
        ("127.0.0.1", ["192.0.2.7:4711"], "192.0.2.7"),
        ("127.0.0.1", ["[2001:db8::7]:4711"], "2001:db8::7"),
        ("fd00::1", ["2001:db8::7"], "2001:db8::7"),
        ("::ffff:127.0.0.1", ["::ffff:192.0.2.7"], "192.0.2.7"),
        ("127.0.0.1", ["unknown"], "127.0.0.1"),
        ("127.0.0.1", ["192.0.2.7, _hidden"], "127.0.0.1"),
        ("127.0.0.1", [""], "127.0.0.1"),
        ("local", ["192.0.2.7"], "local"),
    ],
)
def test_the_nearest_that_is_no_trusted_proxy(peer: str, forwarded: list[str], expected: str) -> None:
    assert client(peer, *forwarded) == expected


@given(st.text(max_size=60))
def test_nobody_else_is_believed(forged: str) -> None:
    assert client("192.0.2.1", forged) == "192.0.2.1"
    assert client("127.0.0.1", forged, trusted=[]) == "127.0.0.1"


@given(st.text(max_size=60))
def test_whatever_is_written_the_result_is_an_address(written: str) -> None:
    ipaddress.ip_address(client("127.0.0.1", written))


def test_a_subscriber_to_ipv6_is_counted_once() -> None:
    assert group_of("2001:db8::1") == group_of("2001:db8::ffff:1") != group_of("2001:db8:0:1::1")
    assert group_of("192.0.2.1") == group_of("::ffff:192.0.2.1") != group_of("192.0.2.2")
    assert group_of("local") == "local"


@pytest.mark.parametrize(
    ("address", "expected"),
    [("127.0.0.1", True), ("127.8.8.8", True), ("::1", True), ("192.0.2.1", False), ("local", False)],
)
def test_this_machine(address: str, expected: bool) -> None:
    assert is_this_machine(address) is expected


@pytest.mark.parametrize(
    ("client", "expected"),
    [
        ("203.0.113.97", "203.0.113.0/24"),
        ("2001:db8:1234:5678::9", "2001:db8:1234::/48"),
        ("::ffff:203.0.113.97", "203.0.113.0/24"),
        ("127.0.0.1", "127.0.0.1"),
        ("::1", "::1"),
        ("unix:", "unknown"),
        ("<script>", "unknown"),
    ],
)
def test_logs_have_the_network_and_not_the_address(client: str, expected: str) -> None:
    assert shortened(client) == expected
