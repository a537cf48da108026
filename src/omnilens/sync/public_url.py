"""Whether GitHub can deliver to the address that people open. Pure, so it goes by what is written, not by trying."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from omnilens.settings import is_loopback

_PRIVATE_NAMES = (".local", ".localdomain", ".internal", ".intranet", ".lan", ".home.arpa", ".localhost")
"""Ends of names that are not known in public: https://www.rfc-editor.org/rfc/rfc6762#appendix-G"""


def unreachable(public_url: str, api_url: str) -> str | None:
    """Why the GitHub whose API is at `api_url` cannot deliver to `public_url`, as far as the addresses tell.

    An Enterprise Server may well reach a private network, and one on this machine also this machine.
    """
    there, api = urlsplit(public_url), urlsplit(api_url)
    host = there.hostname or ""
    if is_loopback(api.hostname or ""):
        return None
    if is_loopback(host):
        return _set(f"GitHub cannot reach {public_url}, which is this very machine")
    if not is_public(api_url):
        return None
    if _is_private(host):
        return _set(f"GitHub cannot reach {public_url}, which is an address inside your network")
    if there.scheme != "https":
        return _set(f"To {public_url} deliveries would travel for all to read")
    return None


def unwise(public_url: str, api_url: str) -> str | None:
    """What is wrong with an address that can be reached."""
    if unreachable(public_url, api_url) or is_loopback(urlsplit(public_url).hostname or ""):
        return None
    if urlsplit(public_url).scheme != "https":
        return f"To {public_url} deliveries travel for all to read in your network. Put TLS in front."
    return None


def is_public(api_url: str) -> bool:
    """Whether this is the GitHub that everybody shares, which delivers from outside."""
    host = urlsplit(api_url).hostname or ""
    return host == "api.github.com" or host.endswith(".ghe.com")


def _is_private(host: str) -> bool:
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return "." not in host or host.endswith(_PRIVATE_NAMES)


def _set(why: str) -> str:
    return f"{why}. Set OMNILENS_PUBLIC_URL to the https:// address that people open from anywhere."
