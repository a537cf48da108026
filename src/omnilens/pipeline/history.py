"""What the journal no longer has, folded into what became of it: the state of each run, kept for months.

The history ends exactly where the journal begins. So a start that takes the history for granted and then replays the
journal has the same board as before, and the same updates for whoever was away. Folding the same entries twice does no
harm, since merging is a maximum (see ``merge.py``).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import NamedTuple, TypeVar

import msgspec
from sqlalchemy import Connection, and_, bindparam, delete, insert, or_, select, update

from omnilens.database import Database
from omnilens.database.locks import Lock, hold
from omnilens.database.schema import history_state, repositories, runs
from omnilens.database.tables import from_ticks, to_ticks
from omnilens.model import Repository, to_json
from omnilens.operations import logs
from omnilens.pipeline.journal import Entry, Journal
from omnilens.pipeline.merge import RunState, RunView, merge, tells, union, view
from omnilens.pipeline.walking import Take, walk

log = logs.get(__name__)

T = TypeVar("T")

FOLDED_AT_ONCE = 200
"""Entries folded in one transaction, so that a change never waits long behind it."""
PRUNED_AT_ONCE = 1_000


class PastRepository(NamedTuple):
    """A repository as the history has it."""

    repository: Repository
    seq: int
    """Of the last update of it in the history."""
    last_event_at: datetime


class Past(NamedTuple):
    """Where a board begins: what was before the first entry that is replayed."""

    seq: int
    """Entries after this one are still to be applied."""
    repositories: list[PastRepository]
    runs: list[tuple[str, RunState]]
    """With the slug of their repository; the one that changed last comes last."""


NOTHING = Past(0, [], [])
"""The past of a board that has none."""


class History:
    """The runs of the past, in the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def past(self, epoch: str, since: datetime) -> Past:
        """Where a board of the journal of `epoch` begins, with the runs that changed after `since`."""
        return await self._database.read(partial(_past, epoch, to_ticks(since), None))

    async def past_of(self, slug: str, epoch: str, since: datetime) -> Past:
        """The same of one repository, for one that comes back onto a board that has begun without it."""
        return await self._database.read(partial(_past, epoch, to_ticks(since), slug))

    async def fold(self, journal: Journal, through: int) -> None:
        """Take in what the journal has up to `through`, which may then be forgotten there."""
        epoch = journal.epoch
        folded = await self._database.read(partial(_folded, epoch))
        if folded is None:
            folded = await self._in_turn(partial(_begin, epoch))
        while folded < through:
            entries = [entry for entry in await journal.page(folded, FOLDED_AT_ONCE) if entry.seq <= through]
            upto = entries[-1].seq if entries else through
            await self._in_turn(partial(_fold, epoch, entries, folded, upto))
            folded = upto

    async def keep(self, known: Past) -> None:
        """Take in what is known of runs, wherever that came from."""
        for start in range(0, len(known.runs), FOLDED_AT_ONCE):
            some = known.runs[start : start + FOLDED_AT_ONCE]
            await self._in_turn(partial(_keep, some, known.repositories))

    async def runs(self, slug: str, start: datetime, end: datetime) -> list[RunView]:
        """The runs of a repository that were active between `start` and `end`."""
        states = await self._database.read(partial(_active, slug, to_ticks(start), to_ticks(end)))
        return [view(state) for state in states]

    async def newest(self, slug: str, most: int) -> list[RunView]:
        """The runs of a repository that started last."""
        return [view(state) for state in await self._database.read(partial(_newest, slug, most))]

    async def run(self, slug: str, run_id: int) -> RunView | None:
        """One run, if the history has it."""
        states = await self._database.read(partial(_states, [(slug, run_id)]))
        return view(states[slug, run_id]) if states else None

    async def states(self, slug: str, run_ids: Collection[int]) -> dict[int, RunState]:
        """All that is known of some runs, by id."""
        states = await self._database.read(partial(_states, [(slug, run_id) for run_id in run_ids]))
        return {run_id: state for (_, run_id), state in states.items()}

    async def walk(self, slug: str, start: datetime, end: datetime, take: Take, *, jobs: bool) -> None:
        """Give `take`, in a thread, the runs that started between `start` and `end`: without steps, jobs if wanted."""
        await walk(self._database, slug, start, end, take, jobs=jobs)

    async def prune(self, before: datetime) -> int:
        """Forget runs that have not changed since. Returns how many."""
        pruned = 0
        while some := await self._in_turn(partial(_prune, to_ticks(before))):
            pruned += some
        return pruned

    async def _in_turn(self, transaction: Callable[[Connection], T]) -> T:
        """Machines that share the database take turns: each rewrites what it has read."""

        def alone(connection: Connection) -> T:
            hold(connection, Lock.HISTORY)
            return transaction(connection)

        return await self._database.write(alone)


