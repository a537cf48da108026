"""A network that can be made bad: it delays, chops, cuts and resets what goes through it."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

PIECE = 64 * 1024
_RESET = struct.pack("ii", 1, 0)
"""For SO_LINGER: do not say goodbye, and forget what was not sent."""


class Proxy:
    """Stands between clients and the server at `target`, and passes everything on unless it is told otherwise."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._server: asyncio.Server | None = None
        self._pipes: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()
        self.delay = 0.0
        """Seconds that everything takes, each way."""
        self.slice = PIECE
        """Bytes that are passed on at once."""
        self.cut_after: int | None = None
        """Bytes of the server's after which a connection is cut, in the midst of whatever it was saying."""

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)

    @property
    def port(self) -> int:
        assert self._server is not None
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    @property
    def connections(self) -> int:
        return len(self._writers) // 2

    def cut(self) -> None:
        """End every connection as if the other side had gone."""
        for writer in list(self._writers):
            writer.close()

    def reset(self) -> None:
        """Break every connection off: what was under way is lost, and both sides get an error."""
        for writer in list(self._writers):
            _break_off(writer)

    async def close(self) -> None:
        assert self._server is not None
        self._server.close()
        self.reset()
        for pipe in list(self._pipes):
            pipe.cancel()
        await asyncio.gather(*self._pipes, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            from_server, to_server = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            _break_off(writer)
            return
        self._writers |= {writer, to_server}
        for pipe in (self._pipe(reader, to_server, None), self._pipe(from_server, writer, self.cut_after)):
            task = asyncio.create_task(pipe)
            self._pipes.add(task)
            task.add_done_callback(self._pipes.discard)

    async def _pipe(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, allowed: int | None) -> None:
        try:
            while data := await reader.read(PIECE):
                if self.delay:
                    await asyncio.sleep(self.delay)
                if allowed is not None:
                    data, allowed = data[:allowed], allowed - len(data)
                size = self.slice
                for start in range(0, len(data), size):
                    if writer.is_closing():
                        return
                    writer.write(data[start : start + size])
                    if size < PIECE:
                        await asyncio.sleep(0)  # the next piece is sent by itself
                await writer.drain()
                if allowed is not None and allowed <= 0:
                    _break_off(writer)
                    break
        except OSError:
            pass
        finally:
            writer.close()
            self._writers.discard(writer)


def _break_off(writer: asyncio.StreamWriter) -> None:
    connection = writer.get_extra_info("socket")
    if connection is not None and connection.fileno() >= 0:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    writer.transport.abort()


@asynccontextmanager
async def proxy(target: int) -> AsyncIterator[Proxy]:
    """A proxy in front of the server that listens on the port `target`."""
    one = Proxy(target)
    await one.start()
    try:
        yield one
    finally:
        await one.close()
