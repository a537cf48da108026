"""What people write for a repository: ``owner/name``, or an address of something in it. Pure."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit

LONGEST = 500
"""Characters; GitHub's own addresses have less."""

_PRINTABLE = re.compile(rf"[!-~]{{1,{LONGEST}}}")
_OWNER = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,98}[A-Za-z0-9])?")
_NAME = re.compile(r"[A-Za-z0-9._-]{1,100}")
_SCP = re.compile(r"(?:[A-Za-z0-9_-]+@)?(?P<host>[A-Za-z0-9.-]+):(?P<path>[^/].*)")
_WEB = {"https": "443", "http": "80", "git+https": "443"}
_OTHERS = {"ssh", "git", "git+ssh"}


def parse(text: str, github_host: str) -> str | None:
    """The repository that is meant, as ``owner/name``; nothing if it is none of `github_host`.

    Understood are the addresses of its pages, those that git takes (https, ssh, git@host:…), with and without ``.git``.
    """
    text = text.strip()
    if not _PRINTABLE.fullmatch(text):
        return None  # what cannot be seen, or looks like another letter, is a mistake or a trick
    parts = text.strip("/").split("/")
    if len(parts) == 2 and ":" not in text:
        return _full_name(parts)
    path = _path(text if "://" in text else f"https://{text}", github_host)
    if path is None and (scp := _SCP.fullmatch(text)) and _same_host(scp["host"], github_host):
        path = scp["path"]
    return None if path is None else _full_name(path.strip("/").split("/")[:2])


def _path(address: str, github_host: str) -> str | None:
    """The path of an address at the host."""
    try:
        url = urlsplit(address)
        return url.path if url.hostname is not None and _leads_to(url, github_host) else None
    except ValueError:  # a bracket that is none
        return None


def _leads_to(url: SplitResult, github_host: str) -> bool:
    if url.scheme in _OTHERS:  # whose ports are others than the page's
        return url.password is None and _same_host(url.hostname or "", github_host)
    if url.scheme not in _WEB or "@" in url.netloc:
        return False
    return url.netloc.lower().removeprefix("www.").removesuffix(f":{_WEB[url.scheme]}") == github_host.lower()


def _same_host(host: str, github_host: str) -> bool:
    named = host.lower()
    return named in {github_host.lower().partition(":")[0], f"ssh.{github_host.lower()}"}


def _full_name(parts: list[str]) -> str | None:
    if len(parts) != 2:
        return None
    owner, name = parts[0], re.sub(r"\.git$", "", parts[1], flags=re.IGNORECASE)
    if not _OWNER.fullmatch(owner) or not _NAME.fullmatch(name) or name in {".", ".."}:
        return None
    return f"{owner}/{name}"
