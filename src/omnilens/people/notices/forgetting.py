"""Taking a person out of the notices: who triggered the runs that they are about. See decision 0017."""

from __future__ import annotations

import msgspec
from msgspec.structs import replace
from sqlalchemy import ColumnElement, Connection, Table, delete, select, update

from omnilens.database.notice_schema import notice_lanes, notice_runs, notices
from omnilens.model import to_json
from omnilens.people.notices.book import next_version
from omnilens.people.notices.lanes import Lane
from omnilens.people.notices.notice import Notice
from omnilens.pipeline.actors import mentions, without
from omnilens.pipeline.merge import RunState


def strip(login: str, connection: Connection) -> None:
    """Take a person out of all of them. What is about a branch of a fork of theirs goes, since its name begins so."""
    next_version(connection)  # which whoever makes notices waits for
    for table, columns in ((notices, ("id",)), (notice_lanes, ("slug", "lane")), (notice_runs, ("slug", "run_id"))):
        _strip(table, columns, login, connection)


def _strip(table: Table, columns: tuple[str, ...], login: str, connection: Connection) -> None:
    written = table.c.notice if table is notices else table.c.state
    mentioned = mentions(login)
    names = [table.c[name] for name in columns]
    rows = connection.execute(select(*names, written.label("written"))).all()
    for row in rows:
        data = bytes(row.written)
        of_fork = table is notice_lanes and f" {login}:".lower() in str(row.lane).lower()
        if not mentioned(data) and not of_fork:
            continue
        this: list[ColumnElement[bool]] = [column == row[place] for place, column in enumerate(names)]
        stripped = None if of_fork else _stripped(table, data, login)
        if stripped is None:
            connection.execute(delete(table).where(*this))
        elif stripped != data:
            connection.execute(update(table).where(*this).values({written.name: stripped}))


def _stripped(table: Table, data: bytes, login: str) -> bytes | None:
    """What is written in a row, without the person; nothing if there is no such thing."""
    if table is notice_runs:
        return to_json(without(msgspec.json.decode(data, type=RunState), login))
    if table is notices:
        notice = _without(msgspec.json.decode(data, type=Notice), login)
        return to_json(notice) if notice else None
    lane = msgspec.json.decode(data, type=Lane)
    alarm = _without(lane.alarm, login) if lane.alarm else None
    return to_json(replace(lane, alarm=alarm, waits=tuple(filter(None, (_without(e, login) for e in lane.waits)))))


def _without(notice: Notice, login: str) -> Notice | None:
    if (notice.branch or "").lower().startswith(f"{login.lower()}:"):
        return None
    return replace(notice, actor=None) if (notice.actor or "").lower() == login.lower() else notice
