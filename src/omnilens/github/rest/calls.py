"""One call of the API, and one reply to it, as values."""

from __future__ import annotations

from typing import Generic, Literal, TypeVar
from urllib.parse import quote, urlencode

import msgspec
from msgspec import Struct

from omnilens.github.rest.answers import Answer
from omnilens.github.rest.etags import ETag

T = TypeVar("T")

Kind = Literal["runs", "jobs", "repository", "hooks", "deliveries", "meta", "limits", "account"]
"""What is asked for, in the few words that metrics may have as a label."""

ORDINARY = 16 * 1024 * 1024
"""Bytes: a page of a hundred runs has two million."""
PAYLOAD = 64 * 1024 * 1024
"""Bytes: a delivery with its payload, which itself has at most 25 MB, and its headers."""


class Authorisation(Struct, frozen=True):
    """In whose name a call is made."""

    account: str
    """Whom GitHub counts the calls for: ``anonymous``, ``token``, ``app``, ``installation-123``."""
    setting: str | None = None
    """The setting that it comes from."""
    header: str | None = None
    """The value of `Authorization`, which is shown to nobody."""

    def __repr__(self) -> str:
        return f"Authorisation(account={self.account!r})"


class Call(Struct, Generic[T], frozen=True, kw_only=True):
    """What to ask GitHub for."""

    kind: Kind
    wants: str
    """What it is for, as the end of a sentence: ``list the webhooks of octo-org/octo-repo``."""
    path: str
    """After the API's address, quoted, with a slash in front."""
    reads: msgspec.json.Decoder[T]
    """Reads the body of the answer."""
    query: tuple[tuple[str, str], ...] = ()
    method: Literal["GET", "POST", "PATCH", "DELETE"] = "GET"
    body: bytes | None = None
    owner: str | None = None
    """The login of whoever owns what is asked for: which installation of an app may see it."""
    largest: int = ORDINARY
    """Bytes of an answer that are read."""

    @property
    def address(self) -> str:
        """Path and query."""
        return f"{self.path}?{urlencode(self.query)}" if self.query else self.path

    @property
    def changes(self) -> bool:
        """Whether it changes something at GitHub."""
        return self.method != "GET"

    @property
    def repeatable(self) -> bool:
        """Whether it may be made twice when nobody knows what became of the first."""
        return self.method != "POST"


class Reply(Struct, Generic[T], frozen=True, kw_only=True):
    """What GitHub replied to a call."""

    value: T
    answer: Answer
    next: str | None = None
    """The address of the next page."""
    etag: ETag | None = None
    """To be put away once `value` is stored."""


def path(*parts: str | int) -> str:
    """A path of these parts, each quoted."""
    return "".join(f"/{quote(str(part), safe='')}" for part in parts)


def owner_of(repository: str) -> str:
    """The login in ``owner/name``."""
    return repository.partition("/")[0]


def repository_path(repository: str, *parts: str | int) -> str:
    """The path of a repository ``owner/name``, or of something in it.

    Raises:
        ValueError: this is no repository's name.
    """
    owner, slash, name = repository.partition("/")
    if not (owner and slash and name) or "/" in name or {owner, name} & {".", ".."}:
        raise ValueError(f"{repository!r} is not owner/name")
    return path("repos", owner, name, *parts)
