"""What the webhooks should be, compared with what they are: the steps from one to the other. Pure.

A webhook is ours if it leads to our address. Those of others are never touched. A repository needs none of its own
where its organisation has one: two would deliver everything twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal
from urllib.parse import urlsplit

from msgspec import Struct

from omnilens.github.rest import Hook, Place
from omnilens.settings import WEBHOOK_PATH, RepositoryPattern

EVENTS = ("workflow_run", "workflow_job")
"""What a webhook of ours subscribes to: no more, since each further event is a delivery that is thrown away."""

Action = Literal["create", "repair", "remove", "keep", "impossible"]

_EVERYTHING = (
    "GitHub has no webhook for everything; name repositories or organisations (owner/*) in OMNILENS_REPOSITORIES."
)
_TWICE = "it is a second one of ours, which delivers everything twice"


class Target(Struct, frozen=True):
    """Where to look for webhooks."""

    where: str
    """As in the settings: ``octo-org/octo-repo``, ``octo-org/*``."""
    place: Place | None
    """Nothing for what has no webhooks, ``*/*``."""
    wanted: bool = True
    """Whether one should be there. If not, one of ours may be there all the same."""


class Seen(Struct, frozen=True):
    """The webhooks of a target."""

    target: Target
    hooks: tuple[Hook, ...] | None = None
    """Nothing if they could not be listed."""
    why: str = ""
    """Why not."""
    missing: tuple[str, ...] = ()
    """The scopes or permissions of which one is needed, as far as GitHub says."""


class Difference(Struct, frozen=True):
    """One thing about a webhook that is not as it should be."""

    what: str
    found: str
    wanted: str

    def __str__(self) -> str:
        return f"{self.what}: {self.found} → {self.wanted}"


class Step(Struct, frozen=True, kw_only=True):
    """One thing to do, or to leave."""

    action: Action
    target: Target
    hook_id: int | None = None
    """Nothing for one that is yet to be made."""
    differences: tuple[Difference, ...] = ()
    reason: str = ""

    @property
    def changes(self) -> bool:
        """Whether it changes something at GitHub."""
        return self.action in {"create", "repair", "remove"}

    @property
    def why(self) -> str:
        """The differences, or the reason, in a line."""
        return "; ".join(map(str, self.differences)) or self.reason


def targets(patterns: Iterable[RepositoryPattern]) -> list[Target]:
    """Where to look: organisations first, those also that have a webhook of ours although nothing names them whole."""
    found: dict[str, Target] = {}
    patterns = list(patterns)
    for pattern in patterns:
        if pattern.owner == "*":
            found.setdefault("*/*", Target("*/*", None))
        elif pattern.name == "*":
            found.setdefault(f"{pattern.owner}/*".lower(), Target(f"{pattern.owner}/*", Place(pattern.owner)))
    for pattern in patterns:
        if not pattern.wildcard:
            whole = f"{pattern.owner}/*"
            found.setdefault(whole.lower(), Target(whole, Place(pattern.owner), wanted=False))
    organisations = list(found.values())
    repositories: dict[str, Target] = {}
    for pattern in patterns:
        if not pattern.wildcard:
            name = f"{pattern.owner}/{pattern.name}"
            repositories.setdefault(name.lower(), Target(name, Place(pattern.owner, pattern.name)))
    return [*organisations, *repositories.values()]


def is_ours(hook: Hook, url: str) -> bool:
    """Whether a webhook leads to our address, be it written in another way, or with http for https."""
    return hook.config.url is not None and _address(hook.config.url) == _address(url)


def looks_like_ours(hook: Hook, url: str) -> bool:
    """Whether it leads to an OmniLens at another address, perhaps an earlier one of this."""
    there = hook.config.url or ""
    return not is_ours(hook, url) and there.partition("?")[0].rstrip("/").endswith(WEBHOOK_PATH)


def _address(url: str) -> tuple[str | None, int | None, str] | None:
    try:
        parts = urlsplit(url)
        port = None if parts.port == {"http": 80, "https": 443}.get(parts.scheme) else parts.port
    except ValueError:
        return None
    return parts.hostname, port, parts.path.rstrip("/")


def differences(hook: Hook, url: str, write_secret: bool = False) -> tuple[Difference, ...]:
    """What about a webhook of ours is not as it should be. Its secret is never shown, only whether there is one."""
    config = hook.config
    found = []
    if config.url != url:
        found.append(Difference("address", config.url or "none", url))
    if config.content_type != "json":
        found.append(Difference("content type", config.content_type or "form", "json"))
    if not config.verifies_tls:
        found.append(Difference("TLS verification", "off", "on"))
    if not config.secret or write_secret:
        found.append(Difference("secret", "unknown" if config.secret else "none", "written"))
    if set(hook.events) != set(EVENTS):
        found.append(Difference("events", ", ".join(sorted(hook.events)) or "none", ", ".join(sorted(EVENTS))))
    if not hook.active:
        found.append(Difference("state", "paused", "active"))
    return tuple(found)


def plan(seen: Sequence[Seen], url: str, obstacle: str | None = None, write_secret: bool = False) -> list[Step]:
    """The steps after which every webhook is as it should be; those that change nothing are among them.

    `obstacle` is why GitHub cannot deliver to `url` at all. With `write_secret` the secret is written in any case.
    """
    if obstacle:
        return [Step(action="impossible", target=e.target, reason=obstacle) for e in seen if e.target.wanted]
    steps: list[Step] = []
    covered: dict[str, str] = {}
    for each in seen:
        place = each.target.place
        if place is not None and place.name is not None and place.owner.lower() in covered:
            steps += _covered(each, url, covered[place.owner.lower()])
            continue
        found = _steps(each, url, write_secret)
        steps += found
        if place is not None and place.name is None and any(s.action in {"create", "repair", "keep"} for s in found):
            covered[place.owner.lower()] = place.owner
    return steps


def _steps(seen: Seen, url: str, write_secret: bool) -> list[Step]:
    target = seen.target
    if target.place is None:
        return [Step(action="impossible", target=target, reason=_EVERYTHING)]
    if seen.hooks is None:
        return [Step(action="impossible", target=target, reason=seen.why)] if target.wanted else []
    ours = [hook for hook in seen.hooks if is_ours(hook, url)]
    if not ours:
        return [Step(action="create", target=target, reason=_other(seen.hooks, url))] if target.wanted else []
    best, *others = sorted(ours, key=lambda hook: (len(differences(hook, url)), hook.id))
    different = differences(best, url, write_secret)
    first = Step(
        action="repair" if different else "keep",
        target=target,
        hook_id=best.id,
        differences=different,
        reason="as it should be",
    )
    return [first, *(Step(action="remove", target=target, hook_id=hook.id, reason=_TWICE) for hook in others)]


def _covered(seen: Seen, url: str, organisation: str) -> list[Step]:
    """A repository whose organisation has a webhook of ours, or gets one."""
    ours = [hook for hook in seen.hooks or () if is_ours(hook, url)]
    reason = f"the webhook of {organisation} reports it"
    if not ours:
        return [Step(action="keep", target=seen.target, reason=reason)]
    twice = f"{reason}, so everything would come twice"
    return [Step(action="remove", target=seen.target, hook_id=hook.id, reason=twice) for hook in ours]


def _other(hooks: Sequence[Hook], url: str) -> str:
    """A word about those that are left alone and yet look familiar."""
    other = [hook.config.url or "" for hook in hooks if looks_like_ours(hook, url)]
    return f"there is none that leads here; the one to {other[0]} is left alone" if other else "there is none"
