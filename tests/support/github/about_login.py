"""GitHub's login, which is no part of its API: a page that asks, and the exchange of what comes of it.

It holds its callers to https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps and to
PKCE, and gives everything once only.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

from support.github.people import Account
from support.github.server import Answered

CLIENT_ID = "Iv1.abcdef"
CLIENT_SECRET = "client-secret-0123456789abcdef"
_FORM = {"content-type": "application/x-www-form-urlencoded"}


@dataclass
class _Code:
    account: Account
    challenge: str
    redirect_uri: str
    scopes: frozenset[str]


@dataclass
class LoginPage:
    """Logs in whoever sits at the browser."""

    tokens: dict[str, Account]
    now: Callable[[], datetime]
    at_the_browser: Account | None = None
    """Who is logged in at GitHub; nobody gives no consent."""
    expires_in: int | None = None
    """Seconds that tokens last, as those of GitHub Apps do."""
    asked_scopes: list[str] = field(default_factory=list)
    _codes: dict[str, _Code] = field(default_factory=dict)
    _refreshes: dict[str, tuple[Account, str]] = field(default_factory=dict)

    def answer(self, path: str, query: dict[str, str], body: bytes, accept: str) -> Answered:
        """One of the two requests that there are."""
        if path == "/login/oauth/authorize":
            return self._authorize(query)
        if path == "/login/oauth/access_token":
            return self._exchange(dict(parse_qsl(body.decode())), accept)
        return Answered(404, {"content-type": "text/html"}, b"")

    def _authorize(self, query: dict[str, str]) -> Answered:
        right = query.get("client_id") == CLIENT_ID and query.get("response_type", "code") == "code"
        if not right or query.get("code_challenge_method") != "S256" or not query.get("state"):
            return Answered(404, {"content-type": "text/html"}, b"")
        back = query["redirect_uri"]
        self.asked_scopes.append(query.get("scope", ""))
        if self.at_the_browser is None:
            said = {"error": "access_denied", "error_description": "The user has denied your application access."}
        else:
            said = {"code": secrets.token_hex(10)}
            scopes = frozenset(query.get("scope", "").split())
            self._codes[said["code"]] = _Code(self.at_the_browser, query["code_challenge"], back, scopes)
        return Answered(302, {"location": f"{back}?{urlencode(said | {'state': query['state']})}"}, b"")

    def _exchange(self, form: dict[str, str], accept: str) -> Answered:
        if form.get("client_id") != CLIENT_ID or form.get("client_secret") != CLIENT_SECRET:
            return _said(accept, {"error": "incorrect_client_credentials"})
        if form.get("grant_type") == "refresh_token":
            account, spent = self._refreshes.pop(form.get("refresh_token", ""), (None, ""))
            self.tokens.pop(spent, None)
            return _said(accept, self._grant(account) if account else {"error": "bad_refresh_token"})
        code = self._codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        proof = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if code is None or code.challenge != proof or form.get("redirect_uri") != code.redirect_uri:
            return _said(accept, {"error": "bad_verification_code"})
        return _said(accept, self._grant(code.account))

    def _grant(self, account: Account) -> dict[str, Any]:
        token = f"gho_{secrets.token_hex(18)}"
        self.tokens[token] = account
        granted: dict[str, Any] = {"access_token": token, "token_type": "bearer", "scope": "repo"}
        if self.expires_in is not None:
            refresh = f"ghr_{secrets.token_hex(18)}"
            self._refreshes[refresh] = (account, token)
            granted |= {"expires_in": self.expires_in, "refresh_token": refresh}
        return granted


def _said(accept: str, said: dict[str, Any]) -> Answered:
    """Errors come with 200, and everything as a form unless JSON is asked for."""
    if "json" in accept:
        return Answered(200, {"content-type": "application/json"}, json.dumps(said).encode())
    return Answered(200, _FORM, urlencode(said).encode())


def new_user(number: int, login: str, reads: set[str], organisations: set[str]) -> Account:
    """Somebody who can log in."""
    return Account(
        login,
        permissions={"metadata": "read"},
        reads=reads,
        user_id=number,
        display_name=login.title(),
        organisations=organisations,
    )
