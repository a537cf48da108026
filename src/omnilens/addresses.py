"""Whose request it is: the address of a client behind proxies that the operator trusts.

Anybody can write an ``X-Forwarded-For``, so it only counts as far as those who wrote it are trusted: each proxy adds
the address it was called from at the end of the list, see
https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/X-Forwarded-For.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address

FORWARDED_FOR = "x-forwarded-for"
MAX_HOPS = 20
"""Proxies in a row that are looked behind."""


class ClientAddresses:
    """Finds the nearest address that is not a trusted proxy's own."""

    def __init__(self, trusted: Sequence[Network]) -> None:
        self._trusted = trusted

    def of(self, peer: str, headers: Mapping[str, Sequence[str]]) -> str:
        """The client of a request from `peer`, with headers by lower-case name.

        What cannot be read as an address ends the search: then whoever wrote it is the client.
        """
        client = peer
        if not self._trusted or FORWARDED_FOR not in headers:
            return client
        hops = ",".join(headers[FORWARDED_FOR]).split(",")[-MAX_HOPS:]
        for hop in reversed(hops):
            address = parse(client)
            if address is None or not any(address in network for network in self._trusted):
                break
            behind = parse(hop)
            if behind is None:
                break
            client = str(behind)
        return client


def parse(text: str) -> Address | None:
    """An address as proxies write it: IPv6 perhaps in brackets, perhaps with a port, IPv4 perhaps within IPv6."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def group_of(client: str) -> str:
    """What is counted as one: an IPv4 address, or the /64 that one IPv6 subscriber gets whole (RFC 6177)."""
    if ":" not in client:
        return client
    address = parse(client)
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, 64), strict=False))
    return client if address is None else str(address)


def shortened(client: str) -> str:
    """A client for the log: the /24 or /48 that its address is in, which says where it is but not whose it is."""
    address = parse(client)
    if address is None or address.is_loopback:
        return client if address else "unknown"
    return str(ipaddress.ip_network((address, 24 if address.version == 4 else 48), strict=False))


def is_this_machine(client: str) -> bool:
    """Whether a connection came from the machine that it goes to."""
    if ":" not in client:
        return client.startswith("127.")
    address = parse(client)
    return address is not None and address.is_loopback
