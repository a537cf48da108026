"""Telling somebody who does not look at the board: by a webhook, as Slack, Mattermost and others take it.

https://api.slack.com/messaging/webhooks
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from omnilens.operations import logs
from omnilens.operations.alerts.standing import Turn
from omnilens.operations.alerts.watch import Alert

log = logs.get(__name__)

ATTEMPTS = 3
TIMEOUT = 10.0
BETWEEN = 5.0
"""Seconds between two attempts."""


class Webhook:
    """Posts to one address. Nobody waits for it: an alert is no reason to be late with the next."""

    def __init__(self, url: str, board: str, sleep: Callable[[float], Awaitable[object]] = asyncio.sleep) -> None:
        """`board` is the address of the board, for whoever reads it elsewhere."""
        self._url = url
        self._board = board
        self._sleep = sleep
        self._posting: set[asyncio.Task[None]] = set()

    async def tell(self, alert: Alert, turn: Turn) -> None:
        """Have it posted."""
        task = asyncio.create_task(self._post(alert, turn), name="post an alert")
        self._posting.add(task)
        task.add_done_callback(self._posting.discard)

    async def _post(self, alert: Alert, turn: Turn) -> None:
        import httpx2  # only here: it takes ten megabytes

        said = {
            "text": text_of(alert, turn, self._board),
            "alert": alert.name,
            "level": alert.level,
            "state": turn,
            "server": alert.server,
            "runbook": alert.runbook,
        }
        for attempt in range(1, ATTEMPTS + 1):
            try:
                async with httpx2.AsyncClient(timeout=TIMEOUT) as http:
                    answer = await http.post(self._url, json=said)
                answer.raise_for_status()
            except httpx2.HTTPError as error:
                # Its address is a secret: whoever has it can write there.
                reason = f"{type(error).__name__}"
                log.warning("alert.not_posted", name=alert.name, attempt=attempt, reason=reason)
                await self._sleep(BETWEEN * attempt)
            else:
                return


def text_of(alert: Alert, turn: Turn, board: str) -> str:
    """The message: what, where, how bad, and what to do."""
    what = f"{alert.title} (on {alert.server})" if alert.server else alert.title
    if turn == "resolved":
        return f"Resolved: {what}. {board}"
    bound = f"{alert.wrong_is} {alert.threshold:g}"
    bad = f"{alert.level.upper()}: {what}: {alert.value:.3g} {alert.unit} ({bound})."
    return f"{bad} {alert.to_do} {alert.runbook} {board}"
