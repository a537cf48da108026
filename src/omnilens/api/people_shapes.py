"""The shapes of the answers about people: who looks, what they were told, and their access tokens."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from omnilens.people.notices.inbox import Notification
from omnilens.people.tokens import AccessToken


class Person(Struct, frozen=True, kw_only=True):
    """Who you are."""

    login: str
    """The name of the access token, if you are one."""
    name: str | None
    avatar_url: str | None
    token: bool
    """Whether you came with an access token, which can look but has nothing of its own."""
    operator: bool
    """Whether you may see and change what is the server's own."""


class Me(Struct, frozen=True, kw_only=True):
    """Who you are here, and how people come in."""

    auth: Literal["none", "github", "proxy"]
    user: Person | None
    """Nothing if you are nobody yet."""
    problem: str | None = None
    """Why GitHub does not say at the moment what you may see, if it does not."""


class TokenList(Struct, frozen=True, kw_only=True):
    """Your access tokens, the newest first."""

    tokens: tuple[AccessToken, ...]


class NewToken(Struct, frozen=True, kw_only=True):
    """An access token that was just made."""

    id: str
    token: str
    """What it is. Nobody can show it again."""


class NotificationList(Struct, frozen=True, kw_only=True):
    notifications: tuple[Notification, ...]
    """Newest first. Fewer than were asked for: there are no older ones."""
    unread: int
    """All that are unread, also those that are not listed here."""


class UnreadNotifications(Struct, frozen=True, kw_only=True):
    unread: int


class PushAnswer(Struct, frozen=True, kw_only=True):
    key: str | None
    """Our public key for ``PushManager.subscribe``; nothing if this server cannot reach browsers without a page."""