_DECODE_STATE = msgspec.json.Decoder(RunState).decode
_DECODE_REPOSITORY = msgspec.json.Decoder(Repository).decode


def _begin(epoch: str, connection: Connection) -> int:
    """Take in the journal of `epoch` from its beginning: numbers of another one mean nothing any more."""
    if (folded := _folded(epoch, connection)) is not None:
        return folded  # another process has begun meanwhile
    connection.execute(delete(history_state))
    connection.execute(insert(history_state).values(id=1, epoch=epoch, folded=0))
    connection.execute(update(repositories).values(seq=0))
    return 0


def _folded(epoch: str, connection: Connection) -> int | None:
    folded: int | None = connection.execute(
        select(history_state.c.folded).where(history_state.c.epoch == epoch)
    ).scalar_one_or_none()
    return folded


def _past(epoch: str, since: int, slug: str | None, connection: Connection) -> Past:
    recent = select(runs.c.slug, runs.c.run_id, runs.c.state).where(runs.c.updated_at >= since)
    if slug is not None:
        recent = recent.where(runs.c.slug == slug)
    rows = connection.execute(recent.order_by(runs.c.updated_at))
    states = [(row.slug, state) for row in rows if (state := _state(*row))]
    known = [each for each in _repositories(connection) if slug is None or each.repository.slug == slug]
    folded = _folded(epoch, connection)
    if folded is None:
        return Past(0, [each._replace(seq=0) for each in known], states)
    return Past(folded, known, states)


def _fold(epoch: str, entries: list[Entry], before: int, upto: int, connection: Connection) -> None:
    """Merge `entries` into the runs they are about, unless another process has done it since `before` was read."""
    same_place = and_(history_state.c.epoch == epoch, history_state.c.folded == before)
    mine = update(history_state).where(same_place).values(folded=upto)
    if connection.execute(mine).rowcount == 0 or not entries:
        return
    states = _states([_key(entry) for entry in entries], connection)
    seen = {known.repository.slug: known for known in _repositories(connection)}
    for entry in entries:
        try:
            _take_in(entry, states, seen)
        except Exception:  # as with the board: one change must not keep all the others out
            log.exception("history.failed_change", seq=entry.seq, delivery=entry.change.origin.delivery_id)
    _write(states, seen.values(), connection)


def _keep(known: Sequence[tuple[str, RunState]], seen: list[PastRepository], connection: Connection) -> None:
    """Merge `known` into the runs, and remember repositories that are new."""
    keys = [(slug, view(state).run.id) for slug, state in known]
    states = _states(keys, connection)
    for key, (_, state) in zip(keys, known, strict=True):
        states[key] = union(states.get(key, RunState()), state)
    present = {each.repository.slug for each in _repositories(connection)}
    _write(states, [each for each in seen if each.repository.slug not in present], connection)


