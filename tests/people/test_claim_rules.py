"""When a claim may be made, and when it is over: whatever else runs on the board."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from omnilens.model import Actor, Conclusion, Job, Run, Status
from omnilens.people.claims import LASTS, Claim, Kept, Place, is_over, needing
from omnilens.people.viewer import LOCAL
from omnilens.pipeline.merge import RunView

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
PLACE = Place("octo-repo", 11, "main")


def ended(run_id: int, conclusion: str, **said: Any) -> RunView:
    fields = {"workflow_id": 11, "head_branch": "main", "run_started_at": NOW, "updated_at": NOW, **said}
    return RunView(Run(id=run_id, name="CI", status=Status.COMPLETED, conclusion=Conclusion(conclusion), **fields), ())


def going_on(run_id: int, *jobs: Conclusion | None) -> RunView:
    run = Run(
        id=run_id,
        name="CI",
        status=Status.IN_PROGRESS,
        workflow_id=11,
        head_branch="main",
        run_started_at=NOW,
        updated_at=NOW,
    )
    there = (
        Job(id=number, run_id=run_id, name="build", status=Status.COMPLETED, conclusion=conclusion)
        for number, conclusion in enumerate(jobs)
    )
    return RunView(run, tuple(there))


def held(run_id: int, *statuses: str, status: str = "in_progress") -> RunView:
    """A run that waits for an approval, or of which only jobs do."""
    run = going_on(run_id).run
    jobs = (
        Job(id=number, run_id=run_id, name="deploy", status=Status(each))
        for number, each in enumerate(statuses or ("waiting",))
    )
    return RunView(replace(run, status=Status(status)), tuple(jobs))


def claim(run_id: int, at: datetime = NOW) -> Kept:
    return Kept(PLACE, LOCAL, Claim(workflow_id=11, branch="main", run_id=run_id, name="Maria", login=None, at=at))


@pytest.mark.parametrize(
    ("views", "by"),
    [
        ([], None),
        ([ended(1, "failure")], 1),
        ([ended(1, "failure"), ended(3, "timed_out"), ended(2, "success")], 3),
        ([ended(1, "failure"), ended(2, "success")], None),
        ([ended(1, "failure"), ended(2, "cancelled")], 1),
        ([ended(1, "failure"), going_on(2)], 1),
        ([going_on(2, None, Conclusion.FAILURE)], 2),
        ([held(2)], 2),
        ([held(2, status="waiting")], 2),
        ([held(2, "waiting", "in_progress")], None),  # not all that is left of it
        ([ended(1, "failure"), held(2)], 2),
        ([held(2), ended(3, "success")], None),
        ([held(2), going_on(3)], 2),
        ([ended(2, "action_required")], 2),
        ([ended(1, "failure", workflow_id=12)], None),
        ([ended(1, "failure", head_branch="fix")], None),
        ([ended(1, "failure", workflow_id=None)], None),
    ],
)
def test_what_fails_or_waits_can_be_looked_after(views: list[RunView], by: int | None) -> None:
    run = needing(PLACE, views)
    assert (run and run.id) == by


def test_the_main_branch_of_a_fork_is_another_one() -> None:
    fork = ended(1, "failure", event="pull_request", actor=Actor(login="octocat"))
    assert needing(PLACE, [fork]) is None
    assert needing(PLACE._replace(branch="octocat:main"), [fork]) == fork.run


@pytest.mark.parametrize(
    ("views", "over"),
    [
        ([], False),
        ([ended(5, "failure"), ended(6, "failure")], False),
        ([ended(5, "failure"), ended(6, "cancelled"), going_on(7)], False),
        ([ended(4, "success")], False),  # an older commit says nothing about this failure, however late it passes
        ([ended(5, "success")], True),  # run again
        ([ended(5, "failure"), ended(6, "success")], True),
        ([ended(5, "failure"), ended(6, "success"), ended(7, "failure")], True),  # that is another incident
        ([ended(6, "success", head_branch="fix")], False),
        ([ended(6, "success", workflow_id=12)], False),
    ],
)
def test_it_is_over_when_a_later_run_passes(views: list[RunView], over: bool) -> None:
    assert is_over(claim(5), views, NOW) is over


@pytest.mark.parametrize(
    ("views", "over"),
    [
        ([held(5)], False),
        ([going_on(5)], False),  # approved, and under way
        ([ended(5, "success")], True),
        ([ended(5, "failure")], False),  # turned down, or it broke: whoever is on it still is
        ([ended(5, "cancelled")], True),
        ([ended(5, "skipped"), going_on(6)], True),
        ([ended(5, "cancelled"), held(6)], False),  # the next one took its place
        ([ended(4, "failure"), ended(5, "cancelled")], False),
        ([ended(5, "action_required")], False),
        ([ended(6, "cancelled")], False),
    ],
)
def test_on_what_waited_it_is_over_when_that_passes_or_is_called_off(views: list[RunView], over: bool) -> None:
    assert is_over(claim(5), views, NOW) is over


def test_nobody_is_on_it_for_ever() -> None:
    assert not is_over(claim(5), [], NOW + LASTS - timedelta(seconds=1))
    assert is_over(claim(5), [], NOW + LASTS)
