"""The journal: the only door to the board. What it has taken is remembered, numbered and told to every reader."""

from omnilens.pipeline.journal.base import Appended, Entry, Journal
from omnilens.pipeline.journal.memory import MemoryJournal
from omnilens.pipeline.journal.sql import SqlJournal

__all__ = ["Appended", "Entry", "Journal", "MemoryJournal", "SqlJournal"]
