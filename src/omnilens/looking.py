"""Looking again and again at what other servers and the command line may have changed in the database.

A look costs a transaction. Most of the time nobody has written anything, which costs next to nothing to find out.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from omnilens.database import Database
from omnilens.errors import StorageUnavailable
from omnilens.operations import logs

log = logs.get(__name__)


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
    while True:
        await sleep(every)
        try:
            mark = await database.mark()  # before the look: what is written meanwhile is for the next one
            if mark != seen or anyway():
                seen = None  # a look that fails is made again
                await look()
                seen = mark
        except StorageUnavailable as error:
            log.warning(f"{what}.unavailable", reason=str(error))
        except Exception:  # what is live goes on without
            log.exception(f"{what}.failed")
