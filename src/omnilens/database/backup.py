"""A database as a file, and back: everything in it, as one moment had it, whichever database it is.

A gzipped file of JSON lines: what it is, a line for each row, and how many there were.
"""

from __future__ import annotations

import secrets
from base64 import b64decode
from collections.abc import Iterable, Iterator
from itertools import groupby, islice
from typing import Any

import msgspec
from sqlalchemy import Connection, LargeBinary, delete, func, insert, select, update

from omnilens.database.list_schema import list_state
from omnilens.database.migrate import revision
from omnilens.database.schema import history_state, journal_state
from omnilens.database.tables import metadata

FORMAT = "omnilens-backup-1"
ROWS_AT_ONCE = 500

Line = dict[str, Any]


class BackupError(Exception):
    """A file that cannot be restored; nothing was changed."""


def dump(connection: Connection) -> Iterator[bytes]:
    """Every line of a backup."""
    yield _line({"format": FORMAT, "schema": revision(connection)})
    count = 0
    for table in metadata.sorted_tables:
        found = connection.execution_options(yield_per=ROWS_AT_ONCE).execute(select(table))
        names = [str(column.name) for column in table.c]
        for row in found:
            yield _line({"table": str(table.name), "row": dict(zip(names, row, strict=True))})
            count += 1
    yield _line({"rows": count})


def load(lines: Iterable[bytes], connection: Connection) -> int:
    """Put what `lines` have in the place of everything that is there. Returns how many rows they were.

    The journal gets another epoch: a server that runs, and every client, notices that it has to begin again.

    Raises:
        BackupError: they are no backup, one of another schema, or an incomplete one.
    """
    read = iter(lines)
    _check(next(map(_read, read), {}), revision(connection))
    lists = connection.execute(select(func.max(list_state.c.version))).scalar_one()
    for table in reversed(metadata.sorted_tables):
        connection.execute(delete(table))
    count, end = 0, None
    for name, group in groupby(map(_read, read), key=lambda line: line.get("table")):
        if name is None:
            end = next(group).get("rows")
            break
        if name not in metadata.tables:
            raise BackupError(f"It has a table {str(name)[:50]!r}, which no release of this schema has.")
        table = metadata.tables[name]
        written = [column.name for column in table.c if isinstance(column.type, LargeBinary)]
        rows = (_row(line, written) for line in group)
        while some := list(islice(rows, ROWS_AT_ONCE)):
            connection.execute(insert(table), some)
            count += len(some)
    if end != count:
        raise BackupError("It is incomplete: its end is missing.")
    epoch = secrets.token_hex(8)
    connection.execute(update(journal_state).values(epoch=epoch))
    connection.execute(update(history_state).values(epoch=epoch))
    # And another number than any before, since a server looks at the lists no more often than that changes.
    connection.execute(update(list_state).values(version=list_state.c.version + (lists or 0) + 1))
    return count


def _check(head: Line, schema: str | None) -> None:
    if head.get("format") != FORMAT:
        raise BackupError("It is no backup of OmniLens.")
    if head.get("schema") != schema:
        raise BackupError(
            f"It has schema {head.get('schema')}, this release has {schema}: "
            "restore it with the release that wrote it, and then upgrade."
        )


def _line(said: Line) -> bytes:
    return msgspec.json.encode(said) + b"\n"


def _read(line: bytes) -> Line:
    try:
        return msgspec.json.decode(line, type=Line)
    except msgspec.DecodeError as error:
        raise BackupError(f"It has a line that cannot be read: {error}.") from error


def _row(line: Line, written: list[str]) -> Line:
    row: Line = line.get("row") or {}
    return row | {name: b64decode(row[name]) for name in written if isinstance(row.get(name), str)}
