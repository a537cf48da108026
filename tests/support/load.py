"""GitHub under load: signed deliveries about runs under way, each posted until it is accepted."""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Iterable, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

from omnilens.demo.director import Director
from omnilens.demo.sender import body_of
from support.checker import Answer, Posted
from support.sender import PATIENCE, Sender

AHEAD = 60
"""Deliveries that are about to be posted: those of several runs, mixed."""
OVERTAKEN = 6
"""How far a delivery may fall behind the ones after it."""
REPEATED = 0.05
"""How many are posted once more although they were accepted, as GitHub sometimes does."""
EARLY = timedelta(minutes=1)
"""How far clocks differ: nothing is stale before it could be posted at all."""
AGAIN_AFTER = 0.05
"""Seconds until an attempt that was not accepted is repeated."""


def posted(event: str, payload: Any, delivery_id: str, slug: str = "octo-repo") -> Posted:
    """A delivery that is still to be posted."""
    return Posted(delivery_id, event, body_of(payload), slug)


class Load:
    """Some senders that share a stream of deliveries; none is given up before it is accepted."""

    def __init__(
        self, port: int, chance: random.Random, repositories: Sequence[str], patience: float = PATIENCE
    ) -> None:
        self._port = port
        self._patience = patience
        self._chance = chance
        self._repositories = repositories
        self._director = Director(chance.randrange(1_000_000))
        self._waiting: list[Posted] = []
        self._ids: set[str] = set()
        self._recent: deque[Posted] = deque(maxlen=20)
        self._senders: list[asyncio.Task[None]] = []
        self._stopping = False
        self.posted: list[Posted] = []
        self.accepted = 0
        """How many attempts were accepted so far."""

    def some(self, count: int, slug: str) -> list[Posted]:
        """Deliveries of one repository that were not posted yet."""
        found: list[Posted] = []
        while len(found) < count:
            if (one := self._next()).slug == slug:
                found.append(one)
        return found

    def start(self, senders: int = 6) -> None:
        """Post the stream, until told to finish."""
        self._stopping = False
        self._senders = [asyncio.create_task(self._send_stream()) for _ in range(senders)]

    async def all_of(self, deliveries: Iterable[Posted], senders: int) -> None:
        """Post exactly these, as many at once as there are senders."""
        rest = iter(deliveries)

        async def send_rest() -> None:
            with closing(Sender(self._port, self._patience)) as sender:
                for one in rest:
                    self.posted.append(one)
                    await self._deliver(sender, one)

        self._senders = [asyncio.create_task(send_rest()) for _ in range(senders)]
        await asyncio.gather(*self._senders)

    async def finish(self) -> None:
        """Begin no further delivery, and wait until all are accepted that were begun."""
        self._stopping = True
        await asyncio.gather(*self._senders)

    async def close(self) -> None:
        for sender in self._senders:
            sender.cancel()
        await asyncio.gather(*self._senders, return_exceptions=True)

    def unhindered(self) -> None:
        """Fail if a sender met something that no trouble of ours explains."""
        for sender in self._senders:
            if sender.done() and not sender.cancelled() and (error := sender.exception()):
                raise error

    @property
    def answers(self) -> list[Answer]:
        return [answer for one in self.posted for answer in one.answers]

    async def _send_stream(self) -> None:
        with closing(Sender(self._port, self._patience)) as sender:
            while not self._stopping:
                if self._recent and self._chance.random() < REPEATED:
                    await self._deliver(sender, self._chance.choice(self._recent))
                    continue
                one = self._next()
                self.posted.append(one)
                await self._deliver(sender, one)
                self._recent.append(one)

    async def _deliver(self, sender: Sender, one: Posted) -> None:
        while True:
            answer = Answer(*(await sender.post(one.event, one.body, one.id) or (None,)))
            one.answers.append(answer)
            assert answer.status in {None, 200, 503}, answer
            if answer.accepted:
                self.accepted += 1
                return
            await asyncio.sleep(AGAIN_AFTER)

    def _next(self) -> Posted:
        while len(self._waiting) < AHEAD:
            repository = self._chance.choice(self._repositories)
            slug = repository.partition("/")[2]
            shots = self._director.next_scene(datetime.now(UTC) + EARLY, repository).shots
            # Deliveries of a run come about in their order, and those of different runs between each other.
            for place, shot in enumerate(shots):
                if shot.delivery_id in self._ids:  # a repetition, which is made when the first was accepted
                    continue
                self._ids.add(shot.delivery_id)
                at = min(len(self._waiting), place * 3 + self._chance.randrange(3))
                self._waiting.insert(at, posted(shot.event, shot.payload, shot.delivery_id, slug))
        return self._waiting.pop(self._chance.randrange(OVERTAKEN))
