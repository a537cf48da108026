"""Who a request comes from. Asked for each request, and once for each socket."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from omnilens.addresses import Network, parse
from omnilens.operations.metrics import Metrics
from omnilens.people.recent import Recent
from omnilens.people.sessions import Sessions
from omnilens.people.tokens import Tokens
from omnilens.people.users import Profile, Users
from omnilens.people.viewer import LOCAL, Viewer

LONGEST_NAME = 200
"""Characters of a user's name that a proxy may give."""


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

    def forget(self, user_id: int) -> None:
        """A user is no more: what is remembered of them counts no longer."""


class Everybody:
    """No login: whoever reaches the port is the one local user."""

    def __init__(self, users: Users) -> None:
        self.everybody: Viewer | None = LOCAL
        self._users = users

    async def open(self) -> None:
        await self._users.enter(Profile("local", "local", "local"))

    async def of(self, headers: Mapping[str, str], peer: str, token: str | None = None) -> Viewer | None:
        return LOCAL

    def forget(self, user_id: int) -> None:
        """Nothing is remembered."""


class LoggedIn:
    """Whoever comes with an access token or with the cookie of a session."""

    def __init__(self, sessions: Sessions, tokens: Tokens, metrics: Metrics, cookie: str) -> None:
        self.everybody: Viewer | None = None
        self.cookie = cookie
        """The name of the cookie that holds a session's id."""
        self._sessions = sessions
        self._tokens = tokens
        self._failures = metrics.authentication_failures

    async def open(self) -> None:
        """Nothing to do."""

    async def of(self, headers: Mapping[str, str], peer: str, token: str | None = None) -> Viewer | None:
        if (token := token or _bearer(headers)) is not None:
            viewer = await self._tokens.find(token)
            if viewer is None:
                self._failures.labels("token").inc()
            return viewer
        session_id = self.session_id(headers)
        if session_id is None:
            return None
        viewer = await self._sessions.find(session_id)
        if viewer is None:
            self._failures.labels("session").inc()
        return viewer

    def forget(self, user_id: int) -> None:
        self._sessions.forget_user(user_id)
        self._tokens.forget(user_id)

    def session_id(self, headers: Mapping[str, str]) -> str | None:
        """The id that a browser's cookie says."""
        pairs = (pair.strip().partition("=") for pair in headers.get("cookie", "").split(";"))
        return next((value for name, _, value in pairs if name == self.cookie), None)


class BehindProxy(LoggedIn):
    """Whoever a trusted proxy names, which has them log in; or who comes with an access token."""

    def __init__(
        self,
        users: Users,
        sessions: Sessions,
        tokens: Tokens,
        metrics: Metrics,
        cookie: str,
        header: str,
        trusted: Sequence[Network],
        allowed: Sequence[str],
        recent: Recent[str, Viewer],
    ) -> None:
        super().__init__(sessions, tokens, metrics, cookie)
        self._users = users
        self._header = header.lower()
        self._trusted = trusted
        self._allowed = allowed
        self._recent = recent

    def forget(self, user_id: int) -> None:
        super().forget(user_id)
        self._recent.forget(lambda _, viewer: viewer.user == user_id)

    async def of(self, headers: Mapping[str, str], peer: str, token: str | None = None) -> Viewer | None:
        name = headers.get(self._header, "").strip()
        if not name or token or _bearer(headers) is not None:
            return await super().of(headers, peer, token)
        if not (self._trusts(peer) and self._may_enter(name)):
            self._failures.labels("proxy").inc()
            return None
        viewer = self._recent.get(name)
        if viewer is None:
            viewer = (await self._users.enter(Profile("proxy", name.lower(), name))).viewer
            self._recent.put(name, viewer)
        return viewer

    def _may_enter(self, name: str) -> bool:
        """Whether a name may come in. One with a comma is two: a proxy's, and one that a client made up."""
        return len(name) <= LONGEST_NAME and "," not in name and (not self._allowed or name.lower() in self._allowed)

    def _trusts(self, peer: str) -> bool:
        address = parse(peer)
        return address is not None and any(address in network for network in self._trusted)


def joined(fields: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Headers by lower-case name; the values of one that was sent more than once together, as RFC 9110 has it."""
    found: dict[str, str] = {}
    for field, value in fields:
        name = field.lower()
        found[name] = f"{found[name]}{'; ' if name == 'cookie' else ', '}{value}" if name in found else value
    return found


def _bearer(headers: Mapping[str, str]) -> str | None:
    """https://www.rfc-editor.org/rfc/rfc6750#section-2.1"""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None
