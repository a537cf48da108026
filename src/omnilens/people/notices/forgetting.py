"""Taking a person out of notices, and out of what they are made from: as in runs, only who triggered something."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection, Table, delete, func, select, update

from omnilens.database.notice_schema import notice_lanes, notices
from omnilens.model import to_json
from omnilens.people.notices.book import new_generation
from omnilens.people.notices.lanes import Lane
from omnilens.people.notices.notice import Notice
from omnilens.pipeline.actors import mentions

ROWS_AT_ONCE = 500

_LANE = msgspec.json.Decoder(Lane).decode
_NOTICE = msgspec.json.Decoder(Notice).decode


def strip_notices(login: str, connection: Connection) -> None:
    """Take a person out of everything that is kept about notices.

    What is about a branch of a fork of theirs goes whole, since its name begins with their login.
    """
    new_generation(connection)
    fork = f"{login.lower()}:"
    of_fork = func.lower(notice_lanes.c.lane).contains(f" {fork}", autoescape=True)
    connection.execute(delete(notice_lanes).where(of_fork))
    for key, written in list(_mentioning(notices, "notice", login, connection)):
        if (_NOTICE(written).branch or "").lower().startswith(fork):
            connection.execute(delete(notices).where(notices.c.id == key[0]))
    _strip(notice_lanes, "state", login, lambda written: _lane_without(_LANE(written), login), connection)
    _strip(notices, "notice", login, lambda written: _notice_without(_NOTICE(written), login), connection)


def notices_by(login: str, connection: Connection) -> list[dict[str, Any]]:
    """The notices about runs that a person triggered, for people to read."""
    found = (_NOTICE(written) for _, written in _mentioning(notices, "notice", login, connection))
    return [
        {"kind": notice.kind, "slug": notice.repo_slug, "run_id": notice.run_id, "at": notice.at}
        for notice in found
        if _is_by(notice, login)
    ]


def _strip(table: Table, column: str, login: str, strip: Callable[[bytes], Struct], connection: Connection) -> None:
    changed = [(key, to_json(strip(written))) for key, written in _mentioning(table, column, login, connection)]
    for key, stripped in changed:
        this = [each == value for each, value in zip(table.primary_key, key, strict=True)]
        connection.execute(update(table).where(*this).values({column: stripped}))


def _mentioning(table: Table, column: str, login: str, connection: Connection) -> Iterator[tuple[Sequence[Any], bytes]]:
    """The keys of the rows in which a login stands, and what is written there."""
    mentioned = mentions(login)
    rows = connection.execute(select(*table.primary_key, table.c[column]).execution_options(yield_per=ROWS_AT_ONCE))
    for *key, written in rows:
        if mentioned(bytes(written)):
            yield key, bytes(written)


def _is_by(notice: Notice, login: str) -> bool:
    return notice.actor is not None and notice.actor.lower() == login.lower()


def _notice_without(notice: Notice, login: str) -> Notice:
    return replace(notice, actor=None) if _is_by(notice, login) else notice


def _lane_without(lane: Lane, login: str) -> Lane:
    return replace(
        lane,
        alarm=_notice_without(lane.alarm, login) if lane.alarm else None,
        waits=tuple(_notice_without(notice, login) for notice in lane.waits),
    )
