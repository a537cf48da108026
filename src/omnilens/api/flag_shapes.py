"""The shapes of what is asked and answered about live updates."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct


class FlagRule(Struct, frozen=True, kw_only=True):
    """What was decided."""

    live: str
    """``on``, ``off``, or a percentage of the users."""
    why: str
    at: datetime
    by: str | None
    """Who decided it: a login, ``command line`` or ``rollback``. Only operators are told."""


class LoggedChange(Struct, frozen=True, kw_only=True):
    """One change."""

    at: datetime
    repo: str | None
    """A slug in lower case; nothing for all repositories."""
    live: str | None
    """Nothing where what is decided elsewhere counts again."""
    by: str
    why: str


class FlagAnswer(Struct, frozen=True, kw_only=True):
    """Who has live updates. The others ask every ten seconds."""

    live: str
    """What the settings say: ``on``, ``off``, or a percentage of the users."""
    provider: bool
    """Whether a provider of the operator's is asked where nothing is decided here."""
    everywhere: FlagRule | None
    """What was decided for all repositories without a rule of their own."""
    repos: dict[str, FlagRule | None]
    """By slug, of those that you may see."""
    changes: tuple[LoggedChange, ...] | None
    """The last fifty, newest first; only for operators."""


class FlagWish(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an operator decides."""

    live: Annotated[str, Meta(max_length=10)] | None
    """``on``, ``off``, a percentage such as ``25%``; null takes back what was decided here."""
    why: Annotated[str, Meta(max_length=500)]
    repo: Annotated[str, Meta(max_length=200)] | None = None
    """A slug; left out for all repositories."""
