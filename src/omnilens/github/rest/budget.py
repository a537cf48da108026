"""How many calls GitHub still grants, and when the next one may be made: a state and its transitions, without a clock.

Two kinds of limits. The primary one grants so many calls until it is renewed, mostly 5,000 an hour, and every answer
says how many are left. The secondary one is not told in advance: whoever calls too much is refused, and must then be
quiet, the longer the more often. Going on regardless may get an integration banned.
https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api

All moments are seconds of one monotonic clock, whichever the caller has. A renewal that GitHub names by the time of day
is translated by GitHub's own clock, so that a wrong one of ours does not matter.
"""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

QUIET = 60.0
"""Seconds to be quiet after a refusal that does not say how long; twice as long each further time in a row."""
LONGEST = 24 * 3600.0
"""Seconds after which a call is tried in any case, so that one absurd number does not silence us forever."""
BETWEEN_CHANGES = 1.0
"""Seconds between two calls that change something, which GitHub asks for."""
PAST = float("-inf")


class Refusal(StrEnum):
    """Why GitHub refused a call that was good in itself."""

    PRIMARY = "primary"
    """All calls until the renewal are used up."""
    SECONDARY = "secondary"
    """Too many at once, too fast, or too expensive ones."""


class Told(Struct, frozen=True):
    """What one answer says about limits."""

    limit: int | None = None
    """Calls that are granted from one renewal to the next. Nothing where limits are off, as on most Enterprise
    Servers."""
    remaining: int | None = None
    used: int | None = None
    renewed_in: float | None = None
    """Seconds until the renewal."""
    retry_after: float | None = None
    """Seconds to be quiet."""
    refusal: Refusal | None = None


class Budget(Struct, frozen=True):
    """What is known about the limits of one account. The first state knows nothing, and forbids nothing."""

    limit: int | None = None
    remaining: int | None = None
    used: int | None = None
    renewed_at: float = PAST
    """The moment of the renewal; one that has passed means that all of `limit` is there again."""
    quiet_until: float = PAST
    refusals: int = 0
    """In a row, without any call in between that was not refused."""
    changed_at: float = PAST
    """When something was changed last."""


def opens_at(budget: Budget, now: float, changes: bool = False) -> float:
    """The moment from which on the next call may be made, `now` or later. `changes` says that it changes something."""
    opens = max(now, budget.quiet_until)
    if budget.remaining == 0:
        opens = max(opens, budget.renewed_at)
    return max(opens, budget.changed_at + BETWEEN_CHANGES) if changes else opens


def called(budget: Budget, now: float, changes: bool = False) -> Budget:
    """The budget when a call is made."""
    return replace(budget, changed_at=now) if changes else budget


def lost(budget: Budget) -> Budget:
    """The budget when no answer came to a call, which GitHub may have counted."""
    return replace(budget, remaining=max(0, budget.remaining - 1)) if budget.remaining else budget


def answered(budget: Budget, told: Told, now: float) -> Budget:
    """The budget after an answer."""
    after = _counted(budget, told, now)
    refusals = budget.refusals + 1 if told.refusal else 0
    quiet_until = budget.quiet_until
    if told.retry_after is not None:
        quiet_until = max(quiet_until, now + min(told.retry_after, LONGEST))
    elif told.refusal and not (after.remaining == 0 and after.renewed_at > now):
        quiet_until = max(quiet_until, now + min(QUIET * 2.0 ** min(budget.refusals, 20), LONGEST))
    return replace(after, refusals=refusals, quiet_until=quiet_until)


def _counted(budget: Budget, told: Told, now: float) -> Budget:
    """What the answer says about the primary limit. Until the renewal, what is left only ever becomes less."""
    if told.limit is None or told.remaining is None or told.renewed_in is None:
        return budget
    remaining, renewed_at = told.remaining, now + min(max(0.0, told.renewed_in), LONGEST)
    if budget.remaining is not None and now < budget.renewed_at:
        remaining, renewed_at = min(remaining, budget.remaining), max(renewed_at, budget.renewed_at)
    used = told.used if told.used is not None else max(0, told.limit - remaining)
    return replace(budget, limit=told.limit, remaining=remaining, used=used, renewed_at=renewed_at)


def seen_at(budget: Budget, now: float) -> Budget:
    """The budget as it is to be shown `now`: full again once its renewal has passed."""
    if budget.limit is None or now < budget.renewed_at:
        return budget
    return replace(budget, remaining=budget.limit, used=0)
