"""A GitHub App: it proves who it is with its key, and gets a token for each place where it is installed, for an hour.

https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from datetime import datetime, timedelta

import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey
from msgspec import Struct

from omnilens.github.rest.calls import Authorisation, Call, path
from omnilens.github.rest.clock import Clock
from omnilens.github.rest.errors import NotFound
from omnilens.github.rest.transport import Transport
from omnilens.github.rest.values import Installation

SETTING = "GITHUB_APP_PRIVATE_KEY"
BEFORE_ITS_END = timedelta(minutes=5)
"""A token is replaced so long before it expires, so that none expires on its way."""
_BACK = timedelta(seconds=60)
"""Our clock may be ahead of GitHub's, which accepts nothing from the future."""
_LIFE = timedelta(minutes=9)
"""Of a proof; ten minutes are the most that GitHub accepts."""


class InstallationToken(Struct, frozen=True):
    """https://docs.github.com/en/rest/apps/apps#create-an-installation-access-token-for-an-app"""

    token: str
    expires_at: datetime

    def __repr__(self) -> str:
        return f"InstallationToken(expires_at={self.expires_at!r})"


class AppKey:
    """The identity of an app.

    https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app
    """

    def __init__(self, app_id: str, private_key: str) -> None:
        """`app_id` may also be the client id; `private_key` is in PEM.

        Raises:
            ValueError: that is no private RSA key.
        """
        try:
            self._key = RSAKey.import_key(private_key)
        except (ValueError, JoseError) as error:
            raise ValueError("is not a private RSA key in PEM format") from error
        if not self._key.is_private:
            raise ValueError("is a public key; GitHub wants the private one")
        self._app_id = app_id

    def prove(self, now: datetime) -> Authorisation:
        """That it is this app who asks."""
        claims = {"iss": self._app_id, "iat": int((now - _BACK).timestamp()), "exp": int((now + _LIFE).timestamp())}
        return Authorisation("app", SETTING, f"Bearer {jwt.encode({'alg': 'RS256'}, claims, self._key)}")


class App:
    """An app's tokens, one for each installation, made when they are needed and replaced before they expire."""

    def __init__(self, key: AppKey, transport: Transport, clock: Clock, installation: int | None = None) -> None:
        """With `installation` that one is used for everything; without, it is found by the owner."""
        self._key = key
        self._transport = transport
        self._clock = clock
        self._only = installation
        self._installations: dict[str, int] = {}
        self._tokens: dict[int, InstallationToken] = {}
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    def prove(self) -> Authorisation:
        """The app's own name, for what is asked about the app itself."""
        return self._key.prove(self._clock.wall())

    async def authorise(self, owner: str | None, patience: float) -> Authorisation:
        if owner is None and self._only is None:
            return Authorisation("anonymous")  # there is no installation that what belongs to nobody would belong to
        async with self._locks[(owner or "").lower()]:
            installation = self._only or await self._find((owner or "").lower(), patience)
            token = self._tokens.get(installation)
            if token is None or token.expires_at - BEFORE_ITS_END <= self._clock.wall():
                try:
                    token = self._tokens[installation] = await self._token(installation, patience)
                except NotFound:  # it was removed, and may be back under another id
                    self._installations.pop((owner or "").lower(), None)
                    raise
        return Authorisation(f"installation-{installation}", SETTING, f"Bearer {token.token}")

    def renew(self, refused: Authorisation) -> bool:
        """A token that is not accepted is forgotten, and so is where the app was installed: that may have changed."""
        for installation, token in list(self._tokens.items()):
            if refused.header == f"Bearer {token.token}":
                del self._tokens[installation]
                self._installations = {o: i for o, i in self._installations.items() if i != installation}
        return refused.account.startswith("installation-")

    async def _find(self, owner: str, patience: float) -> int:
        if owner not in self._installations:
            try:
                found = await self._ask("orgs", owner, patience)
            except NotFound:
                found = await self._ask("users", owner, patience)
            self._installations[owner] = found.id
        return self._installations[owner]

    async def _ask(self, whose: str, owner: str, patience: float) -> Installation:
        """https://docs.github.com/en/rest/apps/apps#get-an-organization-installation-for-the-authenticated-app"""
        call = Call(
            kind="account",
            wants=f"find the installation of the app at {owner}",
            path=path(whose, owner, "installation"),
            reads=msgspec.json.Decoder(Installation),
        )
        reply = await self._transport.send(call, self.prove(), patience)
        assert reply is not None  # noqa: S101 - only a call that names what was seen can have none
        return reply.value

    async def _token(self, installation: int, patience: float) -> InstallationToken:
        call = Call(
            kind="account",
            wants=f"make a token for the installation {installation} of the app",
            path=path("app", "installations", installation, "access_tokens"),
            reads=msgspec.json.Decoder(InstallationToken),
            method="POST",
        )
        reply = await self._transport.send(call, self.prove(), patience)
        assert reply is not None  # noqa: S101 - as above
        return reply.value
