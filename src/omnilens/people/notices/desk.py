"""What the keeper knows between two transactions: lanes as they are after the entries it has read."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection, select

from omnilens.database.notice_schema import notice_lanes
from omnilens.operations import logs
from omnilens.people.notices.lanes import Lane, lane_of
from omnilens.people.notices.rules import Put, decide
from omnilens.pipeline.change import Change, RunReported
from omnilens.pipeline.journal import Entry
from omnilens.pipeline.merge import RunState, merge

log = logs.get(__name__)

KEYS_AT_ONCE = 200
"""Rows that are asked for in one question; SQLite takes no more than some hundred values."""
MAX_HELD = 5_000
"""Lanes that are held in memory; after a commit more than these are let go of, and read again when needed."""

_ENCODE = msgspec.json.Encoder().encode
_DECODE = msgspec.json.Decoder(Lane).decode

LaneKey = tuple[str, str]
States = Callable[[str, int], RunState | None]
"""What the board knows of a run, by slug and id; nothing if it is not there."""


class Heard(NamedTuple):
    """An entry, and what is known of its run."""

    seq: int
    change: Change
    state: RunState
    lane: LaneKey


def heard(entries: Sequence[Entry], states: States) -> list[Heard]:
    """What `entries` are about. Left out is that of which nobody knows yet which branch it is about.

    The board has merged all of them, and more: that a run has got further since is no harm to whoever is told of it.
    """
    found = []
    for seq, change in entries:
        slug = change.repository.slug
        state = states(slug, change.run.id) or merge(RunState(), change)
        if state.run is not None:
            found.append(Heard(seq, change, state, (slug, lane_of(state.run))))
    return found


class Desk:
    """Remembers what it read from the database, and what became different. Only one thread at a time."""

    def __init__(self) -> None:
        self.puts: list[Put] = []
        """What is to be kept and told, in its order."""
        self._lanes: dict[LaneKey, Lane] = {}
        self._changed: set[LaneKey] = set()

    @property
    def unwritten(self) -> int:
        """How many lanes are different from what the database has."""
        return len(self._changed)

    def lacks(self, these: Sequence[Heard]) -> set[LaneKey]:
        """The lanes of `these` that have to be read first."""
        return {each.lane for each in these} - self._lanes.keys()

    def fetch(self, lacking: Collection[LaneKey], connection: Connection) -> None:
        """Read them all at once: one question for each would be most of what they cost."""
        self._lanes |= dict.fromkeys(lacking, Lane())
        self._lanes |= {key: _DECODE(state) for key, state in _read(lacking, connection)}

    def take(self, these: Sequence[Heard], young_from: datetime) -> int:
        """Learn from `these`, of which nothing is lacking. Returns how many failed, which is a bug."""
        failed = 0
        for each in these:
            try:
                self._take(each, young=_is_young(each.change, young_from))
            except Exception:  # whatever one does to us, the next ones are told
                failed += 1
                log.exception("notice.failed", seq=each.seq, delivery=each.change.origin.delivery_id)
        return failed

    def written(self) -> list[tuple[LaneKey, bytes]]:
        """The lanes to be written, as they are kept."""
        return [(key, _ENCODE(self._lanes[key])) for key in self._changed]

    def was_written(self) -> None:
        """All of it is in the database now."""
        self.puts.clear()
        self._changed.clear()
        if len(self._lanes) > MAX_HELD:
            self._lanes.clear()

    def _take(self, each: Heard, *, young: bool) -> None:
        known = self._lanes[each.lane]
        lane, puts = decide(known, each.state, each.change, young=young)
        if lane is not known:
            self._lanes[each.lane] = lane
            self._changed.add(each.lane)
            self.puts += puts


def _is_young(change: Change, young_from: datetime) -> bool:
    reported = change.run.updated_at if isinstance(change, RunReported) else change.job.updated_at
    received = change.origin.received_at
    happened = min(reported, received) if reported else received
    return happened >= young_from and not change.origin.historic


def _read(keys: Collection[LaneKey], connection: Connection) -> Iterator[tuple[LaneKey, bytes]]:
    """What is written under `keys`. One question for each repository: only so do both databases use their index."""
    columns = notice_lanes.c
    for slug, some in groupby(sorted(keys), key=itemgetter(0)):
        names = [name for _, name in some]
        for start in range(0, len(names), KEYS_AT_ONCE):
            these = columns.slug == slug, columns.lane.in_(names[start : start + KEYS_AT_ONCE])
            for name, state in connection.execute(select(columns.lane, columns.state).where(*these)):
                yield (slug, name), bytes(state)
