"""A browser's part of the conversation, by python-socketio's own client."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import socketio

from support.waiting import eventually_async


class Browser:
    """A connected client that remembers every update."""

    def __init__(self) -> None:
        self.client = socketio.AsyncClient(reconnection=False)
        self.received: list[dict[str, Any]] = []
        self.client.on("workflow-update", self.received.append)
        self.client.on("job-update", self.received.append)

    async def call(self, event: str, data: Any) -> Any:
        """Send an event, and wait for its acknowledgement."""
        return await self.client.call(event, data, timeout=10)

    async def subscribe(self, wanted: Any) -> Any:
        return await self.call("subscribe-repo", wanted)

    async def flushed(self) -> None:
        """Everything the server sent before now has arrived: what comes in order came before this answer."""
        await self.call("unsubscribe-repo", "no such repository")

    async def updates(self, count: int) -> list[dict[str, Any]]:
        """The updates, once there are so many."""
        await eventually_async(lambda: len(self.received) >= count)
        return self.received


@asynccontextmanager
async def connected(url: str, **options: Any) -> AsyncIterator[Browser]:
    """A browser connected to the server at `url`."""
    browser = Browser()
    await browser.client.connect(url, transports=["websocket"], **options)
    try:
        yield browser
    finally:
        await browser.client.disconnect()
