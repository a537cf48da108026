"""By how much this machine's clock is wrong, as far as GitHub's answers tell: each has the time in ``Date``.

https://www.rfc-editor.org/rfc/rfc9110#field.date
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx2

HALF_A_SECOND = 0.5
"""What the header leaves out on average: it has whole seconds."""


class Skew:
    """Looks at the answers of a client that it makes."""

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._now = now
        self.ahead: float | None = None
        """Seconds that our clock is ahead of GitHub's, by the last answer; nothing before the first."""

    def client(self) -> httpx2.AsyncClient:
        """An HTTP client for ``omnilens.github.rest.connect`` whose answers are looked at."""
        import httpx2  # noqa: PLC0415  # see omnilens.github.rest

        from omnilens.github.rest.transport import TIMEOUTS  # noqa: PLC0415

        return httpx2.AsyncClient(timeout=TIMEOUTS, event_hooks={"response": [self._note]})

    async def _note(self, response: httpx2.Response) -> None:
        if (there := read(response.headers.get("date"))) is not None:
            self.ahead = (self._now() - there).total_seconds() - HALF_A_SECOND


def read(date: str | None) -> datetime | None:
    """The time in a ``Date`` header."""
    try:
        there = parsedate_to_datetime(date) if date else None
    except (ValueError, OverflowError):
        return None
    return there if there is not None and there.tzinfo else None
