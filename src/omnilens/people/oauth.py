"""GitHub's login: where a browser is sent, and what is made of what it brings back.

The code is bound to this browser twice: by the state, which only its cookie knows, and by PKCE, so that a code that
somebody else got hold of is worth nothing.
https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps#web-application-flow
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import httpx2
import msgspec
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from msgspec import Struct

from omnilens.people.attempt import CALLBACK_PATH, WITHIN, Attempt, LoginFailed, Why, local_path
from omnilens.people.sealing import Broken, Seal
from omnilens.settings import Settings

TIMEOUT = httpx2.Timeout(10.0)


class Grant(Struct, frozen=True, omit_defaults=True):
    """What GitHub grants: a token in the name of a user."""

    access_token: str
    refresh_token: str | None = None
    expires_at: datetime | None = None
    """Nothing for one that does not expire, as those of OAuth apps."""

    def __repr__(self) -> str:
        return "Grant(…)"


class OAuth:
    """One app at one GitHub."""

    def __init__(self, settings: Settings, seal: Callable[[], Seal], now: Callable[[], datetime]) -> None:
        self._client_id = settings.oauth_client_id or ""
        secret = settings.oauth_client_secret
        self._client_secret = secret.get_secret_value() if secret else ""
        organisations = any(entry.startswith("org:") for entry in settings.allowed_users)
        self._scope = f"{settings.oauth_scope} read:org".strip() if organisations else settings.oauth_scope
        self._web = settings.github_web
        self._redirect_uri = settings.origin + CALLBACK_PATH
        self._seal = seal
        self._now = now

    def begin(self, back_to: str) -> tuple[str, str]:
        """Begin a login that shall end at the page's address `back_to`.

        Returns the address at GitHub to go to, and what the browser has to keep in a cookie meanwhile.
        """
        attempt = Attempt(secrets.token_urlsafe(24), secrets.token_urlsafe(48), local_path(back_to))
        address, _ = self._client().create_authorization_url(
            f"{self._web}/login/oauth/authorize", state=attempt.state, code_verifier=attempt.verifier
        )
        return address, self._seal().close(msgspec.json.encode(attempt)).decode()

    async def finish(self, said: Mapping[str, str], cookie: str) -> tuple[Grant, str]:
        """End a login with what GitHub had the browser say, and what it kept.

        Returns the grant, and the address of the page to go to.

        Raises:
            LoginFailed: it is not to be trusted, or GitHub or the user refused.
        """
        try:
            attempt = msgspec.json.decode(self._seal().open(cookie.encode(), WITHIN), type=Attempt)
        except (Broken, msgspec.DecodeError):
            raise LoginFailed("expired", "It took too long, or was begun in another browser.") from None
        if not hmac.compare_digest(said.get("state", "").encode(), attempt.state.encode()):
            raise LoginFailed("expired", "It was begun somewhere else.")
        if said.get("error") == "access_denied":
            raise LoginFailed("denied", "The user did not want to.")
        if "error" in said:
            raise LoginFailed("refused", f"GitHub says {said['error'][:100]!r}.")
        fetched = {"code": said.get("code", ""), "code_verifier": attempt.verifier, "grant_type": "authorization_code"}
        return await self._fetch(fetched), attempt.back_to

    async def refresh(self, grant: Grant) -> Grant:
        """Exchange an expired grant for a new one.

        https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/refreshing-user-access-tokens

        Raises:
            LoginFailed: it cannot be refreshed; the user has to log in anew.
        """
        return await self._fetch({"refresh_token": grant.refresh_token, "grant_type": "refresh_token"})

    async def _fetch(self, fields: Mapping[str, Any]) -> Grant:
        try:
            async with self._client() as client:
                answer = await client.fetch_token(
                    f"{self._web}/login/oauth/access_token", headers={"Accept": "application/json"}, **fields
                )
        except OAuthError as error:
            # GitHub's word for it is a fixed one; its sentence could hold what it was sent.
            why: Why = "expired" if error.error == "bad_verification_code" else "refused"
            raise LoginFailed(why, f"GitHub says {str(error.error)[:100]!r}.") from None
        except (httpx2.HTTPError, ValueError) as error:
            raise LoginFailed("unreachable", f"GitHub could not be asked: {type(error).__name__}.") from error
        return self._grant(answer)

    def _grant(self, answer: Mapping[str, Any]) -> Grant:
        token = answer.get("access_token")
        if not isinstance(token, str) or not token:
            raise LoginFailed("refused", "GitHub sends no token.")
        seconds = answer.get("expires_in")
        return Grant(
            access_token=token,
            refresh_token=answer.get("refresh_token") or None,
            expires_at=self._now() + timedelta(seconds=int(seconds)) if seconds else None,
        )

    def _client(self) -> AsyncOAuth2Client:
        return AsyncOAuth2Client(
            self._client_id,
            self._client_secret,
            scope=self._scope or None,
            redirect_uri=self._redirect_uri,
            token_endpoint_auth_method="client_secret_post",  # noqa: S106 - GitHub reads it nowhere else
            code_challenge_method="S256",
            timeout=TIMEOUT,
        )
