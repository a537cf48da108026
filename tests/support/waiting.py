"""Waiting for conditions, never for time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

PATIENCE = 20.0
"""Seconds after which a condition is taken as never coming true; generous, since it costs nothing where all is well."""


def eventually(condition: Callable[[], T], patience: float = PATIENCE) -> T:
    """What `condition` returns once that is true."""
    deadline = time.monotonic() + patience
    while not (result := condition()):
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.005)
    return result


async def eventually_async(condition: Callable[[], T], patience: float = PATIENCE) -> T:
    """The same for a coroutine, letting others work meanwhile."""
    async with asyncio.timeout(patience):
        while not (result := condition()):  # noqa: ASYNC110 - any condition, not one that could set an event
            await asyncio.sleep(0.005)
        return result
