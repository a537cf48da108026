"""Who a request comes from. Asked for each request, and once for each socket."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from omnilens.people.users import Profile, Users
from omnilens.people.viewer import LOCAL, Viewer


class Identity(Protocol):
    """Recognises people."""

    everybody: Viewer | None
    """Who everybody is, where nobody logs in."""

    async def open(self) -> None:
        """Get ready, once the database is."""

    async def of(self, headers: Mapping[str, str], peer: str, token: str | None = None) -> Viewer | None:
        """Who sends a request with these headers (names in lower case); nothing if that is not known.

        `peer` is the address at the other end of the transport, perhaps a proxy's; `token` an access token that came
        in another way than in a header.

        Raises:
            StorageUnavailable: it cannot be found out.
        """


class Everybody:
    """No login: whoever reaches the port is the one local user."""

    def __init__(self, users: Users) -> None:
        self.everybody: Viewer | None = LOCAL
        self._users = users

    async def open(self) -> None:
        await self._users.enter(Profile("local", "local", "local"))

    async def of(self, headers: Mapping[str, str], peer: str, token: str | None = None) -> Viewer | None:
        return LOCAL
