"""Who is on it, in the demo: now and then somebody says so, some seconds after something broke."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import NamedTuple

from omnilens.demo.scenes import Shot

CHANCE = 0.5
"""How often somebody cares; they do where nobody is on anything."""
SOONEST, LATEST = 4.0, 20.0
"""Seconds that it takes them to notice."""
PEOPLE = ("Maria", "Tom", "Aisha", "Jun")


class Concern(NamedTuple):
    """That somebody is about to say that they are on it."""

    at: datetime
    slug: str
    workflow_id: int
    branch: str
    name: str


class Caring:
    """Hears of every delivery, and knows who is about to say so. The same seed cares about the same."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self._about: dict[tuple[str, int, str], Concern] = {}
        self._on: set[tuple[str, int, str]] = set()

    def hear(self, shot: Shot, at: datetime) -> None:
        """Take in a delivery that was made at this moment."""
        if shot.event != "workflow_run" or not shot.final:
            return
        run = shot.payload["workflow_run"]
        place = shot.payload["repository"]["name"], run["workflow_id"], run["head_branch"]
        self._about.pop(place, None)
        if run["conclusion"] == "success":
            self._on.discard(place)
        cares = self._chance.random() < CHANCE or not (self._on or self._about)
        if run["conclusion"] == "failure" and cares:
            after = timedelta(seconds=self._chance.uniform(SOONEST, LATEST))
            self._about[place] = Concern(at + after, *place, self._chance.choice(PEOPLE))

    def due(self, now: datetime) -> list[Concern]:
        """Those who say so by now, each once."""
        due = [concern for concern in self._about.values() if concern.at <= now]
        for concern in due:
            del self._about[concern.slug, concern.workflow_id, concern.branch]
            self._on.add((concern.slug, concern.workflow_id, concern.branch))
        return due