def _write(
    states: Mapping[tuple[str, int], RunState], seen: Collection[PastRepository], connection: Connection
) -> None:
    if states:
        same = and_(runs.c.slug == bindparam("_slug"), runs.c.run_id == bindparam("_run_id"))
        connection.execute(delete(runs).where(same), [{"_slug": slug, "_run_id": run} for slug, run in states])
        connection.execute(insert(runs), [_row(slug, state) for (slug, _), state in states.items()])
    if seen:
        slugs = [each.repository.slug for each in seen]
        connection.execute(delete(repositories).where(repositories.c.slug.in_(slugs)))
        connection.execute(insert(repositories), [_repository_row(each) for each in seen])


def _take_in(entry: Entry, states: dict[tuple[str, int], RunState], seen: dict[str, PastRepository]) -> None:
    """Bring the run and the repository of `entry` up to date."""
    state, known = states.get(_key(entry)), seen.get(entry.change.repository.slug)
    after = merge(state or RunState(), entry.change)
    told = tells(entry.change, view(state) if state else None, view(after))
    received = entry.change.origin.received_at
    states[_key(entry)] = after
    seen[entry.change.repository.slug] = PastRepository(
        repository=entry.change.repository,
        seq=entry.seq if told else known.seq if known else 0,
        last_event_at=max(known.last_event_at, received) if known else received,
    )


def _repositories(connection: Connection) -> list[PastRepository]:
    return [
        PastRepository(_DECODE_REPOSITORY(row.repository), row.seq, from_ticks(row.last_event_at))
        for row in connection.execute(select(repositories))
    ]


def _repository_row(known: PastRepository) -> dict[str, object]:
    return {
        "slug": known.repository.slug,
        "seq": known.seq,
        "last_event_at": to_ticks(known.last_event_at),
        "repository": to_json(known.repository),
    }


def _states(keys: Iterable[tuple[str, int]], connection: Connection) -> dict[tuple[str, int], RunState]:
    wanted = set(keys)
    rows = connection.execute(
        select(runs.c.slug, runs.c.run_id, runs.c.state).where(runs.c.run_id.in_({run_id for _, run_id in wanted}))
    )
    found = (((slug, run_id), written) for slug, run_id, written in rows)
    return {key: state for key, written in found if key in wanted and (state := _state(*key, written))}


def _active(slug: str, start: int, end: int, connection: Connection) -> list[RunState]:
    active = and_(
        runs.c.slug == slug, runs.c.started_at < end, or_(runs.c.completed.is_(False), runs.c.updated_at >= start)
    )
    rows = connection.execute(select(runs.c.slug, runs.c.run_id, runs.c.state).where(active))
    return [state for row in rows if (state := _state(*row))]


def _newest(slug: str, most: int, connection: Connection) -> list[RunState]:
    of_it = select(runs.c.slug, runs.c.run_id, runs.c.state).where(runs.c.slug == slug)
    rows = connection.execute(of_it.order_by(runs.c.started_at.desc()).limit(most))
    return [state for row in rows if (state := _state(*row))]


def _prune(before: int, connection: Connection) -> int:
    old = select(runs.c.slug, runs.c.run_id).where(runs.c.updated_at < before).limit(PRUNED_AT_ONCE)
    keys = [{"_slug": slug, "_run_id": run_id} for slug, run_id in connection.execute(old)]
    if keys:
        same = and_(runs.c.slug == bindparam("_slug"), runs.c.run_id == bindparam("_run_id"))
        connection.execute(delete(runs).where(same), keys)
    return len(keys)


def _key(entry: Entry) -> tuple[str, int]:
    return (entry.change.repository.slug, entry.change.run.id)


def _row(slug: str, state: RunState) -> dict[str, object]:
    run = view(state).run
    return {
        "slug": slug,
        "run_id": run.id,
        "started_at": to_ticks(run.run_started_at),
        "updated_at": to_ticks(run.updated_at),
        "completed": run.completed,
        "state": to_json(state),
    }


def _state(slug: str, run_id: int, written: bytes) -> RunState | None:
    """What is known of a run; a row that cannot be read costs that run, not all the others."""
    try:
        return _DECODE_STATE(bytes(written))
    except ValueError as error:
        log.error("history.unreadable_run", repo=slug, run=run_id, reason=str(error))
        return None
