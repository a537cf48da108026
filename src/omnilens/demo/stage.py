"""What is being played in the demo: the scenes under way, and their deliveries in the order of their moments."""

from __future__ import annotations

import heapq
import itertools
from datetime import datetime, timedelta

from omnilens.demo.director import LOOKED_INTO, Director
from omnilens.demo.plans import REPOSITORIES
from omnilens.demo.scenes import Scene, Shot

AT_ONCE = 2
"""Runs under way in each repository at any time."""
LATELY = timedelta(hours=1)
KEPT_BROKEN = 2
"""Workflows that are to have broken lately at any time, so that there is always something to find."""


class Stage:
    """What is being played: the scenes under way, and their deliveries in the order of their moments."""

    def __init__(self, director: Director) -> None:
        self._director = director
        self._order = itertools.count()
        self._queue: list[tuple[datetime, int, Shot]] = []
        self._running: list[Scene] = []

    def open(self, now: datetime) -> None:
        """Begin with some scenes well under way, so that there is something to see at once."""
        self._begin(self._director.held(now))
        for number, repository in enumerate(REPOSITORIES * AT_ONCE):
            self._begin(self._director.next_scene(now - timedelta(seconds=7 * number), repository))

    def next_shot(self) -> Shot:
        """The delivery that is due next."""
        return heapq.heappop(self._queue)[2]

    def keep_busy(self, now: datetime) -> None:
        """For each scene that has ended begin another one, and later the same again if it failed and somebody cares."""
        for ended in [each for each in self._running if each.ends_at <= now]:
            self._running.remove(ended)
            if self._director.may_run(ended.plan, now) and (again := self._director.rerun(ended, now + LOOKED_INTO)):
                self._begin(again)
            if ended.attempt == 1:
                self._begin(self._next(now + timedelta(seconds=1), ended.plan.repository))

    def _next(self, start: datetime, repository: str) -> Scene:
        return self._director.next_scene(start, repository, breaks=self._director.broken(start - LATELY) < KEPT_BROKEN)

    def _begin(self, new: Scene) -> None:
        self._running.append(new)
        for shot in new.shots:
            heapq.heappush(self._queue, (shot.at, next(self._order), shot))
