"""What GitHub says about a repository, about itself, and about us."""

from __future__ import annotations

import msgspec
from msgspec import Struct

from omnilens.github.rest.answers import quoted, scopes
from omnilens.github.rest.app import App
from omnilens.github.rest.asking import Asking
from omnilens.github.rest.calls import Call, owner_of, path, repository_path
from omnilens.github.rest.credentials import Anonymous
from omnilens.github.rest.errors import Forbidden, NotFound
from omnilens.github.rest.values import (
    Access,
    MembershipFields,
    Meta,
    OwnerFields,
    RateLimit,
    RepoFields,
    UserFields,
)


class _AppBody(Struct):
    slug: str | None = None
    permissions: dict[str, str] = {}


class _RateLimitBody(Struct):
    rate: RateLimit


_REPOSITORY = msgspec.json.Decoder(RepoFields)
_META = msgspec.json.Decoder(Meta)
_RATE_LIMIT = msgspec.json.Decoder(_RateLimitBody)
_USER = msgspec.json.Decoder(OwnerFields)
_WHO = msgspec.json.Decoder(UserFields)
_MEMBERSHIP = msgspec.json.Decoder(MembershipFields)
_APP = msgspec.json.Decoder(_AppBody)


def _repository(name: str) -> Call[RepoFields]:
    return Call(
        kind="repository",
        wants=f"show the repository {name}",
        path=repository_path(name),
        reads=_REPOSITORY,
        owner=owner_of(name),
    )


class About:
    """Every method raises ``GitHubError`` as ``errors.py`` has it."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking

    async def repository(self, name: str) -> RepoFields:
        """A repository ``owner/name``, under the name that it has now.

        https://docs.github.com/en/rest/repos/repos#get-a-repository
        """
        return (await self._asking.ask(_repository(name))).value

    async def shows(self, repository_id: int | None, name: str) -> bool:
        """Whether whoever asks is shown the repository with this id, or whatever has this name where no id is known.

        Asked again, GitHub need not say it again. Another repository that has got the name meanwhile is another one.

        https://docs.github.com/en/rest/repos/repos#get-a-repository
        """
        try:
            reply = await self._asking.ask_anew(_repository(name))
        except (NotFound, Forbidden):
            return False
        if reply is None:
            return True
        shown = repository_id is None or reply.value.id == repository_id
        if shown:
            await self._asking.taken(reply.etag)
        return shown

    async def user(self) -> UserFields:
        """Whose token we ask with.

        https://docs.github.com/en/rest/users/users#get-the-authenticated-user
        """
        call = Call(kind="account", wants="tell who you are", path="/user", reads=_WHO)
        return (await self._asking.ask(call)).value

    async def is_member(self, organisation: str) -> bool:
        """Whether they are a member of an organisation.

        https://docs.github.com/en/rest/orgs/members#get-an-organization-membership-for-the-authenticated-user
        """
        call = Call(
            kind="account",
            wants=f"tell whether you are a member of {organisation}",
            path=path("user", "memberships", "orgs", organisation),
            reads=_MEMBERSHIP,
        )
        try:
            return (await self._asking.ask(call)).value.state == "active"
        except (NotFound, Forbidden):
            return False

    async def meta(self) -> Meta:
        """Where webhooks come from. https://docs.github.com/en/rest/meta/meta"""
        return (await self._asking.ask(Call(kind="meta", wants="tell about itself", path="/meta", reads=_META))).value

    async def rate_limit(self) -> RateLimit | None:
        """What is left of the primary limit; nothing where limits are off. Does not count itself.

        https://docs.github.com/en/rest/rate-limit/rate-limit
        """
        call = Call(kind="limits", wants="tell the rate limit", path=path("rate_limit"), reads=_RATE_LIMIT)
        try:
            return (await self._asking.ask(call)).value.rate
        except NotFound:
            return None

    async def access(self) -> Access:
        """Who we are, and what we may do. Raises `Unauthorized` if the token or the key is not accepted."""
        credentials = self._asking.credentials
        if isinstance(credentials, Anonymous):
            return Access(kind="none")
        if isinstance(credentials, App):
            return await self._app(credentials)
        reply = await self._asking.ask(Call(kind="account", wants="tell who we are", path="/user", reads=_USER))
        expires = reply.answer.headers.get("github-authentication-token-expiration")
        return Access(
            kind="token" if scopes(reply.answer) is None else "classic token",
            login=reply.value.login,
            scopes=scopes(reply.answer),
            expires=quoted(expires) if expires else None,
        )

    async def _app(self, app: App) -> Access:
        """https://docs.github.com/en/rest/apps/apps#get-the-authenticated-app"""
        call = Call(kind="account", wants="tell about the app", path="/app", reads=_APP)
        reply = await self._asking.transport.send(call, app.prove(), self._asking.patience)
        body = reply.value if reply else _AppBody()
        return Access(kind="app", login=body.slug, permissions=body.permissions)
