"""Asking in somebody's name: a call gets its credentials, what was seen before, and its further pages."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator
from typing import Any

import msgspec

from omnilens.github.rest.calls import Call, Reply, T
from omnilens.github.rest.credentials import Credentials
from omnilens.github.rest.errors import Unauthorized, UnexpectedAnswer
from omnilens.github.rest.etags import ETag, ETags
from omnilens.github.rest.transport import Transport

MAX_PAGES = 10_000
"""More than there can be of anything; a server that always has another page is not GitHub."""


class Asking:
    """What the parts of the API have in common."""

    def __init__(
        self, transport: Transport, credentials: Credentials, etags: ETags, patience: float = math.inf
    ) -> None:
        """`patience` is for how many seconds a call may be put off, by limits and by failures."""
        self.transport = transport
        self.credentials = credentials
        self.etags = etags
        self.patience = patience

    async def ask(self, call: Call[T]) -> Reply[T]:
        """Make a call.

        Raises:
            GitHubError: as ``errors.py`` has them.
        """
        reply = await self._send(call, None)
        if reply is None:
            raise UnexpectedAnswer(f"Asked to {call.wants}, GitHub says that nothing changed, since nobody knows when.")
        return reply

    async def ask_anew(self, call: Call[T]) -> Reply[T] | None:
        """Make a call whose answer may have been seen; nothing is returned if it still is the same.

        Raises:
            GitHubError: as ``errors.py`` has them.
        """
        return await self._send(call, await self.etags.get(call.address))

    async def following(self, call: Call[T], reply: Reply[T]) -> AsyncIterator[Reply[T]]:
        """The pages after this one, one after another.

        Raises:
            GitHubError: as ``errors.py`` has them.
        """
        seen = {call.address}
        while reply.next is not None:
            if reply.next in seen or len(seen) > MAX_PAGES:
                raise UnexpectedAnswer(f"Asked to {call.wants}, GitHub has always another page.")
            seen.add(reply.next)
            reply = await self.ask(msgspec.structs.replace(call, path=reply.next, query=()))
            yield reply

    async def taken(self, etag: ETag | None) -> None:
        """What this stands for is stored, and need not be sent again."""
        if etag is not None:
            await self.etags.put(etag)

    async def _send(self, call: Call[T], seen: str | None) -> Reply[T] | None:
        by = await self.credentials.authorise(call.owner, self.patience)
        try:
            return await self.transport.send(call, by, self.patience, seen)
        except Unauthorized:
            if not self.credentials.renew(by):
                raise
        by = await self.credentials.authorise(call.owner, self.patience)
        return await self.transport.send(call, by, self.patience, seen)


NO_BODY: msgspec.json.Decoder[Any] = msgspec.json.Decoder(msgspec.Raw)
"""For calls whose answer has nothing to read."""
EACH_PAGE = ("per_page", "100")
"""The most that GitHub gives at once."""
