"""A room: who is in it, and where to write what is for all of them."""

from socket import SocketType

from .connection import Connection
from .link import Link


class Everyone:
    """Who was in a room at one time."""

    __slots__ = ("recipients", "sockets")

    def __init__(self, links: tuple[Link, ...]) -> None:
        self.recipients = links
        self.sockets: tuple[SocketType, ...] = tuple([link.way.socket for link in links])


class Room:
    __slots__ = ("_everyone", "_members")

    def __init__(self) -> None:
        self._members: dict[Connection, Link] = {}
        self._everyone: Everyone | None = None

    def __len__(self) -> int:
        return len(self._members)

    def add(self, connection: Connection) -> None:
        self._members[connection] = connection.link
        self.renew()

    def remove(self, connection: Connection) -> None:
        del self._members[connection]
        self.renew()

    def renew(self) -> None:
        """Somebody is written to in another way."""
        self._everyone = None

    @property
    def everyone(self) -> Everyone:
        """Its members, gathered once for all that is sent until one comes or goes."""
        if self._everyone is None:
            self._everyone = Everyone(tuple(self._members.values()))
        return self._everyone
