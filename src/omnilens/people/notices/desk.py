"""What the keeper knows between two transactions: runs and lanes as they are after the entries it has read."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, Table, select

from omnilens.database.notice_schema import notice_lanes, notice_runs
from omnilens.model import Run
from omnilens.operations import logs
from omnilens.people.notices.lanes import Lane, lane_of, reduced
from omnilens.people.notices.rules import Put, decide
from omnilens.pipeline.change import Change, RunReported
from omnilens.pipeline.journal import Entry
from omnilens.pipeline.merge import RunState, merge

log = logs.get(__name__)

KEYS_AT_ONCE = 200
"""Rows that are asked for in one question; SQLite takes no more than some hundred values."""
MAX_HELD = 5_000
"""Runs and lanes that are held in memory; after a commit more than these are let go of, and read again when needed."""

_ENCODE = msgspec.json.Encoder().encode
_DECODE_RUN = msgspec.json.Decoder(RunState).decode
_DECODE_LANE = msgspec.json.Decoder(Lane).decode

RunKey = tuple[str, int]
LaneKey = tuple[str, str]


class Lacking(NamedTuple):
    """Keys of runs and lanes that have to be read first."""

    runs: set[RunKey]
    lanes: set[LaneKey]


class Desk:
    """Remembers what it read from the database, and what became different. Only one thread at a time."""

    def __init__(self) -> None:
        self.puts: list[Put] = []
        """What is to be kept and told, in its order."""
        self._runs: dict[RunKey, RunState] = {}
        self._lanes: dict[LaneKey, Lane] = {}
        self._changed_runs: set[RunKey] = set()
        self._changed_lanes: set[LaneKey] = set()

    @property
    def unwritten(self) -> int:
        """How many runs and lanes are different from what the database has."""
        return len(self._changed_runs) + len(self._changed_lanes)

    def lacks(self, entries: Sequence[Entry]) -> Lacking:
        """What is not in memory of that which `entries` are about."""
        runs = {(change.repository.slug, change.run.id) for _, change in entries}
        lanes = {
            (slug, lane_of(run))
            for slug, run_id, change in ((change.repository.slug, change.run.id, change) for _, change in entries)
            for run in (self._runs[slug, run_id].run if (slug, run_id) in self._runs else None, _named_by(change))
            if run
        }
        return Lacking(runs - self._runs.keys(), lanes - self._lanes.keys())

    def fetch(self, lacking: Lacking, connection: Connection) -> None:
        """Read it all at once: one question for each would be most of what they cost."""
        found = {key: _DECODE_RUN(state) for key, state in _read(notice_runs, lacking.runs, connection)}
        named = ((slug, lane_of(state.run)) for (slug, _), state in found.items() if state.run)
        lanes = {*lacking.lanes, *named} - self._lanes.keys()
        self._lanes |= dict.fromkeys(lanes, Lane())
        self._lanes |= {key: _DECODE_LANE(state) for key, state in _read(notice_lanes, lanes, connection)}
        self._runs |= dict.fromkeys(lacking.runs, RunState()) | found

    def take(self, entries: Sequence[Entry], is_young: Callable[[Change], bool]) -> int:
        """Learn from `entries`, of which nothing is lacking. Returns how many failed, which is a bug."""
        failed = 0
        for seq, change in entries:
            try:
                self._take(reduced(change), is_young(change))
            except Exception:  # whatever one does to us, the next ones are told
                failed += 1
                log.exception("notice.failed", seq=seq, delivery=change.origin.delivery_id)
        return failed

    def written_runs(self) -> list[tuple[RunKey, bytes]]:
        """The runs to be written, as they are kept."""
        return [(key, _ENCODE(self._runs[key])) for key in self._changed_runs]

    def written_lanes(self) -> list[tuple[LaneKey, bytes]]:
        """The lanes to be written, as they are kept."""
        return [(key, _ENCODE(self._lanes[key])) for key in self._changed_lanes]

    def was_written(self) -> None:
        """All of it is in the database now."""
        self.puts.clear()
        self._changed_runs.clear()
        self._changed_lanes.clear()
        if len(self._runs) + len(self._lanes) > MAX_HELD:
            self._runs.clear()
            self._lanes.clear()

    def _take(self, change: Change, young: bool) -> None:
        slug = change.repository.slug
        run_key = slug, change.run.id
        before = self._runs[run_key]
        state = merge(before, change)
        if state is not before:
            self._runs[run_key] = state
            self._changed_runs.add(run_key)
        if state.run is None:
            return  # it is not known yet which branch this is about
        lane_key = slug, lane_of(state.run)
        known = self._lanes[lane_key]
        lane, puts = decide(known, state, change, young=young)
        self.puts += puts
        if lane is not known:
            self._lanes[lane_key] = lane
            self._changed_lanes.add(lane_key)


def _named_by(change: Change) -> Run | None:
    """The run whose lane a report names: only its own report says which branch it is about."""
    return change.run if isinstance(change, RunReported) else None


def _read(table: Table, keys: Collection[tuple[str, Any]], connection: Connection) -> Iterator[tuple[Any, bytes]]:
    """What is written under `keys`. One question for each repository: only so do both databases use their index."""
    slug, name = tuple(table.primary_key)
    for repository, some in groupby(sorted(keys), key=itemgetter(0)):
        names = [key[1] for key in some]
        for start in range(0, len(names), KEYS_AT_ONCE):
            these = slug == repository, name.in_(names[start : start + KEYS_AT_ONCE])
            for key, state in connection.execute(select(name, table.c.state).where(*these)):
                yield (repository, key), bytes(state)
