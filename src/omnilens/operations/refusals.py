"""Log lines about what was refused: a flood of bad requests must not become a flood of lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from omnilens.addresses import shortened
from omnilens.operations import logs
from omnilens.operations.limits import RateLimiter
from omnilens.settings import Rate

LINES = Rate(20, 60)
"""Lines about one kind of refusal."""

log = logs.get(__name__)


class Refusals:
    """Logs each kind of refusal a few times a minute, and how many more there were since its last line."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._limiter = RateLimiter(LINES, clock)
        self._unsaid: Counter[str] = Counter()

    def note(self, event: str, code: str, *, client: str | None = None, **facts: Any) -> None:
        """Log `event` with its code, one of a few fixed words, the client's network, and whatever else is known."""
        kind = f"{event} {code}"
        if self._limiter.take(kind):
            self._unsaid[kind] += 1
            return
        if unsaid := self._unsaid.pop(kind, 0):
            facts["unsaid"] = unsaid
        if client is not None:
            facts["client"] = shortened(client)
        log.warning(event, code=code, **facts)
