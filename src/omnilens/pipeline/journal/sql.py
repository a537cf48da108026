"""A journal in a database: what it has taken survives a crash of the process, of the machine, and its power."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, delete, func, insert, or_, select, update

from omnilens.database import Conflict, Database
from omnilens.database.schema import journal, journal_state
from omnilens.database.tables import to_ticks
from omnilens.pipeline.journal.base import Appended, Discontinued
from omnilens.pipeline.journal.stored import Offered, Place

PRUNED_AT_ONCE = 1_000
"""Entries forgotten in one transaction, so that a change never waits long behind it."""
LOOK_EVERY = 0.25
"""Seconds after which we look whether another process has appended."""
UNREAD = 8
"""Looks in a row that may find nothing written and so read nothing; a database that cannot be read must be noticed."""


_LOCKED_STATE = select(journal_state.c.epoch, journal_state.c.last_seq).with_for_update()
_INSERT = insert(journal)
_MOVE_ON = update(journal_state).values(last_seq=bindparam("to"))
_SAME = select(journal.c.seq, journal.c.delivery_id, journal.c.signature).where(
    or_(
        journal.c.delivery_id.in_(bindparam("ids", expanding=True)),
        journal.c.signature.in_(bindparam("signatures", expanding=True)),
    )
)


class _Written(NamedTuple):
    """The statements of every delivery as text: making it anew costs more than what they do."""

    locked_state: str
    insert: str
    move_on: str


class SqlEntries:
    """The entries of a journal in SQLite or PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._seen, self._found, self._unread = "", Place("", 0), 0
        self._written = _Written(*map(database.text, (_LOCKED_STATE, _INSERT, _MOVE_ON)))

    async def open(self, known: Place | None) -> Place:
        return await self._database.write(partial(_open, known))

    async def append(self, known: Place, group: Sequence[Offered], closed: bool) -> list[Appended | None]:
        append = partial(_append, self._written, known, group, closed)
        if not closed:
            with suppress(Conflict):  # nearly every delivery is new, so it costs least to ask only where one is not
                return await self._database.write(partial(append, False))
        return await self._database.write(partial(append, True))

    async def after(self, known: Place, seq: int, limit: int) -> list[tuple[int, bytes]]:
        return await self._database.read(partial(_after, known, seq, limit))

    async def news(self, known: Place) -> Place:
        await asyncio.sleep(LOOK_EVERY)
        mark = await self._database.mark()
        if mark == self._seen and self._unread < UNREAD:
            self._unread += 1
            return self._found
        self._seen = ""
        place = await self._database.read(_place)
        self._found = place or Place("", 0)
        self._seen, self._unread = mark, 0
        return self._found

    async def find(self, delivery_id: str) -> tuple[int, bytes] | None:
        return await self._database.read(partial(_find, delivery_id))

    async def last_before(self, moment: datetime) -> int:
        return await self._database.read(partial(_last_before, to_ticks(moment)))

    async def prune(self, through: int) -> int:
        pruned = 0
        while some := await self._database.write(partial(_prune, through)):
            pruned += some
        return pruned


def _place(connection: Connection) -> Place | None:
    found = connection.execute(select(journal_state.c.epoch, journal_state.c.last_seq)).one_or_none()
    return Place(*found) if found else None


def _open(known: Place | None, connection: Connection) -> Place:
    """Begin a history if there is none, and another one if the end of this one was lost."""
    place = _place(connection)
    if place is None:
        place = Place(secrets.token_hex(8), 0)
        connection.execute(insert(journal_state).values(id=1, epoch=place.epoch, last_seq=0))
    elif known and known.epoch == place.epoch and known.last_seq > place.last_seq:
        place = Place(secrets.token_hex(8), place.last_seq)
        connection.execute(update(journal_state).values(epoch=place.epoch))
    return place


def _append(
    written: _Written, known: Place, group: Sequence[Offered], closed: bool, carefully: bool, connection: Connection
) -> list[Appended | None]:
    # Locked until the commit: nobody else can number, so numbers come into sight in their order.
    epoch, last_seq = connection.exec_driver_sql(written.locked_state).one_or_none() or ("", 0)
    if epoch != known.epoch or last_seq < known.last_seq:
        raise Discontinued
    seen = _look_up(group, connection) if carefully else {}
    taken, rows = _number(group, seen, last_seq, closed)
    if rows:
        connection.exec_driver_sql(written.insert, rows)
    if rows or not group:
        connection.exec_driver_sql(written.move_on, {"to": rows[-1]["seq"] if rows else last_seq})
    return taken


def _number(
    group: Sequence[Offered], seen: Mapping[str, int], last_seq: int, closed: bool
) -> tuple[list[Appended | None], list[dict[str, Any]]]:
    """What becomes of each, given the marks that were `seen`, and the rows of those that are new."""
    marks, taken, rows = dict(seen), list[Appended | None](), list[dict[str, Any]]()
    for change, written, _ in group:
        origin = change.origin
        by_id, by_signature = f"id:{origin.delivery_id}", f"signature:{origin.signature}"
        if first := marks.get(by_id) or marks.get(by_signature):
            taken.append(Appended(first, duplicate=True))
        elif closed:
            taken.append(None)
        else:
            last_seq += 1
            marks[by_id] = marks[by_signature] = last_seq
            taken.append(Appended(last_seq, duplicate=False))
            rows.append(
                {
                    "seq": last_seq,
                    "delivery_id": origin.delivery_id,
                    "signature": origin.signature,
                    "received_at": to_ticks(origin.received_at),
                    "change": written,
                }
            )
    return taken, rows


def _look_up(group: Sequence[Offered], connection: Connection) -> dict[str, int]:
    """Which of these were taken before, by their marks."""
    origins = [offered.change.origin for offered in group]
    asked = {
        "ids": [origin.delivery_id for origin in origins],
        "signatures": [origin.signature for origin in origins],
    }
    seen: dict[str, int] = {}
    for seq, delivery_id, signature in connection.execute(_SAME, asked):
        seen[f"id:{delivery_id}"] = seen[f"signature:{signature}"] = seq
    return seen


def _after(known: Place, after: int, limit: int, connection: Connection) -> list[tuple[int, bytes]]:
    if (place := _place(connection)) is None or place.epoch != known.epoch:
        raise Discontinued
    wanted = select(journal.c.seq, journal.c.change).where(journal.c.seq > after).order_by(journal.c.seq).limit(limit)
    return [(seq, written) for seq, written in connection.execute(wanted)]


def _find(delivery_id: str, connection: Connection) -> tuple[int, bytes] | None:
    wanted = select(journal.c.seq, journal.c.change).where(journal.c.delivery_id == delivery_id)
    found = connection.execute(wanted).one_or_none()
    return None if found is None else (found.seq, found.change)


def _last_before(ticks: int, connection: Connection) -> int:
    first_after = select(func.min(journal.c.seq)).where(journal.c.received_at >= ticks).scalar_subquery()
    earlier = select(func.max(journal.c.seq)).where(or_(first_after.is_(None), journal.c.seq < first_after))
    found: int | None = connection.execute(earlier).scalar_one()
    return found or 0


def _prune(through: int, connection: Connection) -> int:
    oldest = select(journal.c.seq).where(journal.c.seq <= bindparam("through")).order_by(journal.c.seq)
    some = oldest.limit(PRUNED_AT_ONCE).scalar_subquery()
    return connection.execute(delete(journal).where(journal.c.seq.in_(some)), {"through": through}).rowcount
