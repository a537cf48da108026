"""What the keeper knows between two transactions: runs and lanes as they are after the entries it has read."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Table, select, tuple_
from sqlalchemy.exc import SQLAlchemyError

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


class Desk:
    """Reads what it needs from the database, and remembers what became different. Only one thread at a time."""

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

    def take(self, entries: Sequence[Entry], is_young: Callable[[Change], bool], connection: Connection) -> int:
        """Learn from `entries`. Returns how many failed, which is a bug: one must not keep the others from anybody."""
        failed = 0
        self._fetch(entries, connection)
        for seq, change in entries:
            try:
                self._take(reduced(change), is_young(change), connection)
            except SQLAlchemyError:
                raise
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

    def _take(self, change: Change, young: bool, connection: Connection) -> None:
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
        known = self._lane(lane_key, connection)
        lane, puts = decide(known, state, change, young=young)
        self.puts += puts
        if lane is not known:
            self._lanes[lane_key] = lane
            self._changed_lanes.add(lane_key)

    def _fetch(self, entries: Sequence[Entry], connection: Connection) -> None:
        """Read what `entries` are about all at once: one question for each would be most of what they cost."""
        runs = {(change.repository.slug, change.run.id) for _, change in entries} - self._runs.keys()
        for key, state in _read(notice_runs, runs, connection):
            self._runs[key] = _DECODE_RUN(state)
        for key in runs - self._runs.keys():
            self._runs[key] = RunState()
        reported = ((change.repository.slug, self._known(change)) for _, change in entries)
        lanes = {(slug, lane_of(run)) for slug, run in reported if run} - self._lanes.keys()
        for key, state in _read(notice_lanes, lanes, connection):
            self._lanes[key] = _DECODE_LANE(state)
        for key in lanes - self._lanes.keys():
            self._lanes[key] = Lane()

    def _known(self, change: Change) -> Run | None:
        """What is known of a run before `change` is learnt, or by it: it names the lane, nearly always."""
        known = self._runs[change.repository.slug, change.run.id].run
        return known or (change.run if isinstance(change, RunReported) else None)

    def _lane(self, key: LaneKey, connection: Connection) -> Lane:
        if key not in self._lanes:
            found = next(_read(notice_lanes, {key}, connection), None)
            self._lanes[key] = _DECODE_LANE(found[1]) if found else Lane()
        return self._lanes[key]


def _read(table: Table, keys: Collection[tuple[str, Any]], connection: Connection) -> Iterator[tuple[Any, bytes]]:
    columns = tuple(table.primary_key)
    remaining = list(keys)
    while remaining:
        some, remaining = remaining[:KEYS_AT_ONCE], remaining[KEYS_AT_ONCE:]
        for *key, state in connection.execute(select(*columns, table.c.state).where(tuple_(*columns).in_(some))):
            yield tuple(key), bytes(state)
