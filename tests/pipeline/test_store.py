"""The board: snapshots and updates are two views of the same thing."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from pytest import MonkeyPatch

from omnilens.model import Actor, JobUpdate, Status, Update, WorkflowUpdate
from omnilens.pipeline import store as store_module
from omnilens.pipeline.change import Change
from omnilens.pipeline.journal import Entry
from omnilens.pipeline.merge import RunView
from omnilens.pipeline.store import RUNS_KEPT, Store
from support.changes import T0, apply_like_a_browser, at, changes, job_reported, run_reported

EVER = (datetime.min.replace(tzinfo=T0.tzinfo), datetime.max.replace(tzinfo=T0.tzinfo))


def filled(*reports: Change) -> tuple[Store, list[Update | None]]:
    store = Store()
    return store, [store.apply(Entry(seq, change)) for seq, change in enumerate(reports, start=1)]


def snapshot(store: Store) -> dict[int, RunView]:
    return {view.run.id: view for view in store.runs("api", *EVER)}


@given(st.lists(changes(), max_size=15), st.integers(0, 15))
def test_a_snapshot_and_the_updates_after_it_are_a_fresh_snapshot(reports: list[Change], when: int) -> None:
    store, _ = filled(*reports[:when])
    board, seq = snapshot(store), store.seq("api")
    for number, change in enumerate(reports[when:], start=when + 1):
        store.apply(Entry(number, change))
    missed = store.since("api", seq)
    assert missed is not None
    for update in missed:
        apply_like_a_browser(board, update)
    assert board == snapshot(store)


@given(st.lists(changes(), max_size=15))
def test_every_update_names_the_one_before_it(reports: list[Change]) -> None:
    _, updates = filled(*reports)
    seen = 0
    for update in updates:
        if update is not None:
            assert update.prev == seen < update.seq
            seen = update.seq


def test_what_changes_nothing_tells_nobody() -> None:
    _, updates = filled(run_reported(Status.COMPLETED, 9), run_reported(Status.IN_PROGRESS, 3))
    assert updates[0] is not None
    assert updates[1] is None


def test_the_updates_of_the_contract() -> None:
    _, (started, failed, job) = filled(
        run_reported(Status.QUEUED, 1),
        run_reported(Status.COMPLETED, 9, conclusion="timed_out"),
        job_reported(Status.COMPLETED, 8, conclusion="failure"),
    )
    assert isinstance(started, WorkflowUpdate)
    assert (started.type, started.status, started.conclusion, started.seq) == ("workflow_started", "queued", None, 1)
    assert isinstance(failed, WorkflowUpdate)
    assert (failed.type, failed.conclusion, failed.workflowId, failed.workflowName) == (
        "workflow_failed",
        "timed_out",
        1,
        "CI",
    )
    assert isinstance(job, JobUpdate)
    assert (job.type, job.jobData.name, job.runData.conclusion) == ("job_failed", "build", "timed_out")


def test_history_is_taken_in_silently() -> None:
    old = run_reported(Status.COMPLETED, -7200)
    store, (update,) = filled(replace(old, origin=replace(old.origin, historic=True)))
    assert update is None
    assert store.seq("api") == 0
    assert [view.run.id for view in store.runs("api", *EVER)] == [1]


def test_who_missed_nothing_is_told_nothing() -> None:
    store, _ = filled(run_reported(Status.QUEUED, 1))
    assert store.since("api", 1) == []
    assert Store().since("api", 0) == []


def test_a_place_that_never_was_is_not_resumed_from() -> None:
    store, _ = filled(run_reported(Status.QUEUED, 1))
    assert store.since("api", 2) is None
    assert Store().since("api", 5) is None


def test_who_was_away_longer_than_the_retention_must_begin_anew() -> None:
    store, _ = filled(run_reported(Status.QUEUED, 0), run_reported(Status.IN_PROGRESS, 1200))
    store.forget(at(2000), timedelta(minutes=30))
    assert store.since("api", 0) is None
    missed = store.since("api", 1)
    assert missed is not None
    assert [update.seq for update in missed] == [2]
    assert len(snapshot(store)) == 1


def test_runs_are_forgotten_when_no_day_contains_them() -> None:
    store, _ = filled(run_reported(Status.COMPLETED, 0))
    store.forget(at(0) + RUNS_KEPT, timedelta(minutes=30))
    assert len(snapshot(store)) == 1
    store.forget(at(1) + RUNS_KEPT, timedelta(minutes=30))
    assert snapshot(store) == {}


def test_memory_is_bounded_by_count_too(monkeypatch: MonkeyPatch) -> None:
    monkeypatch.setattr(store_module, "MAX_RUNS", 10)
    monkeypatch.setattr(store_module, "MAX_UPDATES", 10)
    store, _ = filled(*(run_reported(Status.COMPLETED, number, id=number) for number in range(1, 31)))
    assert sorted(snapshot(store)) == list(range(21, 31))
    assert store.since("api", 19) is None
    assert len(store.since("api", 20) or []) == 10


def test_a_run_belongs_to_every_day_it_was_active_in() -> None:
    midnight = at(12 * 3600)
    store, _ = filled(
        run_reported(Status.COMPLETED, 12 * 3600 + 60, id=1, run_started_at=at(12 * 3600 - 60)),
        run_reported(Status.COMPLETED, 12 * 3600 - 1, id=2),
        run_reported(Status.IN_PROGRESS, 10, id=3),
        run_reported(Status.COMPLETED, 12 * 3600 + 1, id=4, run_started_at=midnight),
    )
    today = {view.run.id for view in store.runs("api", midnight - timedelta(days=1), midnight)}
    tomorrow = [view.run.id for view in store.runs("api", midnight, midnight + timedelta(days=1))]
    assert today == {1, 2, 3}
    assert tomorrow == [4, 1, 3]  # newest first


def test_repositories_do_not_mix() -> None:
    store, _ = filled(run_reported())
    assert store.runs("web", *EVER) == []
    assert store.run("web", 1) is None
    assert store.seq("web") == 0


def test_a_gap_is_another_version_of_every_snapshot() -> None:
    """Its number is in the snapshot: one that was encoded before must not be served after."""
    store, _ = filled(run_reported(Status.IN_PROGRESS))
    before = {slug: store.version(slug) for slug in ("api", "unheard-of")}
    store.skip(7)
    assert {slug: store.seq(slug) for slug in before} == {"api": 7, "unheard-of": 7}
    for slug, version in before.items():
        assert store.version(slug) > version


@given(st.lists(changes(), max_size=15))
def test_an_actor_who_is_forgotten_is_in_no_snapshot_and_no_update(reports: list[Change]) -> None:
    named = [
        replace(each, run=replace(each.run, actor=Actor(login="Ada" if n % 2 else "bob")))
        for n, each in enumerate(reports)
    ]
    store, _ = filled(*named)
    before, version = snapshot(store), store.version("api")
    store.forget_actor("ada")
    after = snapshot(store)
    logins = {view.run.actor.login for view in after.values() if view.run.actor}
    assert logins <= {"bob"}
    assert {update.runData.actor.login for update in store.since("api", 0) or () if update.runData.actor} <= {"bob"}
    assert before == after or store.version("api") != version
    assert [replace(view.run, actor=None) for view in after.values()] == [
        replace(view.run, actor=None) for view in before.values()
    ]
