"""Asking GitHub's status page whether something is wrong there: only where that is set, and only while somebody looks.

Whatever it does (slow, away, something else altogether), the board goes on: then nothing is said about GitHub.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Protocol

from omnilens.operations import logs
from omnilens.sync.status_page import SUMMARY, GitHubStatus, Outage, outage_of

log = logs.get(__name__)

EVERY = 60.0
"""Seconds between two questions; the page itself is cached for about as long."""
LONGEST = 600.0
"""Seconds between two, when it fails again and again: each time twice as many as the last."""
TIMEOUT = 10.0
LOOK_EVERY = 2.0
"""Seconds until it is seen that somebody has come."""
MAX_BYTES = 1024 * 1024
"""What GitHub says is a hundredth of that."""
BELIEVED_FOR = 900.0
"""Seconds after which what was said last does not count any more."""


class Audience(Protocol):
    """Those who look."""

    def anybody(self) -> bool:
        """Whether there is anybody."""

    def announce(self, status: GitHubStatus) -> None:
        """Tell everybody."""


class Outages:
    """What is wrong at GitHub, as far as is known."""

    def __init__(
        self,
        page: str | None,
        audience: Audience,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[object]],
    ) -> None:
        """`page` is the address of the status page; without one, nobody is asked."""
        self._page = page
        self._audience = audience
        self._clock = clock
        self._sleep = sleep
        self._said: Outage | None = None
        self._said_at = 0.0
        self._told: Outage | None = None
        self._etag = ""

    @property
    def status(self) -> GitHubStatus:
        """What to tell whoever asks."""
        fresh = self._clock() - self._said_at < BELIEVED_FOR
        return GitHubStatus(outage=self._said if fresh else None)

    async def run(self) -> None:
        """Keep asking while somebody looks, until cancelled. Without a page there is nothing to do."""
        failures = 0
        while self._page:
            while not self._audience.anybody():
                await self._sleep(LOOK_EVERY)
            failures = 0 if await self._look(self._page) else failures + 1
            self._tell()
            await self._sleep(min(LONGEST, EVERY * 2**failures))

    async def _look(self, page: str) -> bool:
        """Ask once. Returns whether it answered."""
        try:
            async with asyncio.timeout(TIMEOUT):
                body = await self._ask(page + SUMMARY)
            if body is not None:
                self._said = outage_of(body, page)
            self._said_at = self._clock()
        except (OSError, ValueError) as error:
            self._etag = ""
            log.warning("github_status.unknown", reason=f"{type(error).__name__}: {error}"[:200])
            return False
        return True

    async def _ask(self, url: str) -> bytes | None:
        """The summary, or nothing if it is the one that is known."""
        import httpx2  # noqa: PLC0415  # it takes ten megabytes

        asked = {"accept": "application/json", "user-agent": "omnilens"}
        if self._etag:
            asked["if-none-match"] = self._etag
        client = httpx2.AsyncClient(timeout=TIMEOUT)
        try:
            async with client, client.stream("GET", url, headers=asked) as answer:
                if answer.status_code == httpx2.codes.NOT_MODIFIED and self._etag:
                    return None
                if answer.status_code != httpx2.codes.OK:
                    raise ValueError(f"it answered {answer.status_code}")
                body = await _all_of(answer.aiter_bytes())
                self._etag = answer.headers.get("etag", "")
                return body
        except httpx2.HTTPError as error:
            raise OSError(f"{type(error).__name__}: {error}") from error

    def _tell(self) -> None:
        status = self.status
        if status.outage == self._told:
            return
        self._told = status.outage
        if status.outage:
            log.warning("github_status.outage", says=status.outage.says, level=status.outage.level)
        self._audience.announce(status)


async def _all_of(chunks: AsyncIterator[bytes]) -> bytes:
    body = bytearray()
    async for chunk in chunks:
        body += chunk
        if len(body) > MAX_BYTES:
            raise ValueError(f"its answer has more than {MAX_BYTES} bytes")
    return bytes(body)
