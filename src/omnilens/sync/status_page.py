"""What GitHub's status page says about the parts that a board lives on. Pure.

It is a Statuspage, as many are: https://www.githubstatus.com/api#summary
"""

from __future__ import annotations

import re
from typing import Literal

import msgspec
from msgspec import Struct

from omnilens.model import Timestamp
from omnilens.pipeline.text import clean

SUMMARY = "/api/v2/summary.json"
WATCHED = ("Actions", "Webhooks")
"""The components: what runs workflows, and what tells us of them."""
NAME_LENGTH = 120

Level = Literal["partial", "major"]

_WORDS = {
    "degraded_performance": "is slower than usual",
    "partial_outage": "is down in part",
    "major_outage": "is down",
    "under_maintenance": "is under maintenance",
}
_ID = re.compile(r"[a-z0-9]{4,40}", re.ASCII)


class Outage(Struct, frozen=True, kw_only=True):
    """Something that is wrong at GitHub, and concerns this board."""

    id: str
    """Names the incident, so that it can be dismissed; another one as soon as it becomes worse."""
    level: Level
    """major: a part is down altogether."""
    says: str
    """What is wrong, as a sentence."""
    incident: str | None
    """What GitHub calls it, if it has said anything yet."""
    since: Timestamp | None
    """When the incident began, by GitHub's word."""
    url: str
    """Where to read on."""


class GitHubStatus(Struct, frozen=True, kw_only=True):
    """What ``github-status`` carries, and ``GET /api/github/status`` answers."""

    outage: Outage | None
    """Nothing: all is well, or nobody asks GitHub, or it cannot be known at the moment."""


class _Component(Struct):
    name: str = ""
    status: str = "operational"


class _Incident(Struct):
    id: str = ""
    name: str = ""
    status: str = ""
    created_at: Timestamp | None = None
    started_at: Timestamp | None = None
    components: list[_Component] = []


class _Summary(Struct):
    components: list[_Component]
    incidents: list[_Incident] = []


_DECODER = msgspec.json.Decoder(_Summary)


def outage_of(body: bytes, page: str) -> Outage | None:
    """What the summary says of the page at this address. What it says of other parts of GitHub is no matter.

    Raises:
        ValueError: it is something else than a summary.
    """
    summary = _DECODER.decode(body)
    broken = {each.name: each.status for each in summary.components if each.name in WATCHED and each.status in _WORDS}
    if not broken:
        return None
    level: Level = "major" if "major_outage" in broken.values() else "partial"
    incident = next((each for each in summary.incidents if _concerns(each, broken)), None)
    told = incident is not None and _ID.fullmatch(incident.id) is not None
    named = incident.id if incident and told else "-".join(sorted(broken)).lower()
    return Outage(
        id=f"{named}-{level}",
        level=level,
        says=" and ".join(f"{name} {_WORDS[status]}" for name, status in sorted(broken.items())),
        incident=clean(incident.name, NAME_LENGTH) or None if incident else None,
        since=(incident.started_at or incident.created_at) if incident else None,
        url=f"{page}/incidents/{incident.id}" if incident and told else page,
    )


def _concerns(incident: _Incident, broken: dict[str, str]) -> bool:
    """Only while it lasts. One that names no component may be about any."""
    if incident.status in {"resolved", "postmortem"}:
        return False
    return not incident.components or any(each.name in broken for each in incident.components)
