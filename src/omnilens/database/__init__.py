"""The database: SQLite in a file, or PostgreSQL. What is kept in it is decided by those who import this."""

from omnilens.database.backup import BackupError
from omnilens.database.engine import Conflict, Database, DatabaseUnavailable
from omnilens.database.migrate import SchemaTooNew

__all__ = ["BackupError", "Conflict", "Database", "DatabaseUnavailable", "SchemaTooNew"]
