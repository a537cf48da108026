"""Where to write: to a socket itself where nothing waits before it, and through its transport where something does.

Through a transport, which remembers what it is given and comes back to it later, a write takes nearly half as much time
again. So everything that leaves a connection goes through its way, and nothing can wait in the transport without the
way knowing it.
"""

import asyncio
import os
from typing import Final, Protocol

# What is no descriptor of an open file.
NO_DESCRIPTOR: Final = -1


class Way(Protocol):
    """Where to write."""

    @property
    def descriptor(self) -> int:
        """That of the socket, while everything written before is in it already; else none."""

    def write(self, data: bytes, /) -> object:
        """Write behind all that was written before."""


class Nowhere:
    """The way to those who are not there any more."""

    __slots__ = ()
    descriptor: Final = NO_DESCRIPTOR

    def write(self, data: bytes, /) -> None:
        """Do nothing."""


NOWHERE: Final = Nowhere()


class SocketWay:
    """The way of a protocol, which is to `take_up` its transport when it is made and to `let_go` when it is lost."""

    __slots__ = ("_socket", "_transport", "descriptor")

    def __init__(self) -> None:
        self._socket = NO_DESCRIPTOR
        self.descriptor = NO_DESCRIPTOR

    def take_up(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        if transport.get_extra_info("sslcontext") is None:  # else it has to encrypt what is written
            self._socket = self.descriptor = transport.get_extra_info("socket").fileno()

    def write(self, data: bytes, /) -> None:
        """Write behind what was written before: to the socket itself, unless that has no room for it now."""
        if self._socket != NO_DESCRIPTOR and not self._transport.get_write_buffer_size():
            try:
                sent = os.write(self._socket, data)
            except OSError:  # no room, or no connection any more, which the transport finds out
                sent = 0
            if sent == len(data):
                self.descriptor = self._socket
                return
            data = data[sent:]
        self.descriptor = NO_DESCRIPTOR
        self._transport.write(data)

    def let_go(self) -> None:
        """Write to the socket itself no more: its number may soon be another socket's."""
        self._socket = self.descriptor = NO_DESCRIPTOR
