"""Bringing the tables up to date: on every start, forward only."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, column, inspect, select, table

from omnilens.database.locks import Lock, hold

_SCRIPTS = Path(__file__).parent / "migrations"
_PRESENT = table("alembic_version", column("version_num"))


class SchemaTooNew(Exception):
    """The database was written by a newer release, which this one does not understand."""


def revisions() -> list[str]:
    """All that there ever were, in their order: the numbers that the files of the steps begin with."""
    return sorted(script.name.partition("_")[0] for script in (_SCRIPTS / "versions").glob("[0-9]*.py"))


def revision(connection: Connection) -> str | None:
    """Which tables there are; nothing in an empty database."""
    if not inspect(connection).has_table(_PRESENT.name):
        return None
    found: str | None = connection.execute(select(_PRESENT.c.version_num)).scalar_one_or_none()
    return found


def migrate(connection: Connection, name: str) -> None:
    """Bring the tables of the database `name` up to date, within the transaction of `connection`.

    Raises:
        SchemaTooNew: they are ahead.
    """
    hold(connection, Lock.MIGRATION)
    present, known = revision(connection), revisions()
    if present is not None and present not in known:
        raise SchemaTooNew(
            f"The database {name} was written by a newer OmniLens (schema {present}; this one knows {known[-1]}). "
            "Start that version, or restore a backup from before."
        )
    if present != known[-1]:
        _upgrade(connection)


def _upgrade(connection: Connection) -> None:
    # Only here: it takes a tenth of the memory of a process that has nothing to migrate, as nearly all have.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
