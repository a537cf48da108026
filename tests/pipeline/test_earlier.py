"""Rewinding: the board before all updates that are kept, with those updates, is every board since."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from pytest import MonkeyPatch

from omnilens.model import Actor, Status
from omnilens.pipeline import store as store_module
from omnilens.pipeline.change import Change
from omnilens.pipeline.earlier import Recording, shortened
from omnilens.pipeline.journal import Entry
from omnilens.pipeline.merge import RunState, RunView
from omnilens.pipeline.store import Store
from support.changes import apply_like_a_browser, at, changes, job, origin, run, run_reported

Board = dict[int, RunView]


def snapshot(store: Store) -> Board:
    return {view.run.id: view for view in store.all_runs("api")}


def filled(reports: list[Change]) -> tuple[Store, dict[int, Board]]:
    """A board, and how it looked at each ``seq``; change number n was received in second n."""
    store, looked = Store(), {0: dict[int, RunView]()}
    for seq, change in enumerate(reports, start=1):
        received = replace(change, origin=origin(seq, f"{seq}"))
        if store.apply(Entry(seq, received)):
            looked[seq] = snapshot(store)
    return store, looked


def replayed(recording: Recording) -> dict[int, Board]:
    """The board at each ``seq`` of a recording."""
    board = {view.run.id: view for view in recording.views}
    boards = {recording.seq: dict(board)}
    for update in recording.updates:
        apply_like_a_browser(board, update)
        boards[update.seq] = dict(board)
    return boards


def assert_true(recording: Recording, looked: dict[int, Board]) -> None:
    for seq, board in replayed(recording).items():
        assert board == looked[max(each for each in looked if each <= seq)]


@given(st.lists(changes(), max_size=20), st.integers(0, 20))
def test_every_moment_that_is_kept_is_as_it_was(reports: list[Change], forgotten: int) -> None:
    store, looked = filled(reports)
    store.forget(at(forgotten), timedelta(0))
    assert_true(store.recording("api"), looked)
    assert replayed(store.recording("api"))[store.seq("api")] == snapshot(store)


@given(st.lists(changes(), max_size=20), st.integers(0, 20), st.integers(0, 20))
def test_forgetting_twice_is_forgetting_later(reports: list[Change], one: int, other: int) -> None:
    store, looked = filled(reports)
    for moment in sorted((one, other)):
        store.forget(at(moment), timedelta(0))
        assert_true(store.recording("api"), looked)


@given(st.lists(changes(), max_size=20), st.integers(0, 8))
def test_a_shorter_recording_begins_later_and_tells_the_same(reports: list[Change], most: int) -> None:
    store, looked = filled(reports)
    whole = store.recording("api")
    short = shortened(whole, most)
    assert len(short.updates) == min(most, len(whole.updates))
    assert_true(short, looked)
    assert_true(whole, looked)  # which is what it was


def test_what_is_beyond_the_limit_is_forgotten_as_well(monkeypatch: MonkeyPatch) -> None:
    monkeypatch.setattr(store_module, "MAX_UPDATES", 2)
    store, looked = filled([run_reported(id=1), run_reported(id=2), run_reported(Status.COMPLETED, 3, id=1)])
    recording = store.recording("api")
    assert (recording.seq, recording.since, len(recording.updates)) == (1, at(1), 2)
    assert_true(recording, looked)


def test_what_the_history_had_was_there_before() -> None:
    store = Store()
    store.begin("api", 7, at(-9))
    store.restore("api", RunState(run(id=1), None, {21: job()}))
    store.apply(Entry(8, replace(run_reported(Status.COMPLETED, 3, id=1), origin=origin(8))))
    recording = store.recording("api")
    assert (recording.seq, recording.since) == (7, at(-9))
    (before,) = recording.views
    assert (before.run.status, len(before.jobs)) == (Status.IN_PROGRESS, 1)


def test_behind_a_gap_nothing_is_told_of_before() -> None:
    store, _ = filled([run_reported(id=1), run_reported(Status.COMPLETED, 3, id=1)])
    store.forget(at(2), timedelta(0))
    store.skip(9)
    recording = store.recording("api")
    assert (recording.seq, recording.since, recording.updates) == (9, None, [])
    assert {view.run.id: view for view in recording.views} == snapshot(store)


def test_a_repository_without_a_board_has_nothing_to_rewind() -> None:
    assert Store().recording("api") == Recording(None, 0, [], [])


@given(st.lists(changes(), max_size=15), st.integers(0, 15))
def test_an_actor_who_is_forgotten_was_never_there(reports: list[Change], forgotten: int) -> None:
    named = [replace(each, run=replace(each.run, actor=Actor(login="Ada"))) for each in reports]
    store, _ = filled(named)
    store.forget(at(forgotten), timedelta(0))
    store.forget_actor("ada")
    boards = replayed(store.recording("api"))
    assert [view.run.actor for board in boards.values() for view in board.values() if view.run.actor] == []
