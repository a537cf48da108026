"""Where to write: to a socket itself where nothing waits before it, and through its transport where something does.

Through a transport, which remembers what it is given and comes back to it later, a write takes nearly half as much time
again. So everything that leaves a connection goes through its way, and nothing can wait in the transport without the
way knowing it.
"""

import asyncio
from socket import SocketType
from typing import Final, Protocol

NO_FILE: Final = -1
"""What is no descriptor of an open file."""


def _closed_socket() -> SocketType:
    closed = SocketType()
    closed.close()
    return closed


NO_SOCKET: Final = _closed_socket()
"""One that takes nothing."""


class Way(Protocol):
    """Where to write."""

    @property
    def socket(self) -> SocketType:
        """The same for as long as the way is there. It refuses whatever something else has to go before."""

    def write(self, data: bytes, /) -> object:
        """Write behind all that was written before."""


class Nowhere:
    """The way to those who are not there any more."""

    __slots__ = ()
    socket: Final = NO_SOCKET

    def write(self, data: bytes, /) -> None:
        """Do nothing."""


NOWHERE: Final = Nowhere()


class SocketWay:
    """The way of a protocol, which is to `take_up` its transport when it is made and to `let_go` when it is lost.

    Its socket is an object of our own around the transport's descriptor, and has that only while it may be written to:
    whoever keeps it can neither overtake what waits in the transport nor write to a connection that is gone.
    """

    __slots__ = ("_descriptor", "_transport", "socket")

    def __init__(self) -> None:
        self._descriptor = NO_FILE
        self.socket = NO_SOCKET

    def take_up(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        if transport.get_extra_info("sslcontext") is None:  # else it has to encrypt what is written
            theirs = transport.get_extra_info("socket")
            self._descriptor = theirs.fileno()
            self.socket = SocketType(theirs.family, theirs.type, theirs.proto, self._descriptor)
            self.socket.setblocking(False)

    def write(self, data: bytes, /) -> None:
        """Write behind what was written before: to the socket itself, unless that has no room for it now."""
        if self._descriptor != NO_FILE and not self._transport.get_write_buffer_size():
            if self.socket.fileno() == NO_FILE:
                self._attach()
            try:
                sent = self.socket.send(data)
            except OSError:  # no room, or no connection any more, which the transport finds out
                sent = 0
            if sent == len(data):
                return
            data = data[sent:]
        self.socket.detach()
        self._transport.write(data)

    def _attach(self) -> None:
        """Give the socket its descriptor back, which only its constructor can."""
        ours = self.socket
        ours.__init__(ours.family, ours.type, ours.proto, self._descriptor)  # type: ignore[misc]
        ours.setblocking(False)

    def let_go(self) -> None:
        """Write to the socket itself no more: its number may soon be another socket's."""
        self._descriptor = NO_FILE
        self.socket.detach()
