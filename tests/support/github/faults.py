"""What can be wrong with one answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

UNICORN = b"<!DOCTYPE html><html><head><title>Unicorn!</title></head><body>No server is available</body></html>"


@dataclass(frozen=True)
class Fault:
    """Made by one of the functions of this class; see ``FakeGitHub.fail``."""

    kind: Literal["answer", "truncated", "dropped", "stalled", "secondary", "trickle"]
    status: int = 200
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    retry_after: int | None = None

    @classmethod
    def html(cls, status: int = 502) -> Fault:
        """The page with the unicorn, or a proxy's."""
        return cls("answer", status, UNICORN, (("content-type", "text/html; charset=utf-8"),))

    @classmethod
    def json(cls, body: bytes, status: int = 200, **headers: str) -> Fault:
        """Exactly this, said to be JSON."""
        named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
        return cls("answer", status, body, (("content-type", "application/json; charset=utf-8"), *named))

    @classmethod
    def redirect(cls, location: str, status: int = 302) -> Fault:
        return cls.json(b'{"message":"Moved"}', status, location=location)

    @classmethod
    def truncated(cls) -> Fault:
        """Half of the right answer; then the connection is closed."""
        return cls("truncated")

    @classmethod
    def dropped(cls) -> Fault:
        """The call is carried out, and the connection closed without an answer."""
        return cls("dropped")

    @classmethod
    def stalled(cls) -> Fault:
        """No answer, as long as the caller waits."""
        return cls("stalled")

    @classmethod
    def secondary(cls, retry_after: int | None = None, status: int = 403) -> Fault:
        """The secondary limit. Calls before it is over are refused as well."""
        return cls("secondary", status, retry_after=retry_after)

    @classmethod
    def trickle(cls) -> Fault:
        """An answer without an end."""
        return cls("trickle")
