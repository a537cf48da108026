"""What a doctor says about the server itself: who asks GitHub, limits, clock, storage, configuration. Pure.

A finding is a fact with how bad it is and, where it is not well, what to do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal

from msgspec import Struct

from omnilens.github.rest import Access, BudgetView, GitHubError, GitHubUnavailable, RateLimited
from omnilens.model import Timestamp

Level = Literal["ok", "note", "warning", "problem"]
LEVELS: tuple[Level, ...] = ("ok", "note", "warning", "problem")
"""Best first. A note is well and worth knowing, a warning will become a problem or costs something."""
Subject = Literal["webhook", "deliveries", "access", "limits", "clock", "storage", "configuration"]

SHORT_SECRET = 16
"""Characters; a secret of fewer can be guessed offline from one delivery by whoever sees it."""
SOON = timedelta(days=14)
"""A token that expires within this time is to be replaced."""
SKEW, FATAL_SKEW = 30.0, 300.0
"""Seconds that the clock may be wrong."""
LITTLE_SPACE, NO_SPACE = 1024**3, 100 * 1024**2
"""Bytes left on the disk."""
FEW_CALLS = 0.1
"""The part of the limit below which it is short."""

_WRITE_HOOKS = frozenset({"admin:repo_hook", "write:repo_hook", "repo", "public_repo"})
"""https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps"""
_NEEDED = {"actions": "read", "repository_hooks": "write"}
"""https://docs.github.com/en/rest/authentication/permissions-required-for-github-apps"""
_EXPIRES = re.compile(r"(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) (UTC|[+-]\d{4})")


class Finding(Struct, frozen=True, kw_only=True):
    """One thing that was looked at."""

    about: Subject
    level: Level
    what: str
    do: str | None = None
    """What to do about it, where there is something to do."""


class Storage(Struct, frozen=True, kw_only=True):
    """What was seen of where things are kept."""

    database: str | None
    """Its name; nothing if everything stays in memory."""
    new: bool = False
    """Whether there is no such file yet."""
    database_problem: str | None = None
    journal_problem: str | None = None
    redis: bool = False
    """Whether there should be one."""
    redis_problem: str | None = None
    free: int | None = None
    """Bytes left for a database file; nothing if it is not on this machine."""


class Examination(Struct, frozen=True, kw_only=True):
    """All that was found at one time."""

    at: Timestamp
    findings: tuple[Finding, ...]

    @property
    def worst(self) -> Level:
        return worst(self.findings)


def worst(findings: Iterable[Finding]) -> Level:
    """How bad the worst of them is."""
    return max((finding.level for finding in findings), key=LEVELS.index, default="ok")


def of_configuration(
    secrets: Sequence[str], unreachable: str | None, unwise: str | None, url: str, anonymous: bool
) -> list[Finding]:
    """Whether GitHub can deliver here, and whether anybody else could.

    `anonymous`: nobody asks GitHub, so webhooks were made by hand and may lead to an address that is not known here.
    """
    found = []
    if unreachable:
        found.append(Finding(about="configuration", level="note" if anonymous else "problem", what=unreachable))
    elif unwise:
        found.append(Finding(about="configuration", level="warning", what=unwise))
    else:
        found.append(Finding(about="configuration", level="ok", what=f"GitHub is to deliver to {url}."))
    if any(len(secret) < SHORT_SECRET for secret in secrets):
        found.append(
            Finding(
                about="configuration",
                level="warning",
                what=f"GITHUB_WEBHOOK_SECRET has fewer than {SHORT_SECRET} characters.",
                do="Make one with openssl rand -hex 32, put it before the old one, and call omnilens hooks rotate.",
            )
        )
    if len(secrets) > 1:
        found.append(
            Finding(
                about="configuration",
                level="note",
                what=f"{len(secrets)} secrets are valid.",
                do="After omnilens hooks rotate, keep the first one alone.",
            )
        )
    return found


def of_nobody() -> Finding:
    """Nothing is set up to ask GitHub with."""
    return Finding(
        about="access",
        level="note",
        what="GitHub is asked as nobody, who may not see webhooks.",
        do="Set GITHUB_TOKEN, or GITHUB_APP_ID with its key, to have webhooks and their deliveries looked after.",
    )


def of_error(error: GitHubError) -> Finding:
    """GitHub did not give what it was asked for. Its words say what to do."""
    if isinstance(error, RateLimited):
        return Finding(about="limits", level="warning", what=error.message, do="Live updates go on; look again then.")
    level: Level = "warning" if isinstance(error, GitHubUnavailable) else "problem"
    return Finding(about="access", level=level, what=error.message)


