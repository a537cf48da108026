"""``omnilens demo``: the real server, a day of history, and then one scene after another."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import random
import secrets
import socket
from collections.abc import Coroutine, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from rich.console import Console

from omnilens import settings
from omnilens.app import OmniLens
from omnilens.demo.caring import Caring
from omnilens.demo.github import RunFacts
from omnilens.demo.plans import COMMITS, PLANS, REPOSITORIES, WorkflowPlan
from omnilens.demo.scenes import Scene, Shot, scene
from omnilens.demo.sender import Sender
from omnilens.demo.timeline import Ending
from omnilens.listening import StartError, listen
from omnilens.operations import logs
from omnilens.serve import Running, stop_on_signals
from omnilens.settings import Settings

log = logs.get(__name__)

HISTORY = timedelta(hours=26)
"""How far back the board begins: today everywhere, and some of yesterday to compare with."""
RUNS_IN_HISTORY = 130
AT_ONCE = 2
"""Runs under way in each repository at any time."""
LOOKED_INTO = timedelta(minutes=1)
"""How long it took somebody in that history to run a failed run again."""
RERUN_CHANCE = 0.5
"""How often somebody runs a failed run again."""


def batched(shots: Sequence[Shot], size: int) -> Iterator[Sequence[Shot]]:
    """`shots` in groups of `size`, in order."""
    rest = iter(shots)
    while batch := list(islice(rest, size)):
        yield batch


class Director:
    """Decides what happens next. The same seed and start make the same day."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self._ids = itertools.count(17_300_000_000 + seed % 1_000_000, 7)
        self._numbers = {plan: self._chance.randrange(200, 2000) for plan in PLANS}

    def history(self, now: datetime) -> list[Shot]:
        """The ends of runs and jobs since `HISTORY` ago, oldest first."""
        starts = sorted(now - HISTORY * self._chance.random() for _ in range(RUNS_IN_HISTORY))
        scenes = [self.next_scene(start, self._chance.choice(REPOSITORIES)) for start in starts]
        scenes += [again for each in scenes if (again := self.rerun(each, each.ends_at + LOOKED_INTO))]
        shots = [shot for each in scenes if each.ends_at < now for shot in each.shots if shot.final and shot.at < now]
        return sorted(shots, key=lambda shot: shot.at)

    def next_scene(self, start: datetime, repository: str) -> Scene:
        """A new run of some workflow of a repository."""
        plans = [plan for plan in PLANS if plan.repository == repository]
        (plan,) = self._chance.choices(plans, [plan.weight for plan in plans])
        return self._scene(plan, self._facts(plan, start), 1, start, self._ending(plan.failure_rate))

    def rerun(self, failed: Scene, start: datetime) -> Scene | None:
        """The next attempt of a run that failed, if somebody cares."""
        if failed.ending == "success" or failed.attempt > 2 or self._chance.random() > RERUN_CHANCE:
            return None
        return self._scene(failed.plan, failed.facts, failed.attempt + 1, start, self._ending(0.3))

    def _scene(self, plan: WorkflowPlan, facts: RunFacts, attempt: int, start: datetime, ending: Ending) -> Scene:
        return scene(plan, facts, attempt, start, ending, self._chance, lambda: next(self._ids))

    def _facts(self, plan: WorkflowPlan, start: datetime) -> RunFacts:
        event = self._chance.choice(plan.events)
        pulls = event == "pull_request"
        commit = self._chance.choice([each for each in COMMITS if pulls == (each.branch != "main")])
        self._numbers[plan] += 1
        return RunFacts(
            id=next(self._ids),
            repository=plan.repository,
            workflow=plan.name,
            path=plan.file,
            number=self._numbers[plan],
            event=event,
            branch=commit.branch,
            title=plan.name if event == "schedule" else commit.title,
            actor=commit.author,
            created_at=start,
        )

    def _ending(self, failure_rate: float) -> Ending:
        dice = self._chance.random()
        if dice < failure_rate:
            return "failure"
        rare: tuple[tuple[float, Ending], ...] = ((0.05, "cancelled"), (0.015, "timed_out"), (0.01, "startup_failure"))
        for share, ending in rare:
            failure_rate += share
            if dice < failure_rate:
                return ending
        return "success"


