"""Looking again and again at what other servers and the command line may have changed in the database.

A look costs a transaction. Most of the time nobody has written anything, which costs next to nothing to find out.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from omnilens.database import Database
from omnilens.errors import StorageUnavailable
from omnilens.operations import logs

log = logs.get(__name__)

AGAIN = 60.0
"""Seconds between two lines about the same trouble."""


class Trouble:
    """Says what cannot be had: the first time, then once a minute, and when it is over."""

    def __init__(self, what: str, every: float) -> None:
        """`every` is how many seconds there are between two times."""
        self._what = what
        self._each = max(1, round(AGAIN / every))
        self._times = 0

    def note(self, reason: str) -> None:
        """Once more."""
        if self._times % self._each == 0:
            log.warning(f"{self._what}.unavailable", reason=reason, times=self._times + 1)
        self._times += 1

    def over(self) -> None:
        """It can be had."""
        if self._times:
            log.info(f"{self._what}.available", times=self._times)
        self._times = 0


async def keep_looking(
    what: str,
    database: Database,
    look: Callable[[], Awaitable[None]],
    every: float,
    sleep: Callable[[float], Awaitable[object]],
    *,
    anyway: Callable[[], bool] = lambda: False,
) -> None:
    """Call `look` whenever somebody has written since the last time, at most once in `every` seconds.

    `what` names it in the log; `anyway` says when to look though nobody has written, since time passes too. Only
    cancelling ends it.
    """
    seen: str | None = None
    trouble = Trouble(what, every)
    while True:
        await sleep(every)
        try:
            mark = await database.mark()  # before the look: what is written meanwhile is for the next one
            if mark != seen or anyway():
                seen = None  # a look that fails is made again
                await look()
                seen = mark
            trouble.over()
        except StorageUnavailable as error:
            trouble.note(str(error))
        except Exception:  # what is live goes on without
            log.exception(f"{what}.failed")
