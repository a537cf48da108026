"""Many runs of the past, page by page, without what nobody asked for."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from omnilens.database import Database
from omnilens.model import Status, Step
from omnilens.pipeline import walking
from omnilens.pipeline.history import History, Past
from omnilens.pipeline.merge import RunState, view
from support.remembered import past_job, past_run, state

pytestmark = pytest.mark.anyio

T0 = datetime(2026, 11, 1, tzinfo=UTC)


class Walker:
    """Keeps what it is given, and by whom."""

    def __init__(self) -> None:
        self.states: list[RunState] = []
        self.pages: list[int] = []
        self.threads: set[str] = set()

    def take(self, states: Sequence[RunState]) -> None:
        self.states += states
        self.pages.append(len(states))
        self.threads.add(threading.current_thread().name)

    @property
    def ids(self) -> list[int]:
        return [view(each).run.id for each in self.states]


async def kept(folder: Path, *states: RunState) -> Database:
    database = Database(f"sqlite:///{folder}/db")
    await database.open()
    await History(database).keep(Past(0, [], [("api", each) for each in states]))
    return database


async def test_each_run_comes_once_also_those_of_the_same_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walking, "ROWS_AT_ONCE", 3)
    runs = [past_run(number, T0 + timedelta(hours=number // 5)) for number in range(1, 24)]
    database = await kept(tmp_path, *map(state, runs))
    walker = Walker()
    await History(database).walk("api", T0, T0 + timedelta(hours=4), walker.take, jobs=True)
    assert walker.ids == list(range(1, 20))
    assert walker.pages == [3] * 6 + [1]
    assert all(name.startswith("database-reader") for name in walker.threads)
    other = Walker()
    await History(database).walk("other", T0, T0 + timedelta(days=9), other.take, jobs=True)
    assert other.ids == []
    await database.close()


async def test_steps_are_never_read_and_jobs_only_where_they_are_wanted(tmp_path: Path) -> None:
    run = past_run(1, T0)
    job = past_job(21, run, steps=(Step(number=1, name="pytest", status=Status.COMPLETED),))
    database = await kept(tmp_path, state(run, job))
    with_jobs, without = Walker(), Walker()
    await History(database).walk("api", T0, T0 + timedelta(days=1), with_jobs.take, jobs=True)
    await History(database).walk("api", T0, T0 + timedelta(days=1), without.take, jobs=False)
    (found,) = view(with_jobs.states[0]).jobs
    assert (found.name, found.labels, found.steps) == ("build", ("ubuntu-latest",), ())
    assert view(without.states[0]) == (run, ())
    await database.close()
