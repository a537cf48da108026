"""One timer for all connections: who is due soon waits in the slot of that moment.

Ten thousand heartbeats are ten thousand timers in an event loop's heap; here they are a few sets, and one timer that
rings at most once per slot, and not at all when nothing waits. Being late by up to the width of a slot is the price.
Event loops read before they look at their timers, so nobody is late because the server was.
"""

import asyncio
import logging
from math import ceil, inf
from typing import Protocol

logger = logging.getLogger("omnilens.socketio")


class Expiring(Protocol):
    slot: int | None

    def expire(self, now: float) -> None:
        """The time has come. May schedule itself anew."""


class Wheel:
    __slots__ = ("_ring_at", "_slots", "_timer", "_width")

    def __init__(self, width: float) -> None:
        self._width = width
        self._slots: dict[int, set[Expiring]] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._ring_at = inf

    def __len__(self) -> int:
        return sum(map(len, self._slots.values()))

    def schedule(self, item: Expiring, when: float) -> None:
        """Let the item expire at this time of the loop's clock, instead of at any it was scheduled for before."""
        slot = ceil(when / self._width)
        if slot == item.slot:
            return
        self.cancel(item)
        item.slot = slot
        self._slots.setdefault(slot, set()).add(item)
        self._ring(slot * self._width)

    def cancel(self, item: Expiring) -> None:
        if item.slot is None:
            return
        waiting = self._slots.get(item.slot)
        item.slot = None
        if waiting is not None:
            waiting.discard(item)

    def _ring(self, when: float) -> None:
        if when >= self._ring_at:
            return
        if self._timer is not None:
            self._timer.cancel()
        self._ring_at = when
        self._timer = asyncio.get_running_loop().call_at(when, self._turn)

    def _turn(self) -> None:
        loop = asyncio.get_running_loop()
        now = loop.time()
        self._timer, self._ring_at = None, inf
        for slot in sorted(slot for slot in self._slots if slot * self._width <= now):
            for item in self._slots.pop(slot):
                if item.slot == slot:  # or one before it in this slot has rescheduled or cancelled it
                    item.slot = None
                    try:
                        item.expire(now)
                    except Exception:
                        logger.exception("A timer failed")  # the others of this slot are still due
        if self._slots:
            self._ring(min(self._slots) * self._width)
