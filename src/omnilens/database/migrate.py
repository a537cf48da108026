"""Bringing the tables up to date: on every start, forward only."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from omnilens.database.locks import Lock, hold

_SCRIPTS = Path(__file__).parent / "migrations"


class SchemaTooNew(Exception):
    """The database was written by a newer release, which this one does not understand."""


def revision(connection: Connection) -> str | None:
    """Which tables there are; nothing in an empty database."""
    return MigrationContext.configure(connection).get_current_revision()


def migrate(connection: Connection, name: str) -> None:
    """Bring the tables of the database `name` up to date, within the transaction of `connection`.

    Raises:
        SchemaTooNew: they are ahead.
    """
    hold(connection, Lock.MIGRATION)
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    config.attributes["connection"] = connection
    scripts = ScriptDirectory.from_config(config)
    known = {script.revision for script in scripts.walk_revisions()}
    present = revision(connection)
    if present is not None and present not in known:
        raise SchemaTooNew(
            f"The database {name} was written by a newer OmniLens (schema {present}; this one knows "
            f"{scripts.get_current_head()}). Start that version, or restore a backup from before."
        )
    command.upgrade(config, "head")