def of_access(access: Access, now: datetime, organisations: bool) -> list[Finding]:
    """Who asks, what that may not do, and until when. `organisations`: whether their webhooks are wanted."""
    name = {"token": "a token", "classic token": "a classic token", "app": "the app"}.get(access.kind, "nobody")
    who = f"GitHub is asked with {name} of {access.login}" if access.kind != "app" else f"GitHub is asked as {name}"
    found = []
    lacks = missing(access, organisations)
    if lacks:
        found.append(
            Finding(
                about="access",
                level="warning",
                what=f"{who}, which lacks {', '.join(lacks)}.",
                do="Add it at GitHub: without, webhooks cannot be repaired, nor lost deliveries be sent again.",
            )
        )
    else:
        found.append(Finding(about="access", level="ok", what=f"{who}."))
    if (expires := expiry(access.expires)) is not None:
        soon = expires - now < SOON
        found.append(
            Finding(
                about="access",
                level="warning" if soon else "ok",
                what=f"GITHUB_TOKEN expires on {expires:%Y-%m-%d at %H:%M} UTC.",
                do="Make a new one in time: then nothing of GitHub's can be asked for." if soon else None,
            )
        )
    return found


def missing(access: Access, organisations: bool) -> list[str]:
    """The scopes or permissions that are known to be missing, by name. Fine-grained tokens do not say theirs."""
    if access.scopes is not None:
        lacks = [] if access.scopes & _WRITE_HOOKS else ["admin:repo_hook"]
        return lacks + (["admin:org_hook"] if organisations and "admin:org_hook" not in access.scopes else [])
    if access.permissions is not None:
        needed = _NEEDED | ({"organization_hooks": "write"} if organisations else {})
        return [f"{name}={level}" for name, level in needed.items() if not _grants(access.permissions.get(name), level)]
    return []


def _grants(granted: str | None, level: str) -> bool:
    return granted in {"write", "admin"} or granted == level


def expiry(written: str | None) -> datetime | None:
    """When a token expires, from GitHub's writing: ``2026-12-01 17:00:00 UTC``, or with an offset."""
    found = _EXPIRES.fullmatch(written or "")
    if found is None:
        return None
    date, time, zone = found.groups()
    try:
        return datetime.strptime(f"{date} {time} {zone.replace('UTC', '+0000')}", "%Y-%m-%d %H:%M:%S %z").astimezone(
            UTC
        )
    except (ValueError, OverflowError):
        return None


def of_limits(views: Iterable[BudgetView]) -> list[Finding]:
    """How many calls GitHub still grants, to each account that it is asked as."""
    return [_of_limit(view) for view in views if view.limit is not None]


def _of_limit(view: BudgetView) -> Finding:
    left, limit = view.remaining or 0, view.limit or 0
    renewed = f", all of them again at {view.resets_at:%H:%M} UTC" if view.resets_at else ""
    what = f"{left:,} of {limit:,} calls are left to the {view.account}{renewed}."
    if view.closed_until is not None:
        what += f" GitHub is not called before {view.closed_until:%H:%M} UTC."
    elif left > limit * FEW_CALLS:
        return Finding(about="limits", level="ok", what=what)
    do = "Who else uses it? An app has a limit of its own wherever it is installed. Live updates need no calls."
    return Finding(about="limits", level="warning", what=what, do=do)


def of_clock(ahead: float | None) -> list[Finding]:
    """By how many seconds this machine's clock is ahead of GitHub's, if that is known."""
    if ahead is None:
        return []
    off = abs(ahead)
    if off <= SKEW:
        return [Finding(about="clock", level="ok", what="The clock agrees with GitHub's.")]
    what = f"The clock is {off:,.0f} s {'ahead of' if ahead > 0 else 'behind'} GitHub's."
    costs = "events seem older than they are, and may be refused" if ahead > 0 else "times on the board are wrong"
    level: Level = "problem" if off > FATAL_SKEW else "warning"
    return [Finding(about="clock", level=level, what=what, do=f"Set it right, with NTP say: {costs}.")]


def of_storage(seen: Storage) -> list[Finding]:
    """Whether what is to be kept can be kept."""
    found: list[Finding] = []

    def add(problem: str | None, well: str, do: str) -> None:
        level: Level = "problem" if problem else "ok"
        found.append(Finding(about="storage", level=level, what=problem or well, do=do if problem else None))

    if seen.database is None:
        what, do = "Everything stays in memory: a restart forgets it.", "Leave out OMNILENS_DATABASE_URL to keep it."
        found.append(Finding(about="storage", level="note", what=what, do=do))
    elif seen.new:
        what = f"There is no database {seen.database} yet; the first start makes it."
        found.append(Finding(about="storage", level="note", what=what))
    else:
        add(
            seen.database_problem,
            f"The database {seen.database} answers.",
            "Mend it; deliveries are refused meanwhile.",
        )
    if seen.redis:
        add(seen.redis_problem, "Redis answers.", "Mend it, or OMNILENS_REDIS_URL; deliveries are refused meanwhile.")
    if seen.journal_problem:
        add(seen.journal_problem, "", "The log says why; GitHub is to send again what was refused.")
    if seen.free is not None:
        left = f"{seen.free / 1024**3:,.1f} GiB are left for the database."
        level: Level = "problem" if seen.free < NO_SPACE else "warning" if seen.free < LITTLE_SPACE else "ok"
        do = "Make room: on a full disk deliveries are refused."
        found.append(Finding(about="storage", level=level, what=left, do=None if level == "ok" else do))
    return found
