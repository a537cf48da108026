"""Where notices are kept, and up to where in the journal they were made: both are written in one transaction.

So there is no moment in which a server can die and a notice is lost, or made again; and of several servers that read
the same journal, one writes, and the others find that somebody has been there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, Table, delete, insert, select, update

from omnilens.database import Conflict, Database
from omnilens.database.notice_schema import notice_inbox, notice_lanes, notice_state, notices
from omnilens.database.people_schema import users
from omnilens.database.tables import to_ticks
from omnilens.people.notices.desk import Desk, Heard, LaneKey
from omnilens.people.notices.notice import Notice
from omnilens.people.notices.rules import Put

SETTLED = frozenset({"approved", "cancelled", "ended", "passed"})
"""What became of notices that need nobody any more: whoever had not read them need not."""

_ENCODE = msgspec.json.Encoder().encode
Rows = Sequence[tuple[LaneKey, bytes]]


class Place(NamedTuple):
    """Up to where a journal was read."""

    epoch: str
    seq: int
    generation: int = 0
    """Another one means that what was read then is not to be gone on with."""


class Lost(Exception):
    """Somebody else has read on from the same place. Nothing was written."""


class Book:
    """The notices in the database, which all servers share."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(self, end: Place) -> Place:
        """Up to where notices were made; from `end` on if none ever were."""
        try:
            return await self._database.write(partial(_begin, end))
        except Conflict:  # another server has begun meanwhile
            return await self._database.write(partial(_begin, end))

    async def place(self) -> Place:
        """Up to where notices were made, by whoever it was."""
        return await self._database.read(lambda connection: _place(connection) or Place("", 0))

    async def complete(self, desk: Desk, these: Sequence[Heard]) -> None:
        """Put on the desk what it lacks to take `these`, which is nothing most of the time."""
        if lacking := desk.lacks(these):
            await self._database.read(partial(desk.fetch, lacking))

    async def move(self, before: Place, after: Place) -> None:
        """Read on from another place, without having made anything.

        Raises:
            Lost: somebody else has done so.
        """
        await self._database.write(partial(_move, before, after, 0))

    async def write(
        self, before: Place, after: Place, desk: Desk, followers: Mapping[str, Sequence[int]], now: datetime
    ) -> list[Notice]:
        """Keep what is on the desk, for those who follow its repositories (by slug), as made up to `after`.

        Returns what is new.

        Raises:
            Lost: notices were not made up to `before`, but somewhere else.
        """
        rows, puts = desk.written(), _latest(desk.puts)
        return await self._database.write(partial(_write, before, after, rows, puts, followers, to_ticks(now)))

    async def prune(self, now: datetime, retention: timedelta) -> None:
        """Forget what is older than `retention`, read or not."""
        await self._database.write(partial(_prune, to_ticks(now - retention)))


def _latest(puts: Sequence[Put]) -> list[Put]:
    """One for each notice: as it is in the end, and new if it was new at first."""
    latest: dict[str, Put] = {}
    for notice, new in puts:
        latest[notice.key] = Put(notice, new or (notice.key in latest and latest[notice.key].new))
    return list(latest.values())


def _begin(end: Place, connection: Connection) -> Place:
    place = _place(connection)
    if place is None:
        place = end
        connection.execute(insert(notice_state).values(id=1, version=0, **end._asdict()))
    return place


def _place(connection: Connection) -> Place | None:
    columns = notice_state.c.epoch, notice_state.c.seq, notice_state.c.generation
    found = connection.execute(select(*columns)).one_or_none()
    return Place(*found) if found else None


def next_version(connection: Connection, count: int = 1) -> int:
    """The last of the next `count` versions. Whoever has them holds the row until the transaction ends."""
    raised = update(notice_state).values(version=notice_state.c.version + count)
    connection.execute(raised)
    version: int = connection.execute(select(notice_state.c.version)).scalar_one()
    return version


def new_generation(connection: Connection) -> None:
    """Have everybody who makes notices begin anew with what is in the database now."""
    connection.execute(update(notice_state).values(generation=notice_state.c.generation + 1))


def _move(before: Place, after: Place, versions: int, connection: Connection) -> int:
    """Move on, and hold the row. Returns the last version that is taken now."""
    state = notice_state.c
    here = (state.epoch == before.epoch) & (state.seq == before.seq) & (state.generation == before.generation)
    moved = update(notice_state).where(here)
    values = {"epoch": after.epoch, "seq": after.seq, "version": state.version + versions}
    if connection.execute(moved.values(values)).rowcount != 1:
        raise Lost
    version: int = connection.execute(select(notice_state.c.version)).scalar_one()
    return version


def _write(
    before: Place,
    after: Place,
    rows: Rows,
    puts: Sequence[Put],
    followers: Mapping[str, Sequence[int]],
    now: int,
    connection: Connection,
) -> list[Notice]:
    version = _move(before, after, len(puts), connection) - len(puts)
    _replace_lanes(rows, now, connection)
    new = []
    for version, put in enumerate(puts, version + 1):  # noqa: B020
        if _put(put.notice, version, followers.get(put.notice.repo_slug, ()), put.new, now, connection):
            new.append(put.notice)
    return new


def _replace_lanes(rows: Rows, now: int, connection: Connection) -> None:
    if not rows:
        return
    made = _upserting(notice_lanes, connection)
    changed = {name: made.excluded[name] for name in ("heard_at", "state")}
    put = made.on_conflict_do_update(index_elements=("slug", "lane"), set_=changed)
    values = [{"slug": slug, "lane": lane, "heard_at": now, "state": state} for (slug, lane), state in rows]
    connection.execute(put, values)


def _upserting(table: Table, connection: Connection) -> Any:
    """Both databases have it in the same words, https://www.sqlite.org/lang_upsert.html; each is two megabytes."""
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql

        return postgresql.insert(table)
    from sqlalchemy.dialects import sqlite

    return sqlite.insert(table)


def _put(notice: Notice, version: int, users_: Sequence[int], new: bool, now: int, connection: Connection) -> bool:
    """Returns whether it is new. One that is there already stays the same notice, whatever a lane remembers."""
    written = _ENCODE(notice)
    this = notices.c.key == notice.key
    known = connection.execute(select(notices.c.id).where(this)).scalar_one_or_none()
    if known is not None:
        connection.execute(update(notices).where(this).values(version=version, notice=written))
        if notice.outcome in SETTLED:
            unread = (notice_inbox.c.notice_id == known) & notice_inbox.c.read_at.is_(None)
            connection.execute(update(notice_inbox).where(unread).values(read_at=now, version=version))
        return False
    if not new:
        return False  # it was made so long ago that it was forgotten
    row = {"id": version, "version": version, "key": notice.key, "slug": notice.repo_slug}
    connection.execute(insert(notices).values(row | {"made_at": now, "notice": written}))
    present = set(connection.execute(select(users.c.id).where(users.c.id.in_(users_))).scalars()) if users_ else set()
    read = {"read_at": now, "version": version} if notice.outcome in SETTLED else {}
    if inbox := [{"user_id": user, "notice_id": version, **read} for user in users_ if user in present]:
        connection.execute(insert(notice_inbox), inbox)
    return True


def _prune(before: int, connection: Connection) -> None:
    connection.execute(delete(notices).where(notices.c.made_at < before))
    connection.execute(delete(notice_lanes).where(notice_lanes.c.heard_at < before))
