"""Who has live updates, given what was decided: for a repository, for all of them, or in the settings. Pure.

A user is in a share by a number that only depends on who it is: so somebody who has live updates keeps them when the
share rises, in every repository and on every server.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Literal

from msgspec import Struct

from omnilens.settings import EVERYBODY, NOBODY, Share

EVERYWHERE = "*"
"""The scope of what is decided for all repositories that nothing of their own is decided for."""

Source = Literal["repository", "everywhere", "provider", "settings"]


class Rule(Struct, frozen=True):
    """What was decided for a scope."""

    share: Share
    why: str
    by: str
    """Who decided it: a login, ``command line`` or ``rollback``."""
    at: datetime


class Decision(Struct, frozen=True):
    """Whether one user has live updates of one repository, and where that comes from."""

    on: bool
    source: Source
    share: Share | None
    """Of all users, how many have them; nothing where a provider of the operator's decides."""
    why: str = ""
    by: str = ""
    """Who decided it, where it was decided here."""


class Rules(Struct, frozen=True):
    """All that was decided."""

    default: Share = EVERYBODY
    """The share that the settings say."""
    decided: Mapping[str, Rule] = {}
    """By scope."""
    by_hand_at: datetime | None = None
    """When somebody last decided for all repositories, or took that back; nothing if a rollback has decided since."""

    def rule(self, slug: str) -> tuple[Source, Rule] | None:
        """What was decided about a repository, at last and for no more than it where both are there."""
        if (own := self.decided.get(slug.lower())) is not None:
            return "repository", own
        everywhere = self.decided.get(EVERYWHERE)
        return None if everywhere is None else ("everywhere", everywhere)

    def decide(self, slug: str, user: str) -> Decision:
        """Whether `user` has live updates of a repository."""
        found = self.rule(slug)
        if found is None:
            return Decision(includes(self.default, user), "settings", self.default)
        source, rule = found
        return Decision(includes(rule.share, user), source, rule.share, rule.why, rule.by)


def includes(share: Share, user: str) -> bool:
    """Whether a user is among the share of those who have it."""
    if share in {EVERYBODY, NOBODY}:
        return share == EVERYBODY
    place = int.from_bytes(sha256(f"realtime {user}".encode()).digest()[:8])
    return place * EVERYBODY.per_ten_thousand >> 64 < share.per_ten_thousand
