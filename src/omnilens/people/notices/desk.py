"""What the keeper knows between two transactions: runs and lanes as they are after the entries it has read."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec
from sqlalchemy import Connection, select
from sqlalchemy.exc import SQLAlchemyError

from omnilens.database.notice_schema import notice_lanes, notice_runs
from omnilens.operations import logs
from omnilens.people.notices.lanes import Lane, lane_of, reduced
from omnilens.people.notices.rules import Put, decide
from omnilens.pipeline.change import Change
from omnilens.pipeline.journal import Entry
from omnilens.pipeline.merge import RunState, merge

log = logs.get(__name__)

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
        before = self._run(run_key, connection)
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
        if lane != known:
            self._lanes[lane_key] = lane
            self._changed_lanes.add(lane_key)

    def _run(self, key: RunKey, connection: Connection) -> RunState:
        if key not in self._runs:
            wanted = (notice_runs.c.slug == key[0]) & (notice_runs.c.run_id == key[1])
            found = connection.execute(select(notice_runs.c.state).where(wanted)).scalar_one_or_none()
            self._runs[key] = RunState() if found is None else _DECODE_RUN(found)
        return self._runs[key]

    def _lane(self, key: LaneKey, connection: Connection) -> Lane:
        if key not in self._lanes:
            wanted = (notice_lanes.c.slug == key[0]) & (notice_lanes.c.lane == key[1])
            found = connection.execute(select(notice_lanes.c.state).where(wanted)).scalar_one_or_none()
            self._lanes[key] = Lane() if found is None else _DECODE_LANE(found)
        return self._lanes[key]
