"""What a client heard, from its first word on, and the view that follows from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Said = Mapping[str, Any]
"""JSON of the server's."""
Board = dict[int, dict[str, Any]]
"""Runs by id, each with its jobs, as ``/api/repos/{slug}/runs`` lists them."""


@dataclass(frozen=True, slots=True)
class Subscribed:
    """The answer to a subscription."""

    said: Said
    fresh: bool
    """Whether the client asked without a place to resume from."""

    @property
    def reset(self) -> bool:
        return "reset" in self.said

    @property
    def missed(self) -> Sequence[Said]:
        missed: Sequence[Said] = self.said.get("updates", ())
        return missed


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A list of runs, fetched over REST."""

    said: Said


@dataclass(frozen=True, slots=True)
class Updated:
    """A live update."""

    said: Said


Heard = Subscribed | Snapshot | Updated
History = Sequence[Heard]


def updates_of(history: History) -> Iterable[Said]:
    """Every update that the client was given, live or afterwards, in order."""
    for heard in history:
        if isinstance(heard, Subscribed):
            yield from heard.missed
        elif isinstance(heard, Updated):
            yield heard.said


def board_of(listed: Iterable[Said]) -> Board:
    """A list of runs as a board. Steps of jobs that went well are left out, as the server's lists do."""
    return {run["id"]: {**run, "jobs": [_quiet(job) for job in run["jobs"]]} for run in listed}


def view_of(history: History) -> Board | None:
    """What the client sees in the end; nothing if it was told to fetch a snapshot and never got one."""
    board: Board | None = None
    waiting: list[Said] = []
    for heard in history:
        if isinstance(heard, Snapshot):
            board = board_of(heard.said["runs"])
            for update in waiting:
                if update["seq"] > heard.said["seq"]:
                    _apply(board, update)
            continue
        if isinstance(heard, Subscribed) and (heard.fresh or heard.reset):
            # Before the first update there is nothing that a snapshot could tell.
            board, waiting = ({} if heard.said["seq"] == 0 else None), []
        for update in updates_of([heard]):
            waiting.append(update)
            if board is not None:
                _apply(board, update)
    return board


def _apply(board: Board, update: Said) -> None:
    """As in ``web/src/realtime/apply-update.ts``."""
    run, known = update["runData"], board.get(update["runData"]["id"])
    jobs = known["jobs"] if known and known["run_attempt"] == run["run_attempt"] else []
    job = update.get("jobData")
    if job and job["run_attempt"] == run["run_attempt"]:
        others = [other for other in jobs if other["id"] != job["id"]]
        jobs = sorted([*others, _quiet(job)], key=lambda each: (each["created_at"] or each["started_at"], each["id"]))
    board[run["id"]] = {**run, "jobs": jobs}


def _quiet(job: Said) -> dict[str, Any]:
    return {**job, "steps": []} if job["conclusion"] in {"success", "skipped"} else dict(job)
