"""What somebody is told of: one notice for an incident, whatever order its deliveries come in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from itertools import islice
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnilens.model import Actor, Conclusion, PullRequest, Status, Step
from omnilens.people.notices.incidents import Incident
from omnilens.people.notices.lanes import KEPT, SETTLED_AT_ONCE, Lane, lane_of
from omnilens.people.notices.notice import Notice
from omnilens.people.notices.rules import decide
from omnilens.pipeline.change import Change
from omnilens.pipeline.merge import RunState, merge
from support.changes import at, job_reported, run, run_reported

COMPLETED, WAITING, IN_PROGRESS, QUEUED = Status.COMPLETED, Status.WAITING, Status.IN_PROGRESS, Status.QUEUED
FAILURE, SUCCESS, CANCELLED = Conclusion.FAILURE, Conclusion.SUCCESS, Conclusion.CANCELLED


class Told:
    """What was told of one lane, as the keeper would keep it."""

    def __init__(self, changes: Iterable[Change] = (), ahead: int = 0) -> None:
        """The board has taken in as many changes more as it is `ahead`."""
        self.ahead = ahead
        self.lane = Lane()
        self.states: dict[int, RunState] = {}
        self.new: list[Notice] = []
        self.kept: dict[str, Notice] = {}
        self.hear(*changes)

    def hear(self, *changes: Change, young: bool = True) -> list[str]:
        """The kinds of what is told of these changes."""
        before = len(self.new)
        unmerged = iter(changes)
        self._merge(islice(unmerged, self.ahead))
        for change in changes:
            self._merge(islice(unmerged, 1))
            state = self.states[change.run.id]
            if state.run is None:
                continue
            self.lane, puts = decide(self.lane, state, change, young=young)
            for notice, new in puts:
                assert new is (notice.key not in self.kept)
                self.kept[notice.key] = notice
                self.new += [notice] if new else []
        return [notice.kind for notice in self.new[before:]]

    def _merge(self, changes: Iterable[Change]) -> None:
        for change in changes:
            self.states[change.run.id] = merge(self.states.get(change.run.id, RunState()), change)

    @property
    def unfinished(self) -> list[str]:
        return [notice.kind for notice in self.kept.values() if not notice.over]


def ended(number: int, conclusion: Conclusion, seconds: float, attempt: int = 1, **fields: Any) -> Change:
    return run_reported(COMPLETED, seconds, id=number, conclusion=conclusion, run_attempt=attempt, **fields)


def failed_step(number: int, seconds: float, attempt: int = 1, status: Status = IN_PROGRESS, **fields: Any) -> Change:
    """A job of which a step has failed, and which goes on to clean up."""
    step = Step(number=3, name="Test", status=COMPLETED, conclusion=FAILURE, completed_at=at(seconds))
    given = {"id": number * 10 + attempt, "run_id": number, "run_attempt": attempt, "steps": (step,), **fields}
    return job_reported(status, seconds, **given)


def test_the_first_failure_is_told_and_the_fix_with_how_long_it_took() -> None:
    told = Told()
    assert told.hear(ended(1, FAILURE, 10, actor=Actor(login="mona"), head_branch="main")) == ["broke"]
    assert told.new[0].actor == "mona"
    assert told.hear(run_reported(IN_PROGRESS, 20, id=2), ended(2, SUCCESS, 70)) == ["fixed"]
    assert told.new[1].at - told.new[1].since == timedelta(seconds=60)
    assert told.new[1].incident == told.new[0].key
    assert told.unfinished == []


def test_a_workflow_that_was_never_broken_is_not_fixed() -> None:
    assert Told().hear(ended(1, SUCCESS, 10), ended(2, SUCCESS, 20)) == []


@pytest.mark.parametrize("conclusion", [each for each in Conclusion if each not in {FAILURE, SUCCESS}])
def test_only_failures_break_and_only_success_mends(conclusion: Conclusion) -> None:
    told = Told()
    kinds = told.hear(ended(1, conclusion, 10))
    breaks = conclusion in {Conclusion.TIMED_OUT, Conclusion.STARTUP_FAILURE}
    assert kinds == (["broke"] if breaks else ["waits"] if conclusion is Conclusion.ACTION_REQUIRED else [])
    told = Told([ended(1, FAILURE, 10)])
    assert set(told.hear(ended(2, conclusion, 20))) <= {"waits"}
    assert "broke" in told.unfinished


def test_further_failures_raise_a_count_and_interrupt_nobody() -> None:
    told = Told()
    assert told.hear(*(ended(number, FAILURE, number * 10) for number in range(1, 6))) == ["broke"]
    assert told.kept[told.new[0].key].failures == 5


def test_a_rerun_that_fails_is_told_once_for_each_attempt() -> None:
    told = Told([ended(1, FAILURE, 10)])
    assert told.hear(ended(1, FAILURE, 20, 2), ended(1, FAILURE, 20, 2)) == ["still_fails"]
    assert told.hear(ended(1, FAILURE, 30, 3)) == ["still_fails"]
    assert told.hear(ended(1, FAILURE, 10)) == []
    assert told.hear(ended(1, SUCCESS, 40, 4)) == ["fixed"]
    assert len({notice.incident for notice in told.new}) == 1


def test_a_step_that_fails_is_told_minutes_before_the_run_ends_and_only_then() -> None:
    told = Told([run_reported(IN_PROGRESS, 0)])
    assert told.hear(failed_step(1, 10)) == ["failing"]
    assert (told.new[0].job, told.new[0].step) == ("build", "Test")
    assert told.hear(failed_step(1, 10, status=COMPLETED, conclusion=FAILURE), ended(1, FAILURE, 300)) == []
    (kept,) = told.kept.values()
    assert (kept.kind, kept.step, kept.since, kept.conclusion) == ("broke", "Test", at(10), "failure")


def test_a_job_that_may_fail_is_taken_back_and_not_told_again() -> None:
    told = Told([run_reported(IN_PROGRESS, 0), failed_step(1, 10), ended(1, SUCCESS, 300)])
    assert [(notice.kind, notice.outcome) for notice in told.kept.values()] == [("failing", "passed")]
    assert told.hear(run_reported(IN_PROGRESS, 400, id=2), failed_step(2, 410), ended(2, SUCCESS, 500)) == []
    assert told.hear(run_reported(IN_PROGRESS, 600, id=3), failed_step(3, 610), ended(3, FAILURE, 700)) == ["broke"]


def test_a_job_that_failed_in_a_run_that_was_cancelled_left_nothing_broken() -> None:
    told = Told([run_reported(IN_PROGRESS, 0), failed_step(1, 10), ended(1, CANCELLED, 300)])
    assert [(notice.kind, notice.outcome) for notice in told.kept.values()] == [("failing", "cancelled")]
    assert told.lane.broken is None


def test_a_job_that_came_before_its_run_is_told_with_it() -> None:
    told = Told([failed_step(1, 10)])
    assert told.new == []
    assert told.hear(run_reported(IN_PROGRESS, 0)) == ["failing"]


def test_an_older_run_that_ends_late_says_nothing_about_the_branch() -> None:
    told = Told([ended(2, SUCCESS, 10)])
    assert told.hear(failed_step(1, 15), ended(1, FAILURE, 20)) == []
    told = Told([ended(2, FAILURE, 10)])
    assert told.hear(ended(1, SUCCESS, 20)) == []
    assert told.hear(ended(3, SUCCESS, 30)) == ["fixed"]


def test_waiting_is_told_once_and_gone_when_it_was_approved() -> None:
    told = Told([run_reported(IN_PROGRESS, 0)])
    assert told.hear(job_reported(WAITING, 10, name="deploy"), job_reported(WAITING, 10, name="deploy")) == ["waits"]
    assert told.new[0].job == "deploy"
    assert told.hear(job_reported(IN_PROGRESS, 20, name="deploy")) == []
    assert [notice.outcome for notice in told.kept.values()] == ["approved"]
    assert told.hear(job_reported(WAITING, 30, id=22, name="deploy again")) == []  # while the other goes on
    assert told.hear(job_reported(COMPLETED, 40, name="deploy")) == ["waits"]
    assert told.hear(ended(1, CANCELLED, 50)) == []
    assert [notice.outcome for notice in told.kept.values()] == ["approved", "cancelled"]


def test_what_is_old_is_known_but_not_told() -> None:
    told = Told()
    assert told.hear(ended(1, FAILURE, 10), failed_step(1, 5), young=False) == []
    assert told.lane.broken is not None
    assert told.hear(ended(2, FAILURE, 20)) == ["broke"]  # of which nobody knew
    assert told.new[0].since == at(5)
    assert told.hear(ended(3, SUCCESS, 30), young=False) == []
    assert told.unfinished == []


def test_a_long_life_leaves_little_behind() -> None:
    told = Told()
    for number in range(1, 200, 2):
        assert told.hear(ended(number, FAILURE, number * 10), ended(number + 1, SUCCESS, number * 10 + 5)) == [
            "broke",
            "fixed",
        ]
        assert len(told.lane.attempts) <= KEPT + SETTLED_AT_ONCE
    assert told.hear(ended(1, FAILURE, 10), ended(2, FAILURE, 12, 7)) == []


def test_a_fork_has_branches_of_its_own() -> None:
    def lane(**fields: Any) -> str:
        return lane_of(run(workflow_id=11, head_branch="main", actor=Actor(login="mona"), **fields))

    assert (
        lane(event="push")
        == lane(event="schedule")
        == lane(event="pull_request", pull_requests=(PullRequest(number=7),))
    )
    assert lane(event="pull_request") != lane(event="push")
    assert lane_of(run(name="A", head_branch="main")) != lane_of(run(name="B", head_branch="main"))


@st.composite
def histories(draw: st.DrawFn) -> list[Change]:
    """What really happens to a few runs on one branch: attempts that follow each other, each with jobs."""
    changes: list[Change] = []
    chance = st.integers(1, 40)
    for number in range(1, draw(st.integers(1, 5)) + 1):
        clock = number * 30.0
        for attempt in range(1, draw(st.integers(1, 3)) + 1):
            changes.append(run_reported(IN_PROGRESS, clock, id=number, run_attempt=attempt))
            for job in range(draw(st.integers(0, 2))):
                clock += draw(chance)
                about: dict[str, Any] = {"id": number * 100 + attempt * 10 + job, "name": f"job {job}"}
                conclusion = draw(st.sampled_from([FAILURE, SUCCESS, CANCELLED]))
                changes.append(job_reported(WAITING, clock, run_id=number, run_attempt=attempt, **about))
                if conclusion is FAILURE:
                    changes.append(failed_step(number, clock + 1, attempt, **about))
                    changes.append(failed_step(number, clock + 1, attempt, COMPLETED, conclusion=FAILURE, **about))
                else:
                    changes.append(
                        job_reported(
                            COMPLETED, clock + 1, run_id=number, run_attempt=attempt, conclusion=conclusion, **about
                        )
                    )
            clock += draw(chance)
            changes.append(ended(number, draw(st.sampled_from([FAILURE, FAILURE, SUCCESS, CANCELLED])), clock, attempt))
    return changes


def known(told: Told) -> tuple[list[Incident], Any]:
    return told.lane.incidents, told.lane.attempts


@given(histories(), st.data())
def test_any_order_and_repetition_ends_with_the_same_incidents_and_tells_nothing_twice(
    history: list[Change], data: st.DataObject
) -> None:
    repeated = history + data.draw(st.lists(st.sampled_from(history), max_size=10))
    shuffled = Told(data.draw(st.permutations(repeated)), ahead=data.draw(st.integers(0, 40)))
    assert known(shuffled) == known(Told(history))
    assert max(Counter(notice.key for notice in shuffled.new).values(), default=0) <= 1
    assert shuffled.hear(*history) == []  # a replay of everything
    assert (shuffled.lane.broken is None) or shuffled.lane.alarm is not None


@given(histories(), st.integers(0, 40))
def test_an_incident_has_one_alarm_and_at_most_one_end(history: list[Change], ahead: int) -> None:
    told = Told(history, ahead)
    for kinds in ({"failing", "broke"}, {"fixed"}):
        counted = Counter(notice.incident for notice in told.new if notice.kind in kinds)
        assert max(counted.values(), default=0) <= 1
    alarms = [notice for notice in told.kept.values() if notice.kind in {"failing", "broke"}]
    assert sum(not notice.over for notice in alarms) == (told.lane.broken is not None)
