"""What forgetting somebody does in the database: plain functions of a connection, each one transaction."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection, bindparam, delete, insert, select, tuple_, update

from omnilens.database.list_schema import added_repositories, listed_repositories
from omnilens.database.locks import Lock, hold
from omnilens.database.people_schema import users
from omnilens.database.privacy_schema import forget_requests, forgettings
from omnilens.database.schema import dead_letters, runs
from omnilens.database.tables import metadata
from omnilens.model import to_json
from omnilens.people import marks
from omnilens.people.added import raised
from omnilens.people.exporting import owner_column
from omnilens.people.person import Person
from omnilens.people.viewer import LOCAL_USER
from omnilens.pipeline.actors import mentions, without
from omnilens.pipeline.merge import RunState

ROWS_AT_ONCE = 500
"""Runs that are looked through in one transaction, so that a delivery never waits long behind it."""

_DECODE = msgspec.json.Decoder(RunState).decode


def request(person: Person, now: int, connection: Connection) -> None:
    """Have every server let go of what it has in memory."""
    raised(connection)
    connection.execute(delete(forget_requests).where(forget_requests.c.user_id == person.user_id))
    row = {"user_id": person.user_id, "login": person.login, "asked_at": now}
    connection.execute(insert(forget_requests).values(row))


def requested(before: int, connection: Connection) -> list[Person]:
    """Whose request was made before, and never finished."""
    late = select(forget_requests.c.user_id, forget_requests.c.login).where(forget_requests.c.asked_at < before)
    return [Person(*row) for row in connection.execute(late)]


def strip_runs(login: str, after: tuple[str, int], connection: Connection) -> tuple[str, int] | None:
    """Take a person out of the next runs `after` this one. Returns the last that was looked at; nothing at the end."""
    hold(connection, Lock.HISTORY)
    key = tuple_(runs.c.slug, runs.c.run_id)
    some = select(runs.c.slug, runs.c.run_id, runs.c.state).where(key > after).order_by(runs.c.slug, runs.c.run_id)
    rows = connection.execute(some.limit(ROWS_AT_ONCE)).all()
    mentioned = mentions(login)
    changed = [
        {"_slug": row.slug, "_run_id": row.run_id, "state": stripped}
        for row in rows
        if mentioned(bytes(row.state)) and (stripped := _stripped(bytes(row.state), login)) is not None
    ]
    if changed:
        this = update(runs).where(runs.c.slug == bindparam("_slug"), runs.c.run_id == bindparam("_run_id"))
        connection.execute(this.values(state=bindparam("state")), changed)
    return (rows[-1].slug, rows[-1].run_id) if rows else None


def drop_letters(login: str, connection: Connection) -> int:
    """Forget the failed deliveries that mention a person: what cannot be read cannot be cleaned. Returns how many."""
    mentioned = mentions(login)
    everything = select(dead_letters.c.delivery_id, dead_letters.c.body).execution_options(yield_per=20)
    ids = [delivery_id for delivery_id, body in connection.execute(everything) if mentioned(bytes(body))]
    if ids:
        connection.execute(delete(dead_letters).where(dead_letters.c.delivery_id.in_(ids)))
    return len(ids)


def remove(user_id: int, now: int, connection: Connection) -> None:
    """Remove a user with all that is theirs, and note that it was done."""
    marks.note_change(user_id, connection)
    added = select(listed_repositories.c.slug).where(listed_repositories.c.user_id == user_id)
    slugs: Sequence[str] = connection.execute(added).scalars().all()
    for table in reversed(metadata.sorted_tables):
        if table is not users and (owner := owner_column(table)) is not None:
            if table is added_repositories:
                connection.execute(update(table).where(table.c[owner] == user_id).values(added_by=None))
            else:
                connection.execute(delete(table).where(table.c[owner] == user_id))
    for slug in slugs:
        marks.leave_if_nobodys(slug, now, connection)
    gone = connection.execute(delete(users).where(users.c.id == user_id)).rowcount
    if gone and user_id == LOCAL_USER:  # where nobody logs in there is always this one
        row = {"id": LOCAL_USER, "provider": "local", "subject": "local", "login": "local"}
        connection.execute(insert(users).values(**row, created_at=now, seen_at=now))
    if gone:
        connection.execute(insert(forgettings).values(done_at=now))


def _stripped(written: bytes, login: str) -> bytes | None:
    """A run without the person; nothing if it is somebody else's."""
    state = _DECODE(written)
    stripped = without(state, login)
    return None if stripped is state else to_json(stripped)