class Stage:
    """What is being played: the scenes under way, and their deliveries in the order of their moments."""

    def __init__(self, director: Director) -> None:
        self._director = director
        self._order = itertools.count()
        self._queue: list[tuple[datetime, int, Shot]] = []
        self._running: list[Scene] = []

    def open(self, now: datetime) -> None:
        """Begin with some scenes well under way, so that there is something to see at once."""
        for number, repository in enumerate(REPOSITORIES * AT_ONCE):
            self._begin(self._director.next_scene(now - timedelta(seconds=7 * number), repository))

    def next_shot(self) -> Shot:
        """The delivery that is due next."""
        return heapq.heappop(self._queue)[2]

    def keep_busy(self, now: datetime) -> None:
        """For each scene that has ended begin another one: the same again if it failed and somebody cares."""
        for ended in [each for each in self._running if each.ends_at <= now]:
            self._running.remove(ended)
            again = self._director.rerun(ended, now + timedelta(seconds=2))
            self._begin(again or self._director.next_scene(now + timedelta(seconds=1), ended.plan.repository))

    def _begin(self, new: Scene) -> None:
        self._running.append(new)
        for shot in new.shots:
            heapq.heappush(self._queue, (shot.at, next(self._order), shot))


async def play(director: Director, caring: Caring, sender: Sender) -> None:
    """Post a day of history, and then scene after scene, each in its own time, for ever."""
    started = datetime.now(UTC)
    history = director.history(started)
    for shot in history:
        caring.hear(shot, shot.at)
    for batch in batched(history, 20):
        await asyncio.gather(*(_post(sender, shot) for shot in batch))
    stage = Stage(director)
    stage.open(datetime.now(UTC))
    while True:
        shot = stage.next_shot()
        await asyncio.sleep(max(0.0, (shot.at - datetime.now(UTC)).total_seconds()))
        await _post(sender, shot)
        caring.hear(shot, datetime.now(UTC))
        for _, slug, workflow_id, branch, name in caring.due(datetime.now(UTC)):
            await sender.claim(slug, workflow_id, branch, name)
        stage.keep_busy(datetime.now(UTC))


async def _post(sender: Sender, shot: Shot) -> None:
    answer = await sender.send(shot.event, shot.payload, shot.delivery_id)
    if answer.status_code != 200:
        log.warning("demo.refused", status=answer.status_code, answer=answer.text)


def demo(host: str | None, port: int | None, seed: int | None) -> None:
    """Serve and play until a signal ends it.

    Raises:
        StartError: the port is taken, or the server did not start.
    """
    secret = secrets.token_hex(16)
    loaded = settings.load(
        env_file=None,
        host=host,
        port=port,
        webhook_secrets=(secret,),
        repositories=REPOSITORIES,
        stale_deliveries="history",
        database_url=settings.IN_MEMORY,
    )
    # GitHub knows nothing of what is played here, and need not be asked with a token that happens to be around.
    loaded = loaded.model_copy(update={"github_token": None, "app_id": None, "app_private_key": None})
    logs.configure("warning", loaded.log_format)
    listening, loaded = listen(loaded)
    url = loaded.origin
    Console().print(f"OmniLens demo at [bold]{url}[/] with made-up runs. Ctrl+C ends it.", soft_wrap=True)
    stop_on_signals()
    sender = Sender(url, secret.encode())
    seed = seed or secrets.randbelow(2**32)
    server = Staged(OmniLens(loaded), loaded, play(Director(seed), Caring(seed), sender))
    with asyncio.Runner(loop_factory=server.config.get_loop_factory()) as runner:
        runner.run(server.serve(sockets=[listening]))
        runner.run(sender.close())
    if not server.started:
        raise StartError("The server did not start.")


class Staged(Running):
    """A server with a play, which begins when the server has started and ends before it stops."""

    def __init__(self, omnilens: OmniLens, settings: Settings, scenes: Coroutine[Any, Any, None]) -> None:
        super().__init__(omnilens, settings)
        self._scenes = scenes
        self._playing: asyncio.Task[None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._playing = asyncio.create_task(self._scenes)
        self._playing.add_done_callback(_report)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if self._playing is not None:
            self._playing.cancel()
            await asyncio.gather(self._playing, return_exceptions=True)
        await super().shutdown(sockets)


def _report(playing: asyncio.Task[None]) -> None:
    """A play has no end of its own: if it stopped, people should know why nothing moves any more."""
    if not playing.cancelled() and (error := playing.exception()):
        log.error("demo.failed", exc_info=error)
