"""Who may connect: so many handshakes a second from one address, so many connections for one user and for all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from omnilens.addresses import group_of, is_this_machine
from omnilens.errors import NotLoggedIn, RequestError, StorageUnavailable, Unavailable
from omnilens.operations.limits import RateLimiter
from omnilens.people.identity import Identity, joined
from omnilens.people.viewer import LOCAL, Viewer
from omnilens.settings import Rate, Settings
from omnilens.socketio import Connection, Refused, Server

RESERVE = 10
"""One more connection for so many may be open than are admitted: to tell a client why, it has to be let in that far."""


class TooManyConnections(RequestError):
    status = 503
    code = "too-many-connections"


class TooManyConnectionsOfUser(RequestError):
    status = 429
    code = "too-many-connections-of-user"


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is allowed. None is no limit."""

    connections: int
    of_user: int
    of_this_machine: int | None
    handshakes: Rate
    handshakes_of_this_machine: Rate | None

    @classmethod
    def of(cls, settings: Settings) -> Allowance:
        """This machine's own address stands for many, if a proxy on it is not trusted to say for whom.

        So it is held only to limits that the operator has chosen, not to the defaults.
        """
        chosen = settings.model_fields_set
        return cls(
            settings.max_connections,
            settings.connections_per_user,
            settings.connections_per_user if "connections_per_user" in chosen else None,
            settings.handshake_rate,
            settings.handshake_rate if "handshake_rate" in chosen else None,
        )

    @property
    def sockets(self) -> int:
        """How many connections may be open, with those that are about to be refused."""
        return self.connections + max(RESERVE, self.connections // RESERVE)


class Admission:
    """Asked about each newcomer: who it is, and whether there is room. Where nobody logs in, a user is an address."""

    def __init__(self, allowance: Allowance, identity: Identity, clock: Callable[[], float]) -> None:
        self._allowance = allowance
        self._identity = identity
        self._handshakes = RateLimiter(allowance.handshakes, clock)
        self._of_user: Counter[str] = Counter()

    def guard(self, server: Server) -> None:
        """Decide about those who connect to this server from now on."""
        server.on_connect(lambda connection: self._meet(server, connection))
        server.on_disconnect(lambda connection, _: self._leave(connection))

    def wait(self, address: str) -> int:
        """Seconds that a newcomer from `address` has to wait; 0 lets it shake hands."""
        if is_this_machine(address) and self._allowance.handshakes_of_this_machine is None:
            return 0
        return self._handshakes.take(group_of(address))

    def _meet(self, server: Server, connection: Connection) -> Awaitable[None] | None:
        everybody = self._identity.everybody
        if everybody is None:
            return self._recognise(server, connection)
        self._admit(server, connection, everybody)
        return None

    async def _recognise(self, server: Server, connection: Connection) -> None:
        try:
            headers = joined(connection.headers.raw_items())
            viewer = await self._identity.of(headers, connection.peer, _token(connection.auth))
        except StorageUnavailable as error:
            raise _refused(Unavailable("Who you are cannot be looked up now.")) from error
        if viewer is None:
            raise _refused(NotLoggedIn("Log in first."))
        self._admit(server, connection, viewer)

    def _admit(self, server: Server, connection: Connection, viewer: Viewer) -> None:
        if len(server.connections) >= self._allowance.connections:
            raise _refused(TooManyConnections("The board has as many viewers as it may have. Try again later."))
        connection.data = viewer
        user = user_of(connection)
        limit = self._limit(connection, viewer)
        if limit is not None and self._of_user[user] >= limit:
            raise _refused(
                TooManyConnectionsOfUser(
                    f"You have {limit} connections open, and may not have more. Close another page."
                )
            )
        self._of_user[user] += 1

    def _limit(self, connection: Connection, viewer: Viewer) -> int | None:
        by_address = viewer is self._identity.everybody and is_this_machine(connection.client)
        return self._allowance.of_this_machine if by_address else self._allowance.of_user

    def _leave(self, connection: Connection) -> None:
        user = user_of(connection)
        self._of_user[user] -= 1
        if not self._of_user[user]:
            del self._of_user[user]


def user_of(connection: Connection) -> str:
    """Whose connection this is: what limits and shares are counted by."""
    viewer: Viewer = connection.data
    return group_of(connection.client) if viewer is LOCAL else viewer.key


def _token(auth: Any) -> str | None:
    """What a script says in its CONNECT: ``{"token": "…"}``."""
    token = auth.get("token") if isinstance(auth, dict) else None
    return token if isinstance(token, str) else None


def _refused(error: RequestError) -> Refused:
    return Refused(error.message, error.code)
