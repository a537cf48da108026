"""Everything about people, in one place: who they are, what they may see and what is on their lists."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

from omnilens.errors import StorageUnavailable
from omnilens.operations.calls import CallMetrics
from omnilens.operations.metrics import Metrics
from omnilens.people.access import Access, Scoped
from omnilens.people.added import Added
from omnilens.people.credentials import key_of
from omnilens.people.identity import BehindProxy, Everybody, Identity, LoggedIn
from omnilens.people.lists import Lists
from omnilens.people.recent import Recent
from omnilens.people.retention import Retention
from omnilens.people.sealing import Seal, key_in
from omnilens.people.sessions import Sessions
from omnilens.people.tokens import Tokens
from omnilens.people.users import Users
from omnilens.people.viewer import Viewer
from omnilens.pipeline.mapping import RepositoryMap
from omnilens.pipeline.storage import Storage
from omnilens.settings import Settings

if TYPE_CHECKING:
    from omnilens.github.rest.client import GitHub
    from omnilens.people.login import Login

SEEN_AGAIN_AFTER = 3600.0
"""Seconds until it is noted again that a proxy's user was here."""


class People:
    """The parts that know people."""

    def __init__(
        self,
        settings: Settings,
        storage: Storage,
        repositories: RepositoryMap,
        metrics: Metrics,
        now: Callable[[], datetime],
    ) -> None:
        self._settings = settings
        self._seal: Seal | None = None
        self.database = storage.people
        """Where all that people own is kept."""
        self.users = Users(storage.people, now)
        self.sessions = Sessions(storage.people, settings.session_lifetime, now)
        self.tokens = Tokens(storage.people, now)
        self.login: Login | None = None
        """GitHub's, where people log in with it."""
        self.access: Access = Scoped()
        self.auth = settings.auth
        self.cookie = session_cookie(settings)
        """The name of the cookie with a session's id."""
        self.over_tls = settings.origin.startswith("https://")
        self.session_seconds = int(settings.session_lifetime.total_seconds())
        self._operators = frozenset(settings.operators)
        self.identity = self._identity(settings, metrics)
        if settings.auth == "github":
            from omnilens.people.login import Login

            self.login = Login(
                settings, storage.people, self.users, self.sessions, self._the_seal, metrics, CallMetrics(metrics), now
            )
            self.access = self.login.rights
        self.added = Added(storage.people, repositories)
        self.lists = Lists(
            storage.people,
            repositories,
            self.added,
            self.access,
            now,
            limit=settings.repositories_per_user,
            login=self.identity.everybody is None,
        )
        self.retention = Retention(storage.people, settings.inactive_retention, settings.history_retention)

    async def open(self) -> None:
        """Get ready, once the database is.

        Raises:
            StorageUnavailable: the key cannot be read or made.
        """
        if self.login:
            self._seal = Seal(self.secret())
        elif self.auth == "proxy":
            with suppress(StorageUnavailable):  # only commands of the operator's need it, see operator_pass.py
                self.secret()
        await self.identity.open()
        await self.added.begin()

    async def close(self) -> None:
        """Close the connections to GitHub."""
        if self.login:
            await self.login.close()

    async def enter_by_token(self, token: str) -> str | None:
        """Log a browser in by an access token. Returns the session's id; nothing if the token is none."""
        if self.auth == "none" or await self.identity.of({}, "", token) is None:
            return None
        return await self.sessions.begin(None, key_of(token), await self.tokens.ends_at(token))

    async def revoke(self, token_id: str, user_id: int) -> bool:
        """Let an access token of a user count no more, if there is such a one, nor the browsers that came in by it."""
        found = await self.tokens.revoke(token_id, user_id)
        self.sessions.forget(f"token:{token_id}")
        return found

    async def leave(self, viewer: Viewer, *, everywhere: bool) -> set[str]:
        """Log somebody out, here or everywhere. Returns the keys of the sessions that are over."""
        if viewer.session is None:
            return set()
        if everywhere and viewer.user is not None and not viewer.is_token:
            ended = await self.sessions.end_all(viewer.user)
        else:
            ended = await self.sessions.end(viewer.session)
        if self.login and viewer.user is not None:
            await self.login.left(viewer.user)
        return ended

    def problem(self, viewer: Viewer) -> str | None:
        """Why it cannot be said at the moment what somebody may see, if it cannot."""
        return self.login.rights.problem(viewer.user) if self.login and viewer.user is not None else None

    def is_operator(self, viewer: Viewer) -> bool:
        """Whether somebody may see and change what is the server's own."""
        if viewer is self.identity.everybody:
            return True
        return viewer.user is not None and not viewer.is_token and viewer.login.lower() in self._operators

    def may_extend(self, viewer: Viewer) -> bool:
        """Whether somebody may put a repository on the board that nobody else has there."""
        return self.auth != "proxy" or self.is_operator(viewer)

    def let_go_of(self, user_id: int) -> None:
        """Have nothing in memory of a user who is being forgotten."""
        self.identity.forget(user_id)
        if self.login:
            self.login.rights.forget(user_id)

    async def github_of(self, user_id: int | None) -> GitHub | None:
        """GitHub, to be asked in a user's own name; nothing where that cannot be."""
        return await self.login.github.of(user_id) if self.login and user_id is not None else None

    def _identity(self, settings: Settings, metrics: Metrics) -> Identity:
        if settings.auth == "none":
            return Everybody(self.users)
        if settings.auth == "github":
            return LoggedIn(self.sessions, self.tokens, metrics, self.cookie)
        return BehindProxy(
            self.users,
            self.sessions,
            self.tokens,
            metrics,
            self.cookie,
            settings.user_header,
            settings.trusted_proxies,
            settings.allowed_users,
            Recent(SEEN_AGAIN_AFTER, time.monotonic),
        )

    def _the_seal(self) -> Seal:
        if self._seal is None:
            raise RuntimeError("not open yet")
        return self._seal

    def secret(self) -> str:
        """What no other server knows, unless it was told: made at the first start, and the same from then on.

        Raises:
            StorageUnavailable: it cannot be read or made.
        """
        if self._settings.secret_key is not None:
            return self._settings.secret_key.get_secret_value()
        return secrets.token_hex(32) if self._settings.database is None else key_in(self._settings.secret_key_file)


def session_cookie(settings: Settings) -> str:
    """The name of the cookie with a session's id.

    With the prefix, browsers take it only over TLS, from this very host and for all of it; nobody's subdomain can plant
    one. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Set-Cookie#cookie_prefixes
    """
    return "__Host-omnilens" if settings.origin.startswith("https://") else "omnilens"
