"""Taking a person out of what was reported of runs: who triggered them. Pure.

What people have written (titles of commits, names of branches, workflows and repositories) belongs to the repository
and stays; see decision 0017.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from msgspec.structs import replace

from omnilens.model import Run
from omnilens.pipeline.merge import RunState

Mentions = Callable[[bytes], bool]


def mentions(login: str) -> Mentions:
    """A test whether a login stands somewhere in JSON, as a whole word."""
    word = re.compile(rb"(?<![A-Za-z0-9-])" + re.escape(login.encode()) + rb"(?![A-Za-z0-9-])", re.IGNORECASE)
    return lambda data: word.search(data) is not None


def is_by(run: Run | None, login: str) -> bool:
    """Whether a person triggered a run."""
    return run is not None and run.actor is not None and run.actor.login.lower() == login.lower()


def without(state: RunState, login: str) -> RunState:
    """What is known of a run but for its actor; the very same object if that is somebody else."""
    if not is_by(state.run, login) and not is_by(state.glimpse, login):
        return state
    run = replace(state.run, actor=None) if state.run and is_by(state.run, login) else state.run
    glimpse = replace(state.glimpse, actor=None) if state.glimpse and is_by(state.glimpse, login) else state.glimpse
    return RunState(run, glimpse, state.jobs)
