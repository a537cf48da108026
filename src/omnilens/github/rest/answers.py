"""Reading an answer of GitHub's API: what its headers say about limits, pages and permissions. Pure.

https://docs.github.com/en/rest/using-the-rest-api
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from omnilens.github.rest.budget import Refusal, Told

MAX_QUOTED = 200
"""Characters of GitHub's own words that are repeated in ours."""

_LINK = re.compile(r'<([^<>]*)>\s*;[^,]*?\brel="?next"?')
_SECONDARY = re.compile(r"secondary rate limit|abuse detection", re.IGNORECASE)
_PRIMARY = re.compile(r"rate limit exceeded", re.IGNORECASE)


class Answer(Struct, frozen=True):
    """What came back."""

    status: int
    headers: Mapping[str, str]
    """By lower-case name."""
    body: bytes


class _ErrorBody(Struct):
    message: str = ""
    errors: list[msgspec.Raw] = []


class _Detail(Struct):
    message: str | None = None


def told(answer: Answer, now: datetime) -> Told:
    """What an answer says about limits. `now` is used only where it does not say what time it is at GitHub's."""
    headers = answer.headers
    limit, remaining, used = (_number(headers.get(f"x-ratelimit-{name}")) for name in ("limit", "remaining", "used"))
    reset = _number(headers.get("x-ratelimit-reset"))
    if answer.status == 401 or headers.get("x-ratelimit-resource", "core") != "core":
        # A token that is not accepted is told the limit of the address that it came from, which is another one.
        limit = remaining = used = reset = None
    there = _date(headers.get("date")) or now
    return Told(
        limit=limit,
        remaining=remaining,
        used=used,
        renewed_in=None if reset is None else reset - there.timestamp(),
        retry_after=_seconds(headers.get("retry-after"), there),
        refusal=_refusal(answer),
    )


def _refusal(answer: Answer) -> Refusal | None:
    """Whether a call was refused for there being too many. 403 means that just as often as "you may not"."""
    if answer.status not in {403, 429}:
        return None
    words = message(answer)
    if _SECONDARY.search(words):
        return Refusal.SECONDARY
    if answer.headers.get("x-ratelimit-remaining") == "0" or _PRIMARY.search(words):
        return Refusal.PRIMARY
    return Refusal.SECONDARY if answer.status == 429 or "retry-after" in answer.headers else None


def message(answer: Answer) -> str:
    """GitHub's own words about an error, in one line and not many; empty if it has none."""
    try:
        body = msgspec.json.decode(answer.body, type=_ErrorBody)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""
    details = [detail for each in body.errors[:5] if (detail := _detail(each))]
    return quoted(f"{body.message}: {', '.join(details)}" if details else body.message)


def _detail(written: msgspec.Raw) -> str:
    try:
        detail = msgspec.json.decode(written, type=str | _Detail)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""
    return detail if isinstance(detail, str) else detail.message or ""


def quoted(words: str) -> str:
    """Somebody else's words, fit for a sentence of ours."""
    clean = " ".join("".join(char if char.isprintable() else " " for char in words[: 4 * MAX_QUOTED]).split())
    return clean[:MAX_QUOTED].rstrip(".")


def missing(answer: Answer) -> tuple[str, ...]:
    """The scopes or permissions of which the token lacks one, as far as GitHub says.

    For tokens with scopes: `X-Accepted-OAuth-Scopes`, of which any one does, without those of `X-OAuth-Scopes`.
    For all others: `X-Accepted-GitHub-Permissions`, such as ``actions=read``.
    https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api
    """
    if (has := scopes(answer)) is not None:
        accepted = _words(answer.headers.get("x-accepted-oauth-scopes", ""))
        return () if has & set(accepted) else accepted
    return _words(answer.headers.get("x-accepted-github-permissions", ""))


def scopes(answer: Answer) -> frozenset[str] | None:
    """The scopes of a classic token; nothing for what has permissions instead."""
    written = answer.headers.get("x-oauth-scopes")
    return None if written is None else frozenset(_words(written))


def _words(written: str) -> tuple[str, ...]:
    return tuple(word for part in re.split("[,;]", quoted(written)) if (word := part.strip()))


def next_link(answer: Answer) -> str | None:
    """The address of the next page, wherever it leads.

    https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api
    """
    found = _LINK.search(answer.headers.get("link", ""))
    return found[1] if found else None


def within(api: str, url: str) -> str | None:
    """The part of `url` after `api`, with its query; nothing if it leads to another host or out of the API."""
    try:
        base, other = urlsplit(api), urlsplit(url)
        same = (base.scheme, base.hostname, base.port) == (other.scheme, other.hostname, other.port)
    except ValueError:
        return None
    plain = other.username is None and other.password is None and not {".", ".."} & set(other.path.split("/"))
    if not (same and plain and other.path.startswith(f"{base.path}/") and url.isascii() and url.isprintable()):
        return None
    path = other.path.removeprefix(base.path)
    return f"{path}?{other.query}" if other.query else path


def is_json(answer: Answer) -> bool:
    """Whether an answer says that it is JSON; a proxy's error page does not."""
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind == "application/json" or kind.endswith("+json")


def _number(written: str | None) -> int | None:
    return int(written) if written and written.isascii() and written.isdecimal() and len(written) < 16 else None


def _seconds(written: str | None, there: datetime) -> float | None:
    """A number of seconds, or until a date: HTTP allows both."""
    if (number := _number(written)) is not None:
        return float(number)
    then = _date(written)
    return None if then is None else max(0.0, (then - there).total_seconds())


def _date(written: str | None) -> datetime | None:
    try:
        moment = parsedate_to_datetime(written) if written else None
    except (ValueError, OverflowError):
        return None
    return moment if moment is None or moment.tzinfo else None
