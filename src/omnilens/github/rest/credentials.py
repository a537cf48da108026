"""In whose name GitHub is asked: nobody's, a token's, or that of an app where it is installed.

https://docs.github.com/en/rest/authentication/authenticating-to-the-rest-api
"""

from __future__ import annotations

from typing import Protocol

from omnilens.github.rest.calls import Authorisation


class Credentials(Protocol):
    """Who we are."""

    async def authorise(self, owner: str | None, patience: float) -> Authorisation:
        """In whose name to ask for what `owner` has, or for nobody's in particular.

        Raises:
            GitHubError: that cannot be found out.
        """

    def renew(self, refused: Authorisation) -> bool:
        """GitHub does not accept this any more. Returns whether asking ``authorise`` again gives another one."""


class Anonymous:
    """Nobody: what is public, 60 times an hour."""

    async def authorise(self, owner: str | None, patience: float) -> Authorisation:
        return Authorisation("anonymous")

    def renew(self, refused: Authorisation) -> bool:
        return False


class Token:
    """A personal access token, fine-grained or classic.

    https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/managing-your-personal-access-tokens
    """

    def __init__(self, token: str, setting: str = "GITHUB_TOKEN") -> None:
        self._authorisation = Authorisation("token", setting, f"Bearer {token}")

    async def authorise(self, owner: str | None, patience: float) -> Authorisation:
        return self._authorisation

    def renew(self, refused: Authorisation) -> bool:
        return False
