"""When there is reason to ask GitHub about what it has not told: pure decisions, in UTC.

Nothing here is a fixed interval. Each question that brought nothing new is asked again after twice the time.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from omnilens.model import Run
from omnilens.pipeline.merge import RunView

AT_LEAST = timedelta(minutes=10)
"""Deliveries may well be this late; and many runs, but for one step that waits, are this quiet."""
UNKNOWN = timedelta(hours=1)
"""How long a run may take whose workflow was never seen to complete."""
SILENCE = timedelta(hours=6)
"""How long a repository may be quiet in which something has happened before."""
TRY_AGAIN = timedelta(minutes=5)
"""After GitHub could not be asked; the client itself has tried for longer than a moment by then."""
LONGEST_PAUSE = timedelta(hours=6)
MOST_DOUBLINGS = 20
"""After which it is a matter of years."""


def longest(views: Iterable[RunView]) -> dict[str, timedelta]:
    """How long the longest completed run of each workflow took, by its name."""
    found: dict[str, timedelta] = {}
    for view in views:
        run = view.run
        if run.completed:
            took = run.updated_at - run.run_started_at
            found[run.name] = max(took, found.get(run.name, took))
    return found


def run_is_doubtful_at(run: Run, longest_ever: timedelta | None, asked: int) -> datetime:
    """When to ask about a run that is not completed, and of which GitHub was asked so often already.

    When it has taken longer than its workflow ever did, and nothing was heard of it lately.
    """
    expected = run.run_started_at + max(longest_ever or UNKNOWN, AT_LEAST)
    return max(expected, run.updated_at + AT_LEAST) + AT_LEAST * _times(asked)


def repository_is_doubtful_at(last_event_at: datetime, compared_at: datetime, asked: int) -> datetime:
    """When to ask about a repository of which nothing was heard since `last_event_at`, nor when it was compared."""
    return max(last_event_at, compared_at) + SILENCE * (1 + _times(asked))


def try_again_at(failed_at: datetime, failures: int) -> datetime:
    """When to try again what has failed so often in a row."""
    return failed_at + min(TRY_AGAIN * (1 + _times(failures - 1)), LONGEST_PAUSE)


def _times(asked: int) -> int:
    return (1 << min(asked, MOST_DOUBLINGS)) - 1
