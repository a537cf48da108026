"""Who asks: tokens with what they may do, their limits, and apps."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

WINDOW = timedelta(hours=1)


@dataclass
class Account:
    """One whose calls are counted together."""

    name: str
    limit: int = 5000
    scopes: frozenset[str] | None = None
    """Of a classic token."""
    permissions: dict[str, str] | None = None
    """Of all other tokens: ``read`` or ``write``."""
    owner: str | None = None
    """The only one whose private repositories it sees; nothing for all of them."""
    installation: bool = False
    expires_at: datetime | None = None
    revoked: bool = False
    reads: set[str] | None = None
    """Of a user's token: the private repositories that they may see, by full name; nothing for another kind."""
    user_id: int = 1
    display_name: str | None = None
    organisations: set[str] = field(default_factory=set)
    sso: bool = False
    """Whether it was not authorised for single sign-on."""

    used: int = 0
    resets_at: datetime | None = None
    quiet_until: datetime | None = None
    """A secondary limit."""
    told_empty: bool = False
    """Whether it was told that nothing is left."""

    @property
    def remaining(self) -> int:
        return max(0, self.limit - self.used)

    def tick(self, now: datetime) -> None:
        """Begin a new window when the old one is over."""
        if self.resets_at is None or now >= self.resets_at:
            self.used, self.resets_at, self.told_empty = 0, now.replace(microsecond=0) + WINDOW, False

    def exhaust(self, resets_in: float, now: datetime) -> None:
        """Use up all that is left."""
        self.used, self.resets_at = self.limit, now.replace(microsecond=0) + timedelta(seconds=resets_in)

    def may(self, permission: str, level: str, scopes: frozenset[str]) -> bool:
        """Whether it has a permission, or one of the scopes that stand for it."""
        if self.scopes is not None:
            return bool(self.scopes & scopes)
        has = (self.permissions or {}).get(permission)
        return has == "write" or (has == "read" and level == "read")


@dataclass
class Installation:
    """An app, where somebody installed it."""

    id: int
    login: str
    kind: str = "Organization"
    permissions: dict[str, str] = field(default_factory=lambda: {"actions": "read", "metadata": "read"})
    suspended: bool = False


@cache
def _key() -> RSAKey:
    return RSAKey.generate_key(2048)  # takes a while


class App:
    """A GitHub App with its key."""

    def __init__(self, app_id: str = "12345") -> None:
        self.id = app_id
        self.key = _key()
        self.private_key = self.key.as_pem(private=True).decode()
        self.installations: list[Installation] = []
        self.account = Account("app")

    def why_not(self, proof: str, now: datetime) -> str | None:
        """Why GitHub would not believe a proof, if it would not.

        https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app
        """
        try:
            claims = jwt.decode(proof, self.key, algorithms=["RS256"]).claims
        except (JoseError, ValueError):
            return "A JSON web token could not be decoded"
        if str(claims.get("iss")) != self.id:
            return "Integration not found"
        if claims.get("iat", 10**12) > now.timestamp():
            return "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued"
        if not now.timestamp() < claims.get("exp", 0) <= now.timestamp() + 600:
            return "'Expiration time' claim ('exp') is too far in the future"
        return None
