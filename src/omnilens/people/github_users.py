"""GitHub, asked in the names of those who log in: each has limits of their own there.

Imported only where people log in with GitHub: see ``omnilens.github.rest``.
"""

from __future__ import annotations

import httpx2

from omnilens.github.rest import Clock, MemoryETags, Observer, Unauthorized
from omnilens.github.rest.asking import Asking
from omnilens.github.rest.calls import Authorisation
from omnilens.github.rest.client import GitHub
from omnilens.github.rest.transport import TIMEOUTS, Transport
from omnilens.model import Repository
from omnilens.people.credentials import key_of
from omnilens.people.grants import Grants
from omnilens.people.recent import Recent
from omnilens.people.users import Profile
from omnilens.settings import Settings

ANSWER_WITHIN = 10.0
"""Seconds for GitHub to answer somebody who waits at a page."""
MAX_USERS = 1_000
"""Users for whom it is remembered what they were shown."""
A_DAY = 86_400.0


class NotAllowed(Exception):
    """GitHub knows them, but the operator lets in others only."""


class _UserToken:
    """Credentials: a user's own token."""

    def __init__(self, account: str, token: str) -> None:
        self._authorisation = Authorisation(account, "your login at GitHub", f"Bearer {token}")

    async def authorise(self, owner: str | None, patience: float) -> Authorisation:
        return self._authorisation

    def renew(self, refused: Authorisation) -> bool:
        return False


class GitHubUsers:
    """Asks GitHub as its users."""

    def __init__(self, settings: Settings, grants: Grants, observer: Observer) -> None:
        self._allowed = settings.allowed_users
        self._grants = grants
        clock = Clock()
        self._transport = Transport(settings.api_url, httpx2.AsyncClient(timeout=TIMEOUTS), clock, observer)
        self._etags: Recent[int, MemoryETags] = Recent(A_DAY, clock.monotonic, MAX_USERS)

    async def of(self, user_id: int) -> GitHub | None:
        """GitHub as a user sees it; nothing if we have no token of theirs."""
        token = await self._grants.token(user_id)
        if token is None:
            return None
        etags = self._etags.get(user_id)
        if etags is None:
            etags = MemoryETags()
            self._etags.put(user_id, etags)
        return self._as(f"user-{user_id}", token, etags)

    async def shows(self, user_id: int, repository: Repository) -> bool:
        """Whether GitHub shows a user this repository.

        Raises:
            Unauthorized: nobody can ask in their name any more.
            GitHubError, StorageUnavailable: it cannot be found out.
        """
        github = await self.of(user_id)
        if github is None:
            raise Unauthorized("There is no token of this user: they have to log in anew.")
        return await github.about.shows(repository.id, repository.full_name)

    async def introduce(self, token: str) -> Profile:
        """Whose token this is.

        Raises:
            NotAllowed: the operator does not let them in.
            GitHubError: GitHub does not say.
        """
        account = f"login-{key_of(token)[:12]}"
        github = self._as(account, token, MemoryETags())
        try:
            user = await github.about.user()
            if self._allowed and not await self._may_enter(github, user.login.lower()):
                raise NotAllowed(f"{user.login} may not use this board. Ask whoever runs it to let you in.")
        finally:
            self._transport.forget(account)
        return Profile("github", str(user.id), user.login, user.name, user.avatar_url)

    async def close(self) -> None:
        """Close the connections."""
        await self._transport.close()

    async def _may_enter(self, github: GitHub, login: str) -> bool:
        if login in self._allowed:
            return True
        for entry in self._allowed:
            if entry.startswith("org:") and await github.about.is_member(entry.removeprefix("org:")):
                return True
        return False

    def _as(self, account: str, token: str, etags: MemoryETags) -> GitHub:
        return GitHub(Asking(self._transport, _UserToken(account, token), etags, ANSWER_WITHIN))
