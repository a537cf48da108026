"""A sender as light as can be, that knows exactly whether it was answered."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from omnilens.demo.sender import PATH, headers_of
from support.server import SECRET

PATIENCE = 2.0
"""Seconds until an attempt is given up; GitHub has ten."""
Answered = tuple[int, dict[str, Any]]
"""A status, and the JSON that came with it."""


class Sender:
    """Posts over one connection, which is made anew whenever it broke."""

    def __init__(self, port: int, patience: float = PATIENCE) -> None:
        self._port = port
        self._patience = patience
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def post(self, event: str, body: bytes, delivery_id: str) -> Answered | None:
        """Post a signed delivery once. Returns nothing if no whole answer came."""
        headers = {**headers_of(event, body, SECRET.encode(), delivery_id), "host": "omnilens"}
        lines = [f"POST {PATH} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
        head = "\r\n".join([*lines, f"content-length: {len(body)}", "", ""])
        try:
            async with asyncio.timeout(self._patience):
                return await self._exchange(head.encode() + body)
        except (OSError, EOFError, TimeoutError):
            self.close()
            return None

    def close(self) -> None:
        if self._streams is not None:
            self._streams[1].transport.abort()
            self._streams = None

    async def _exchange(self, request: bytes) -> Answered:
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower().split("\r\n")
        headers = dict(line.split(": ", 1) for line in head[1:] if line)
        said = json.loads(await reader.readexactly(int(headers["content-length"])))
        if headers.get("connection") == "close":
            self.close()
        return int(head[0].split()[1]), said
