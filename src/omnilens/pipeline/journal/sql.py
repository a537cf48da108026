"""A journal in a database: what it has taken survives a crash of the process, of the machine, and its power."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence
from datetime import datetime
from functools import partial

from sqlalchemy import Connection, bindparam, delete, func, insert, or_, select, update

from omnilens.database import Database
from omnilens.database.schema import journal, journal_state, to_ticks
from omnilens.pipeline.journal.base import Appended, Discontinued
from omnilens.pipeline.journal.stored import Offered, Place

PRUNED_AT_ONCE = 1_000
"""Entries forgotten in one transaction, so that a change never waits long behind it."""
LOOK_EVERY = 0.25
"""Seconds after which we look whether another process has appended."""


class SqlEntries:
    """The entries of a journal in SQLite or PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def open(self, known: Place | None) -> Place:
        return await self._database.write(partial(_open, known))

    async def append(self, known: Place, group: Sequence[Offered], closed: bool) -> list[Appended | None]:
        return await self._database.write(partial(_append, known, group, closed))

    async def after(self, seq: int, limit: int) -> list[tuple[int, bytes]]:
        return await self._database.read(partial(_after, seq, limit))

    async def news(self, known: Place) -> Place:
        await asyncio.sleep(LOOK_EVERY)
        return await self._database.read(_place) or Place("", 0)

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


def _append(known: Place, group: Sequence[Offered], closed: bool, connection: Connection) -> list[Appended | None]:
    # Locked until the commit: nobody else can number, so numbers come into sight in their order.
    locked = select(journal_state.c.epoch, journal_state.c.last_seq).with_for_update()
    epoch, seq = connection.execute(locked).one_or_none() or ("", 0)
    if epoch != known.epoch or seq < known.last_seq:
        raise Discontinued
    seen = _seen(connection, group)
    rows, taken = [], list[Appended | None]()
    for change, written, _ in group:
        origin = change.origin
        marks = (f"id:{origin.delivery_id}", f"signature:{origin.signature}")
        if first := seen.get(marks[0]) or seen.get(marks[1]):
            taken.append(Appended(first, duplicate=True))
        elif closed:
            taken.append(None)
        else:
            seq += 1
            seen |= dict.fromkeys(marks, seq)
            taken.append(Appended(seq, duplicate=False))
            at = to_ticks(origin.received_at)
            rows.append((seq, origin.delivery_id, origin.signature, at, written))
    if rows:
        connection.execute(insert(journal), [dict(zip(journal.c.keys(), row, strict=True)) for row in rows])
        connection.execute(update(journal_state).values(last_seq=seq))
    return taken


def _seen(connection: Connection, group: Sequence[Offered]) -> dict[str, int]:
    """Which of these were taken before, by their marks."""
    origins = [offered.change.origin for offered in group]
    same = or_(
        journal.c.delivery_id.in_([origin.delivery_id for origin in origins]),
        journal.c.signature.in_([origin.signature for origin in origins]),
    )
    seen: dict[str, int] = {}
    for seq, delivery_id, signature in connection.execute(
        select(journal.c.seq, journal.c.delivery_id, journal.c.signature).where(same)
    ):
        seen[f"id:{delivery_id}"] = seen[f"signature:{signature}"] = seq
    return seen


def _after(after: int, limit: int, connection: Connection) -> list[tuple[int, bytes]]:
    wanted = select(journal.c.seq, journal.c.change).where(journal.c.seq > after).order_by(journal.c.seq).limit(limit)
    return [(seq, written) for seq, written in connection.execute(wanted)]


def _last_before(ticks: int, connection: Connection) -> int:
    first_after = select(func.min(journal.c.seq)).where(journal.c.received_at >= ticks).scalar_subquery()
    earlier = select(func.max(journal.c.seq)).where(or_(first_after.is_(None), journal.c.seq < first_after))
    found: int | None = connection.execute(earlier).scalar_one()
    return found or 0


def _prune(through: int, connection: Connection) -> int:
    oldest = select(journal.c.seq).where(journal.c.seq <= bindparam("through")).order_by(journal.c.seq)
    some = oldest.limit(PRUNED_AT_ONCE).scalar_subquery()
    return connection.execute(delete(journal).where(journal.c.seq.in_(some)), {"through": through}).rowcount
