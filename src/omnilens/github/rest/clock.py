"""Time and chance, in one value that a test can replace."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Clock:
    """How a client tells the time and waits."""

    monotonic: Callable[[], float] = time.monotonic
    """Seconds that never go back, since whenever."""
    wall: Callable[[], datetime] = _now
    """The time of day, in UTC."""
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    chance: Callable[[], float] = random.SystemRandom().random
    """A number from 0 up to 1."""
