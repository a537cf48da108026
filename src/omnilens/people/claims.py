"""Who is on it: somebody says that they look after a workflow that fails on a branch, or waits there for an
approval, for everybody to see.

A claim is about one incident, and ends with it: nobody has to remember to take it back. It is known by which run had
failed or waited when it was made; as soon as that one or a later one of the same workflow on the same branch has
passed, it is over, whoever noticed. Decided here; kept by plain functions of a connection, each one transaction.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, delete, insert, select

from omnilens.database.claim_schema import claims
from omnilens.database.people_schema import users
from omnilens.database.tables import from_ticks, to_ticks
from omnilens.errors import RequestError
from omnilens.model import FAILED, Conclusion, Run, Timestamp
from omnilens.people.notices.lanes import branch_of
from omnilens.people.notices.rules import waiting
from omnilens.people.users import Profile, User
from omnilens.people.viewer import Viewer
from omnilens.pipeline.merge import RunView

LASTS = timedelta(days=7)
"""A claim that nobody has seen to for so long says nothing any more."""
SOMEONE = "Someone"
"""What somebody is called who has no name here."""
LONGEST_NAME = 60


class NotFailing(RequestError):
    """There is nothing to look after."""

    status = 409
    code = "not-failing"


class NotYours(RequestError):
    """Somebody else made it. One may take it over, and then take it back."""

    status = 403
    code = "not-your-claim"


class Place(NamedTuple):
    """What a claim is about."""

    slug: str
    """In lower case."""
    workflow_id: int
    branch: str | None
    """As people call it: ``octocat:main`` is one of a fork."""


class Claim(Struct, frozen=True, kw_only=True):
    """That somebody looks after a workflow that fails on a branch, or waits there for an approval."""

    workflow_id: int
    branch: str | None
    run_id: int
    """The newest run that failed or waited. The claim is over when this one, or a later one, passes."""
    name: str
    """Who it is."""
    login: str | None
    """By what they log in; nothing where nobody does, and anybody may take it back."""
    at: Timestamp
    """Since when."""


class Kept(NamedTuple):
    """A claim as it is kept."""

    place: Place
    user: Viewer
    claim: Claim


def place_of(slug: str, run: Run) -> Place | None:
    """What a claim on a run is about; nothing while it is not known of which workflow it is."""
    return None if run.workflow_id is None else Place(slug.lower(), run.workflow_id, branch_of(run))


def needing(place: Place, views: Iterable[RunView]) -> Run | None:
    """The newest run by which the workflow needs somebody on the branch; else nothing.

    It fails, has begun to fail, or waits for an approval.
    """
    there = (each for each in views if place_of(place.slug, each.run) == place)
    for run, jobs in sorted(there, key=lambda each: each.run.id, reverse=True):
        if run.conclusion is Conclusion.SUCCESS:
            return None
        begins_to_fail = not run.completed and any(job.conclusion in FAILED for job in jobs)
        if run.failed or begins_to_fail or waiting(run, jobs)[0]:
            return run
    return None


def is_over(kept: Kept, views: Iterable[RunView], now: datetime) -> bool:
    """Whether a claim counts no more."""
    if now - kept.claim.at >= LASTS:
        return True
    there = [each for each in views if place_of(kept.place.slug, each.run) == kept.place]
    if any(run.id >= kept.claim.run_id and run.conclusion is Conclusion.SUCCESS for run, _ in there):
        return True
    # What waited may be called off, which is no failure: then there is nothing left to do, unless something else is.
    called_off = any(run.id == kept.claim.run_id and run.completed and not run.failed for run, _ in there)
    return called_off and needing(kept.place, there) is None


def every(connection: Connection) -> list[Kept]:
    """All claims there are."""
    columns = (*claims.c, users.c.provider, users.c.subject, users.c.login)
    return [_kept(*row) for row in connection.execute(select(*columns).join(users, users.c.id == claims.c.user_id))]


def put(place: Place, user: int, name: str | None, run_id: int, now: datetime, connection: Connection) -> None:
    """Keep a claim in the place of any other: who says it last is on it."""
    connection.execute(delete(claims).where(*_at(place)))
    row = {"slug": place.slug, "workflow_id": place.workflow_id, "branch": place.branch or ""}
    values = {"user_id": user, "name": name, "run_id": run_id, "made_at": to_ticks(now)}
    connection.execute(insert(claims).values(**row, **values))


def take_back(place: Place, user: int, connection: Connection) -> bool:
    """Remove a user's claim. Returns whether there is none now; if not, it is somebody else's."""
    connection.execute(delete(claims).where(*_at(place), claims.c.user_id == user))
    return connection.execute(select(claims.c.user_id).where(*_at(place))).first() is None


def drop(over: Iterable[Kept], connection: Connection) -> None:
    """Remove claims, unless another one has taken the place of one."""
    for place, user, claim in over:
        same = claims.c.user_id == user.user, claims.c.made_at == to_ticks(claim.at)
        connection.execute(delete(claims).where(*_at(place), *same))


def _at(place: Place) -> tuple[ColumnElement[bool], ...]:
    return (
        claims.c.slug == place.slug,
        claims.c.workflow_id == place.workflow_id,
        claims.c.branch == (place.branch or ""),
    )


def _kept(
    slug: str,
    workflow_id: int,
    branch: str,
    user_id: int,
    name: str | None,
    run_id: int,
    made_at: int,
    provider: str,
    subject: str,
    login: str,
) -> Kept:
    place = Place(slug, workflow_id, branch or None)
    viewer = User(user_id, Profile(provider, subject, login)).viewer
    local = provider == "local"
    claim = Claim(
        workflow_id=workflow_id,
        branch=place.branch,
        run_id=run_id,
        name=(name or SOMEONE) if local else login,
        login=None if local else login,
        at=from_ticks(made_at),
    )
    return Kept(place, viewer, claim)
