"""Who looks: a user, an access token, or, where nobody logs in, everybody as one."""

from __future__ import annotations

from msgspec import Struct


class Viewer(Struct, frozen=True):
    """Somebody who was let in."""

    key: str
    """What is theirs alone, whatever they connect with: ``local``, ``user:17``, ``token:3f09ab21``."""
    login: str
    """What to call them; the name of a token."""
    user: int | None = None
    """The row of `users`; nothing for a token that the operator made."""
    scope: frozenset[str] | None = None
    """The slugs of the only repositories that a token is for; nothing if it has no such limit."""
    session: str | None = None
    """The key of the session that a browser came with: when it ends, so does what came with it."""

    @property
    def is_token(self) -> bool:
        """Whether it is an access token, which can look but has no list and no settings of its own."""
        return self.key.startswith("token:")

    @property
    def token_id(self) -> str:
        """The id of the access token that it is."""
        return self.key.removeprefix("token:")

    def covers(self, slug: str) -> bool:
        """Whether a repository is within the token's limit, if there is one."""
        return self.scope is None or slug.lower() in self.scope


LOCAL_USER = 1
LOCAL = Viewer(key="local", login="local", user=LOCAL_USER)
"""Everybody, where there is no login: who reaches the port sits at this machine."""
