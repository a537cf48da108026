"""Whether somebody has live updates of a repository: on, off or for a share of the users, changed while it runs."""

from omnilens.flags.book import By, FlagBook, FlagChange
from omnilens.flags.flags import Flags
from omnilens.flags.rules import EVERYWHERE, Decision, Rule, Rules

__all__ = [
    "EVERYWHERE",
    "By",
    "Decision",
    "FlagBook",
    "FlagChange",
    "Flags",
    "Rule",
    "Rules",
]
