"""What Alembic runs to migrate: within the transaction of whoever asked for it, see ``migrate.py``."""

from __future__ import annotations

from alembic import context

from omnilens.database.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
