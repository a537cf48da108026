"""All that is kept about a person as one JSON document, without what would let somebody else in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Table, select

from omnilens.database.schema import dead_letters, journal, runs
from omnilens.database.tables import from_ticks, metadata
from omnilens.people.notices.forgetting import notices_by
from omnilens.people.stored import OF_RUNS, STORED
from omnilens.pipeline.actors import is_by, mentions
from omnilens.pipeline.change import decode
from omnilens.pipeline.merge import RunState

ROWS_AT_ONCE = 500

_DECODE_STATE = msgspec.json.Decoder(RunState).decode


def exported(user_id: int, login: str | None, now: datetime, connection: Connection) -> dict[str, Any]:
    """The document. `login` is the person's at GitHub, by which runs are found; nothing if there is none.

    Under `tables` are the rows about the user, by table, and the runs that the person triggered under their names.
    """
    tables: dict[str, Sequence[Mapping[str, Any]]] = {
        name: rows
        for name, columns in STORED.items()
        if name not in OF_RUNS and (rows := _rows(metadata.tables[name], set(columns), user_id, connection))
    }
    if login is not None:
        tables |= {
            "runs": _runs(login, connection),
            "journal": _journal(login, connection),
            "dead_letters": _dead_letters(login, connection),
            "notices": notices_by(login, connection),
        }
    return {"format": "omnilens-export-1", "exported_at": now, "user": user_id, "tables": tables}


def owner_column(table: Table) -> str | None:
    """The column that says whose a row is."""
    return next((name for name in ("user_id", "added_by") if name in table.c), "id" if table.name == "users" else None)


def _rows(table: Table, columns: set[str], user_id: int, connection: Connection) -> list[dict[str, Any]]:
    owner = owner_column(table)
    if owner is None:
        return []
    secret = {name for name in columns if STORED[table.name][name].secret}
    shown = [column for column in table.c if column.name not in secret]
    rows = connection.execute(select(*shown).where(table.c[owner] == user_id))
    return [{name: _value(name, value) for name, value in row._mapping.items()} for row in rows]


def _value(name: str, value: Any) -> Any:
    if name.endswith("_at") and isinstance(value, int):
        return from_ticks(value)
    if isinstance(value, bytes | memoryview):
        with suppress(msgspec.DecodeError):
            return msgspec.json.decode(bytes(value))
    return value


def _runs(login: str, connection: Connection) -> list[Mapping[str, Any]]:
    mentioned = mentions(login)
    found: list[Mapping[str, Any]] = []
    for slug, run_id, written in _streamed(connection, runs.c.slug, runs.c.run_id, runs.c.state):
        if mentioned(bytes(written)):
            state = _DECODE_STATE(bytes(written))
            run = state.run if is_by(state.run, login) else state.glimpse
            if is_by(run, login) and run is not None:
                found.append({"slug": slug, "run_id": run_id, "html_url": run.html_url, "started": run.run_started_at})
    return found


def _journal(login: str, connection: Connection) -> list[Mapping[str, Any]]:
    mentioned = mentions(login)
    found: list[Mapping[str, Any]] = []
    for seq, written in _streamed(connection, journal.c.seq, journal.c.change):
        if mentioned(bytes(written)):
            change = decode(bytes(written))
            if is_by(change.run, login):
                found.append({"seq": seq, "slug": change.repository.slug, "run_id": change.run.id})
    return found


def _dead_letters(login: str, connection: Connection) -> list[Mapping[str, Any]]:
    mentioned = mentions(login)
    letters = _streamed(connection, dead_letters.c.delivery_id, dead_letters.c.received_at, dead_letters.c.body)
    return [
        {"delivery_id": delivery_id, "received_at": from_ticks(received_at)}
        for delivery_id, received_at, body in letters
        if mentioned(bytes(body))
    ]


def _streamed(connection: Connection, *columns: Any) -> Any:
    return connection.execute(select(*columns).execution_options(yield_per=ROWS_AT_ONCE))
