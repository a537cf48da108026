"""A clock that only moves when somebody waits, or when a test says so."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from omnilens.github.rest.clock import Clock

START = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)


class FakeClock:
    """Waiting on it costs no time, and is written down."""

    def __init__(self, ahead: timedelta = timedelta(0)) -> None:
        """`ahead`: by how much the time of day is wrong."""
        self.passed = 0.0
        self.waits: list[float] = []
        self._ahead = ahead

    def clock(self) -> Clock:
        """For the client. Chance is always in the middle."""
        return Clock(self.monotonic, lambda: self.now() + self._ahead, self.sleep, lambda: 0.5)

    def now(self) -> datetime:
        """The right time."""
        return START + timedelta(seconds=self.passed)

    def monotonic(self) -> float:
        return 1000.0 + self.passed

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.passed += seconds
        await asyncio.sleep(0)


class Ahead:
    """This machine's clock, and what a test says has passed besides."""

    def __init__(self) -> None:
        self.by = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.by

    def written(self) -> str:
        """The time in GitHub's writing."""
        return self().strftime("%Y-%m-%dT%H:%M:%SZ")
