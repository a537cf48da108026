"""Posting to addresses that browsers name: anybody's, but never one within our own network.

The address is looked up here and the connection made to what was found, so that nobody can answer one question with a
public address and the next with a private one.
"""

from __future__ import annotations

import asyncio
import socket
from functools import cached_property
from ipaddress import ip_address
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import SplitResult, urlsplit

from omnilens.people.notices.envelope import Envelope
from omnilens.people.notices.reachable import Refused

if TYPE_CHECKING:
    import httpx2

TIMEOUT = 10.0
"""Seconds for one message."""


class Target(NamedTuple):
    """Where a message goes."""

    url: str
    """With the address that was found in the place of the name."""
    host: str
    """As the other end knows itself."""


class Unreachable(Exception):
    """Nobody answered."""


class Post:
    """Sends envelopes."""

    def __init__(self, *, loopback: bool) -> None:
        """With `loopback`, this machine may be sent to as well, also without TLS: for those who try things out."""
        self._loopback = loopback

    async def send(self, endpoint: str, envelope: Envelope) -> int:
        """Post it. Returns the status.

        Raises:
            Refused: the endpoint is none that anything is sent to.
            Unreachable: nobody answered there.
        """
        import httpx2  # only here: it takes ten megabytes

        target = await self.target(endpoint)
        headers = {**envelope.headers, "host": urlsplit(endpoint).netloc}
        named = {"sni_hostname": target.host} if endpoint.startswith("https:") else {}
        request = self._http.build_request("POST", target.url, content=envelope.body, headers=headers, extensions=named)
        try:
            answer = await self._http.send(request, stream=True)
            await answer.aclose()  # what it says beside the status is nothing to us
        except httpx2.HTTPError as error:
            raise Unreachable from error
        return answer.status_code

    async def target(self, endpoint: str) -> Target:
        """Look up an endpoint.

        Raises:
            Refused: nothing is sent there.
        """
        parts = _parts(endpoint)
        host = parts.hostname or ""
        port = parts.port or (443 if parts.scheme == "https" else 80)
        try:
            loop = asyncio.get_running_loop()
            found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise Refused(f"{host[:100]} cannot be found.") from error
        addresses = [ip_address(str(each[4][0])) for each in found]
        local = self._loopback and all(each.is_loopback for each in addresses)
        if not local and (parts.scheme != "https" or not all(_is_public(str(each)) for each in addresses)):
            raise Refused(f"{host[:100]} is no public address with https.")
        first = f"[{addresses[0]}]" if addresses[0].version == 6 else str(addresses[0])
        return Target(parts._replace(netloc=f"{first}:{port}").geturl(), host)

    async def close(self) -> None:
        if "_http" in vars(self):
            await self._http.aclose()

    @cached_property
    def _http(self) -> httpx2.AsyncClient:
        import httpx2

        return httpx2.AsyncClient(timeout=TIMEOUT, trust_env=False, follow_redirects=False)


def _parts(endpoint: str) -> SplitResult:
    try:
        parts = urlsplit(endpoint)
        usable = parts.scheme in {"https", "http"} and parts.hostname and parts.username is None
        _ = parts.port
    except ValueError as error:
        raise Refused("It is no address.") from error
    if not usable or not endpoint.isascii() or not endpoint.isprintable():
        raise Refused("It is no address.")
    return parts


def _is_public(address: str) -> bool:
    found = ip_address(address)
    mapped = getattr(found, "ipv4_mapped", None)
    found = mapped or found
    return found.is_global and not found.is_multicast
