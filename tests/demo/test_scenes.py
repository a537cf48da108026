"""The demo's deliveries are ones that GitHub could send, and end where they say."""

from __future__ import annotations

import itertools
import random
from datetime import UTC, datetime, timedelta

import pytest

from omnilens.demo.caring import Caring
from omnilens.demo.director import Director
from omnilens.demo.plans import PLANS, REPOSITORIES
from omnilens.demo.run import batched
from omnilens.demo.scenes import Scene, Shot, scene
from omnilens.demo.sender import body_of
from omnilens.demo.stage import Stage
from omnilens.demo.timeline import Ending
from omnilens.github.deliveries import Delivery
from omnilens.github.payloads import WorkflowJobPayload, WorkflowRunPayload, read
from omnilens.model import Repository, Status
from omnilens.pipeline.merge import RunState, RunView, merge, view
from omnilens.pipeline.normalise import normalise

START = datetime(2026, 11, 22, 12, tzinfo=UTC)
LONG = timedelta(days=2)


def shown(of: Scene) -> RunView:
    """The run as the board would show it after all of the scene's deliveries."""
    state = RunState()
    for shot in of.shots:
        body = body_of(shot.payload)
        delivery = Delivery(shot.delivery_id, shot.event, body, "signature", shot.at)
        payload = read(shot.event, body)
        repository = Repository(slug="x", full_name=of.facts.repository)
        assert isinstance(payload, WorkflowRunPayload | WorkflowJobPayload)
        state = merge(state, normalise(payload, repository, delivery, "github.com", LONG))
    return view(state)


def a_scene(ending: Ending, plan: int = 1, attempt: int = 1, seed: int = 1) -> Scene:
    director = Director(seed)
    facts = director.next_scene(START, PLANS[plan].repository).facts
    return scene(PLANS[plan], facts, attempt, START, ending, random.Random(seed), itertools.count(1).__next__)


@pytest.mark.parametrize("plan", range(len(PLANS)))
@pytest.mark.parametrize("ending", ["success", "failure", "cancelled", "timed_out", "startup_failure"])
def test_every_workflow_can_end_in_every_way(ending: Ending, plan: int) -> None:
    played = a_scene(ending, plan)
    run, jobs = shown(played)
    assert (run.status, run.conclusion) == (Status.COMPLETED, played.ending)
    assert all(job.status is Status.COMPLETED for job in jobs)
    assert len(jobs) == (0 if ending == "startup_failure" else len(PLANS[plan].jobs))


def test_a_rerun_sends_no_requested() -> None:
    actions = [shot.payload["action"] for shot in a_scene("success", attempt=2).shots if shot.event == "workflow_run"]
    assert "requested" not in actions
    assert "completed" in actions


def test_scenes_have_what_recordings_have() -> None:
    """Duplicates, deliveries that overtake each other, waiting for approval, skipped jobs."""
    director = Director(7)
    scenes = [director.next_scene(START, repository) for repository in REPOSITORIES * 40]
    shots = [shot for each in scenes for shot in each.shots]
    ids = [shot.delivery_id for shot in shots]
    assert len(set(ids)) < len(ids)
    assert any(list(each.shots) != sorted(each.shots, key=lambda shot: shot.at) for each in scenes)
    said = {(shot.payload["action"], (shot.payload.get("workflow_job") or {}).get("conclusion")) for shot in shots}
    assert {("waiting", None), ("completed", "skipped"), ("completed", "failure"), ("completed", "cancelled")} <= said


def test_the_same_seed_is_the_same_day() -> None:
    assert Director(5).history(START) == Director(5).history(START)
    assert Director(5).history(START) != Director(6).history(START)


def test_history_is_a_day_of_ends_in_order() -> None:
    history = Director(5).history(START)
    assert {shot.payload["action"] for shot in history} == {"completed"}
    assert {shot.payload["repository"]["full_name"] for shot in history} == set(REPOSITORIES)
    assert [shot.at for shot in history] == sorted(shot.at for shot in history)
    assert history[-1].at < START
    assert history[-1].at - history[0].at > timedelta(hours=20)


def test_something_moves_in_every_repository_all_the_time() -> None:
    stage = Stage(Director(5))
    stage.open(START)
    moments: dict[str, list[datetime]] = {repository: [START] for repository in REPOSITORIES}
    now = START
    while now < START + timedelta(minutes=10):
        shot = stage.next_shot()
        now = max(now, shot.at)
        moments[shot.payload["repository"]["full_name"]].append(now)
        stage.keep_busy(now)
    gaps = [later - earlier for each in moments.values() for earlier, later in itertools.pairwise(each)]
    assert max(gaps) < timedelta(seconds=60)
    everywhere = sorted(itertools.chain(*moments.values()))
    assert max(later - earlier for earlier, later in itertools.pairwise(everywhere)) < timedelta(seconds=15)


def test_batches_lose_nothing() -> None:
    shots = Director(5).history(START)
    assert [shot for batch in batched(shots, 7) for shot in batch] == shots


def newest_conclusions(shots: list[Shot], until: datetime) -> dict[tuple[str, str], str | None]:
    """How the newest run of each workflow has ended by then, if it has: what its card shows."""
    found: dict[tuple[str, str], tuple[str, str | None]] = {}
    for shot in (each for each in shots if each.at <= until and each.event == "workflow_run"):
        run = shot.payload["workflow_run"]
        key = shot.payload["repository"]["full_name"], run["name"]
        if key not in found or (run["run_started_at"], run["conclusion"] or "") >= (found[key][0], found[key][1] or ""):
            found[key] = run["run_started_at"], run["conclusion"]  # what ends it may be overtaken
    return {key: conclusion for key, (_, conclusion) in found.items()}


@pytest.mark.parametrize("seed", range(6))
def test_there_is_always_something_broken_to_find(seed: int) -> None:
    """From the first moment on, and for long enough to look at it."""
    director = Director(seed)
    shots = director.history(START) + director.trouble(START)
    stage = Stage(director)
    stage.open(START)
    now = START
    while now < START + timedelta(minutes=20):
        shots.append(stage.next_shot())
        now = max(now, shots[-1].at)
        stage.keep_busy(now)
    shots.sort(key=lambda shot: shot.at)
    for minutes in range(21):
        shown_then = newest_conclusions(shots, START + timedelta(minutes=minutes))
        assert {"failure", "timed_out", "startup_failure"} & set(shown_then.values()), minutes


@pytest.mark.parametrize("seed", range(6))
def test_it_begins_with_what_somebody_is_on_and_what_waits_for_an_approval(seed: int) -> None:
    director, caring = Director(seed), Caring(seed)
    for shot in director.trouble(START):
        caring.hear(shot, shot.at)
    broken = {
        shot.payload["workflow_run"]["workflow_id"] for shot in director.trouble(START) if shot.event == "workflow_run"
    }
    assert {concern.workflow_id for concern in caring.due(START)} & broken
    stage = Stage(director)
    stage.open(START)
    held: set[int] = set()
    while (shot := stage.next_shot()).at < START + timedelta(seconds=30):
        if shot.event == "workflow_job" and shot.at < START:
            job = shot.payload["workflow_job"]["id"]
            (held.add if shot.payload["action"] == "waiting" else held.discard)(job)
        elif shot.event == "workflow_job":
            held.discard(shot.payload["workflow_job"]["id"])
    assert held
