"""Answers that take long to work out: once for everybody who asks, one after the other, and not anew with every run.

A busy repository changes every second, and its report reads months. So an answer that has become another is kept all
the same for a while, the longer the more it took: whatever people ask for, it costs a bounded share of one core.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")

CAPACITY = 32
REST = 20
"""How many times as long as it took to work out an answer is kept, so that this is one part in twenty of the time."""


class Worked(NamedTuple, Generic[T]):
    """An answer, and what it is of."""

    version: str
    value: T
    good_until: float


class Costly(Generic[T]):
    """The latest answer to each question."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._kept: OrderedDict[Hashable, Worked[T]] = OrderedDict()
        self._coming: dict[Hashable, asyncio.Task[Worked[T]]] = {}
        self._turn = asyncio.Lock()

    async def get(self, question: Hashable, version: str, build: Callable[[], Awaitable[T]]) -> Worked[T]:
        """The answer to `question`: of this `version`, or of an earlier one that was dear and is not old yet."""
        kept = self._kept.get(question)
        if kept and (kept.version == version or self._clock() < kept.good_until):
            self._kept.move_to_end(question)
            return kept
        coming = self._coming.get(question)
        if coming is None:
            coming = self._coming[question] = asyncio.create_task(self._work_out(question, version, build))
            coming.add_done_callback(lambda _: self._coming.pop(question))
        # Who goes away meanwhile takes nothing from the others who wait for it.
        return await asyncio.shield(coming)

    async def _work_out(self, question: Hashable, version: str, build: Callable[[], Awaitable[T]]) -> Worked[T]:
        async with self._turn:
            began = self._clock()
            value = await build()
            ended = self._clock()
        worked = self._kept[question] = Worked(version, value, ended + REST * (ended - began))
        self._kept.move_to_end(question)
        if len(self._kept) > CAPACITY:
            self._kept.popitem(last=False)
        return worked
