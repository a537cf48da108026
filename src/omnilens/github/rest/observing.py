"""What a client tells of itself: to whom it reports, and how its limits are shown."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from msgspec import Struct

from omnilens.github.rest.calls import Kind


class Observer(Protocol):
    """Who is told what happens."""

    def called(self, kind: Kind, result: str, seconds: float) -> None:
        """An exchange has ended; `result` is one of a few words."""

    def remaining(self, calls: int) -> None:
        """So many calls are left to the account that has the fewest."""

    def waiting(self, account: str, until: datetime, reason: str) -> None:
        """Nothing is called for this account before `until`."""


class BudgetView(Struct, frozen=True, kw_only=True):
    """The limits of one account, for display. Nothing is known where GitHub told nothing, or limits are off."""

    account: str
    limit: int | None
    remaining: int | None
    used: int | None
    resets_at: datetime | None
    """When all of `limit` will be there again."""
    closed_until: datetime | None
    """When GitHub may be called again, if not now."""
