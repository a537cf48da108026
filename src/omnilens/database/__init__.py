"""The database: SQLite in a file, or PostgreSQL. What is kept in it is decided by those who import this."""

from omnilens.database import claim_schema as claim_schema  # so that all tables are known
from omnilens.database import flag_schema as flag_schema
from omnilens.database import list_schema as list_schema
from omnilens.database import marks_schema as marks_schema
from omnilens.database import notice_schema as notice_schema
from omnilens.database import oncall_schema as oncall_schema
from omnilens.database import people_schema as people_schema
from omnilens.database import privacy_schema as privacy_schema
from omnilens.database import schema as schema
from omnilens.database.backup import BackupError
from omnilens.database.engine import IN_MEMORY, Conflict, Database, DatabaseUnavailable
from omnilens.database.migrate import SchemaTooNew

__all__ = ["IN_MEMORY", "BackupError", "Conflict", "Database", "DatabaseUnavailable", "SchemaTooNew"]
