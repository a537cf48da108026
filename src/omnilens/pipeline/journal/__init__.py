"""The journal: the only door to the board. What it has taken is remembered, numbered and told to every reader."""

from omnilens.pipeline.journal.base import Appended, Discontinued, Entry, Journal
from omnilens.pipeline.journal.memory import MemoryJournal
from omnilens.pipeline.journal.sql import SqlEntries
from omnilens.pipeline.journal.stored import StoredJournal

__all__ = [
    "Appended",
    "Discontinued",
    "Entry",
    "Journal",
    "MemoryJournal",
    "SqlEntries",
    "StoredJournal",
]
