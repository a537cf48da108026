"""What one user has done about repositories: added them, given them a place, taken them off. Decides what is listed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from sqlalchemy import Connection, delete, func, insert, select, update

from omnilens.database.list_schema import added_repositories, list_changes, listed_repositories
from omnilens.model import Repository
from omnilens.people.added import raised

_mark = listed_repositories.c


class Mark(NamedTuple):
    """What was done about one repository."""

    position: int | None = None
    added_at: int | None = None
    """In ticks; nothing if it was not added, but is there for everybody."""
    taken_off: bool = False


Marks = Mapping[str, Mark]
"""By slug in lower case."""

UNMARKED = Mark()


ByDefault = Callable[[Repository], bool]
"""Which repositories are there for everybody who has not taken them off."""


def listed(repositories: Iterable[Repository], marks: Marks, by_default: ByDefault) -> list[Repository]:
    """Those that are on the list, in its order: those with a place, and behind them by when they were added."""

    def place(repository: Repository) -> tuple[bool, int, int, str]:
        mark = marks.get(repository.slug.lower(), UNMARKED)
        return mark.position is None, mark.position or 0, mark.added_at or 0, repository.slug.lower()

    return sorted((each for each in repositories if is_listed(each, marks, by_default)), key=place)


def is_listed(repository: Repository, marks: Marks, by_default: ByDefault) -> bool:
    """Whether a repository is on the list."""
    mark = marks.get(repository.slug.lower(), UNMARKED)
    return not mark.taken_off and (mark.added_at is not None or by_default(repository))


def of_user(user: int, connection: Connection) -> Marks:
    """All marks of a user."""
    rows = connection.execute(select(listed_repositories).where(_mark.user_id == user))
    return {row.slug: Mark(row.position, row.added_at, row.taken_off) for row in rows}


def put(user: int, slug: str, mark: Mark, connection: Connection) -> None:
    """Put a mark in the place of whatever was there."""
    values = mark._asdict()
    this = update(listed_repositories).where(_mark.user_id == user, _mark.slug == slug).values(values)
    if not connection.execute(this).rowcount:
        connection.execute(insert(listed_repositories).values(user_id=user, slug=slug, **values))


def remove(user: int, slug: str, connection: Connection) -> None:
    """Remove the mark about one repository."""
    connection.execute(delete(listed_repositories).where(_mark.user_id == user, _mark.slug == slug))


def count_added(user: int, connection: Connection) -> int:
    """How many repositories a user has added, and not taken off."""
    added = select(func.count()).where(_mark.user_id == user, _mark.added_at.is_not(None))
    count: int = connection.execute(added.where(_mark.taken_off.is_(False))).scalar_one()
    return count


def added_by(slug: str, connection: Connection) -> list[int]:
    """The users who have added a repository, and have it on their list."""
    users = select(_mark.user_id).where(_mark.slug == slug, _mark.added_at.is_not(None))
    return list(connection.execute(users.where(_mark.taken_off.is_(False)).order_by(_mark.user_id)).scalars())


def taken_off_by(slug: str, connection: Connection) -> set[int]:
    """The users who have taken a repository off their list."""
    return set(connection.execute(select(_mark.user_id).where(_mark.slug == slug, _mark.taken_off)).scalars())


def leave_if_nobodys(slug: str, now: int, connection: Connection) -> None:
    """Note since when nobody has a repository that users had added, if that is so."""
    if not added_by(slug, connection):
        same = added_repositories.c.slug == slug, added_repositories.c.left_at.is_(None)
        connection.execute(update(added_repositories).where(*same).values(left_at=now))


def note_change(user: int, connection: Connection) -> None:
    """Have every server look at a user's list anew. To be called first: it lets one change after the other through."""
    version = raised(connection)
    this = update(list_changes).where(list_changes.c.user_id == user).values(version=version)
    if not connection.execute(this).rowcount:
        connection.execute(insert(list_changes).values(user_id=user, version=version))
