"""Logging in with GitHub, from the first click to the session."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from omnilens.database import Database
from omnilens.github.rest import GitHubError, Observer
from omnilens.operations import logs
from omnilens.operations.metrics import Metrics
from omnilens.people.attempt import LoginFailed
from omnilens.people.github_users import GitHubUsers, NotAllowed
from omnilens.people.grants import Grants
from omnilens.people.oauth import OAuth
from omnilens.people.rights import Rights
from omnilens.people.sealing import Seal
from omnilens.people.sessions import Sessions
from omnilens.people.users import Users
from omnilens.settings import Settings

log = logs.get(__name__)


class Login:
    """Lets people in whom GitHub knows, and keeps what it grants for them."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        users: Users,
        sessions: Sessions,
        seal: Callable[[], Seal],
        metrics: Metrics,
        observer: Observer,
        now: Callable[[], datetime],
    ) -> None:
        self._users = users
        self._sessions = sessions
        self._metrics = metrics
        self._oauth = OAuth(settings, seal, now)
        self._grants = Grants(database, self._oauth, seal, now)
        self.github = GitHubUsers(settings, self._grants, observer)
        self.rights = Rights(self.github.shows, settings.access_cache, self._refused)

    def begin(self, back_to: str) -> tuple[str, str]:
        """The address at GitHub to send a browser to, and what it keeps in a cookie until it is back."""
        return self._oauth.begin(back_to)

    async def finish(self, said: Mapping[str, str], cookie: str) -> tuple[str, str]:
        """Log in whoever comes back from GitHub. Returns the session's id, and the page's address to go to.

        Raises:
            LoginFailed: nobody was logged in.
        """
        try:
            grant, back_to = await self._oauth.finish(said, cookie)
            profile = await self.github.introduce(grant.access_token)
        except LoginFailed as failed:
            raise self._failed(failed) from None
        except NotAllowed as error:
            raise self._failed(LoginFailed("not-allowed", str(error))) from None
        except GitHubError as error:
            raise self._failed(LoginFailed("unreachable", str(error))) from error
        user = await self._users.enter(profile)
        await self._grants.keep(user.id, grant)
        self.rights.forget(user.id)
        self._metrics.logins.inc()
        log.info("login.done", user=user.id)
        return await self._sessions.begin(user.id), back_to

    async def left(self, user_id: int) -> None:
        """A user has logged out: where they are logged in nowhere else, what GitHub granted is kept no longer."""
        if not await self._sessions.any_of(user_id):
            await self._grants.keep(user_id, None)
            self.rights.forget(user_id)

    async def close(self) -> None:
        await self.github.close()

    def _failed(self, failed: LoginFailed) -> LoginFailed:
        self._metrics.authentication_failures.labels("login").inc()
        log.warning("login.failed", why=failed.why, reason=str(failed))
        return failed

    async def _refused(self, user_id: int) -> None:
        """GitHub does not accept a user's token any more: they withdrew it there, and are logged out here."""
        log.info("login.withdrawn", user=user_id)
        await self._sessions.end_all(user_id)
        await self._grants.keep(user_id, None)
