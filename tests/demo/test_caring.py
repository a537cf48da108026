"""Somebody is on it in the demo, now and then, and about what is broken."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from omnilens.demo.caring import LATEST, PEOPLE, Caring, Concern
from omnilens.demo.director import Director
from omnilens.demo.scenes import Shot

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def test_somebody_cares_about_some_of_what_fails() -> None:
    history = Director(5).history(NOW)
    caring = Caring(5)
    last: dict[tuple[str, int, str], str] = {}
    for shot in history:
        caring.hear(shot, shot.at)
        if shot.event == "workflow_run":
            run = shot.payload["workflow_run"]
            last[shot.payload["repository"]["name"], run["workflow_id"], run["head_branch"]] = run["conclusion"]
    late = NOW + timedelta(seconds=LATEST)
    concerns = caring.due(late)
    assert concerns
    assert all(last[concern[1:4]] == "failure" for concern in concerns)
    assert {concern.name for concern in concerns} <= set(PEOPLE)
    assert caring.due(late) == []


def test_it_is_the_same_for_the_same_seed_and_nobody_cares_about_everything() -> None:
    failures = [shot for seed in range(9) for shot in Director(seed).history(NOW) if _fails(shot)]

    def said(seed: int) -> list[int]:
        caring = Caring(seed)
        return [len(_heard(caring, shot)) for shot in failures]

    assert said(3) == said(3) != said(4)
    assert 0 < sum(said(3)) < len(failures)


def _fails(shot: Shot) -> bool:
    return shot.event == "workflow_run" and shot.payload["workflow_run"]["conclusion"] == "failure"


def _heard(caring: Caring, shot: Shot) -> list[Concern]:
    caring.hear(shot, NOW)
    return caring.due(NOW + timedelta(seconds=LATEST))
